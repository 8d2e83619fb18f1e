import NetworkGraph
import SymbolicIntegers

/// A tensor whose elements do not depend on the graph's inputs.
struct Constant {
  /// Where a constant comes from: what decides whether it is a learnt tensor.
  enum Provenance {
    /// An initializer. Views and casts of one are still that tensor.
    case stored
    /// A ConstantOfShape whose shape is an initializer: a weight whose values were left out of the file. Views and casts
    /// of one are still that tensor; anything else computed from one is a fixed table.
    case fill
    /// A fixed number or table: a Constant node, or computed from such.
    case fixed
    /// Output `output` of an operator applied to a learnt tensor; the index of the ``Derivation``.
    case derived(Int, output: Int)
  }

  /// What is known of the elements.
  enum Content {
    case unknown
    /// Not read yet.
    indirect case tensor(TensorProto)
    case elements([Scalar])
    case repeated(Scalar)
  }

  var type: TensorType
  /// Index of the ``Root``: the tensor in the file of which this is a view.
  var root: Int
  var provenance: Provenance
  var content: Content
  /// Whether the stored tensor, a matrix, is the transpose of this one.
  var isTransposed = false

  /// Whether training would change it, were it an operand of an elementwise operator: a stored tensor of real numbers
  /// with more than one element. Scalars are fixed factors, whole numbers are indices.
  var isLearnt: Bool {
    switch provenance {
    case .stored, .fill: type.elementType.isFloatingPoint && type.shape.elementCount != 1
    case .fixed: false
    case .derived: true
    }
  }

  /// Whether what is computed from it is learnt too.
  var makesResultsLearnt: Bool {
    if case .fill = provenance { return false }
    return isLearnt
  }

  /// The elements, where they are known and not too many.
  func elements() throws(ONNXError) -> [Scalar]? {
    if isTransposed { return nil }
    switch content {
    case .unknown: return nil
    case .elements(let elements): return elements
    case .repeated(let element):
      guard let count = type.shape.elementCount.constant, count <= Folding.elementLimit, count >= 0 else { return nil }
      return Array(repeating: element, count: count)
    case .tensor(let tensor):
      if let values = try tensor.ints(atMost: Folding.elementLimit) { return values.map { .integer(Dimension($0)) } }
      if let values = try tensor.floats(atMost: Folding.elementLimit) { return values.map { .real($0) } }
      return nil
    }
  }
}

/// A constant tensor of the file, and what has become of it in the graph.
struct Root {
  var name: String
  /// The graph's parameter that it is, and that one's shape.
  var parameter: (index: Int, shape: Shape)?
  /// The node that provides it to operators, where one does.
  var source: Feature?
}

/// An operator applied to a learnt tensor and constants. It becomes a node where its result is used.
struct Derivation {
  var operation: Operator
  var operands: [Constant]
  var place: NodePlace
  /// Derivations inside one another.
  var depth: Int
  /// The outputs, once they are part of the graph.
  var features: [Feature]?

  /// Deeper ones become nodes at once, so that following them needs little stack.
  static let depthLimit = 64
}

/// What a name in the file stands for.
enum Operand {
  case feature(Feature)
  case constant(Constant)

  var type: TensorType {
    switch self {
    case .feature(let feature): feature.type
    case .constant(let constant): constant.type
    }
  }
}
