import NetworkGraph

/// One entry of a list of layers, checked against the schema but not yet laid out.
struct Layer: Sendable {
  /// What the layer does.
  indirect enum Body: Sendable {
    case operation(OperatorForm, settings: [String: Item])
    case scope(Scope.Role, [Layer])
    case repetition(Repetition)
    case residual(Residual)
    case branches(Branches)
    case use(block: Word, arguments: [Item.Entry])
    case save(Word)
    case from(Word)
  }

  var place: Place
  /// The operator as written.
  var kind: String
  var name: Item?
  /// Saved tensors that the layer reads in place of the one before it.
  var from: [Word] = []
  /// Names under which the layer's outputs are saved.
  var save: [Word] = []
  var when: Item?
  var body: Body
}

/// Layers that are laid out several times, each after the other.
struct Repetition: Sendable {
  var count: Item?
  /// The name of the iteration's number, from 0.
  var index: Word?
  /// Loop variables: one list of values each.
  var each: [Item.Entry]
  var layers: [Layer]
}

/// Layers whose output is joined with their input.
struct Residual: Sendable {
  enum Shortcut: Sendable {
    /// The input itself.
    case identity
    /// Layers on the shortcut.
    case always(name: Item?, [Layer])
    /// Layers on the shortcut when the shape changes, else the input itself.
    case onChange(name: Item?, [Layer])
    /// The input itself; nothing is joined when the shape changes.
    case optional
  }

  var layers: [Layer]
  var shortcut: Shortcut
  var join: Join
}

/// Lists of layers that all read one input.
struct Branches: Sendable {
  var branches: [(name: Item?, layers: [Layer])]
  var join: Join
}

/// How several tensors become one.
enum Join: Hashable, Sendable {
  case concat(axis: Int)
  case add, multiply

  var operation: Operator {
    switch self {
    case .concat(let axis): .concatenation(Concatenation(axis: axis))
    case .add: .elementwise(Elementwise(.add))
    case .multiply: .elementwise(Elementwise(.multiply))
    }
  }

  /// The operator as a file writes it.
  var word: String {
    switch self {
    case .concat: "concat"
    case .add: "add"
    case .multiply: "multiply"
    }
  }
}

/// Layers under a name, with parameters.
struct Block: Sendable {
  var name: Word
  /// In order; one without a default must be given by every use.
  var parameters: [(name: String, place: Place, standard: Item?)]
  var layers: [Layer]
}

/// A whole file, checked against the schema.
struct Description: Sendable {
  var name: String?
  /// The names of the inputs with their shapes, in order; at least one.
  var inputs: [Item.Entry]
  var symbols: [Word]
  var parameters: [Item.Entry]
  var blocks: [String: Block]
  var layers: [Layer]
  /// The place of the list of layers.
  var place: Place
  /// Names of outputs and the saved tensors they are; empty for the last layer's.
  var outputs: [(name: String, saved: Word)]
}
