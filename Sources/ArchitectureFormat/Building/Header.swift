import NetworkGraph
import SymbolicIntegers

/// What a file says before its layers, with the changes given beside it: parameters, symbols and inputs.
struct Header {
  private let description: Description
  private let changes: ParameterChanges
  private var evaluator = Evaluator()
  private(set) var environment = Environment()

  init(
    _ description: Description, settings: [String], assumptions: Assumptions?
  ) throws(ArchitectureFileError) {
    self.description = description
    changes = try ParameterChanges(settings, parameters: description.parameters)
    environment.assumptions = assumptions
    environment.symbols = Set(description.symbols.map(\.text)).union(changes.symbols)
    for entry in description.inputs {
      for name in try names(in: entry) where !description.parameters.contains(where: { $0.key == name }) {
        environment.symbols.insert(name)
      }
    }
    for word in description.symbols {
      guard let parameter = description.parameters.first(where: { $0.key == word.text }) else { continue }
      throw ArchitectureFileError(parameter.place, .takenName(word.text, by: word.place))
    }
    try evaluateParameters()
  }

  /// Sets the file's parameters; each may use those before it.
  private mutating func evaluateParameters() throws(ArchitectureFileError) {
    environment.frames = [[:]]
    for entry in description.parameters {
      let value = try evaluator.value(entry.value, in: environment, key: entry.key, owner: "parameters")
      environment.frames[0][entry.key] = try changes.applied(to: value, of: entry.key, &evaluator, environment)
    }
  }

  /// The inputs with their shapes, in order.
  mutating func inputs(
    inputShape: Shape?, inputShapes: [String: Shape]
  ) throws(ArchitectureFileError) -> [(name: String, shape: Shape, place: Place)] {
    let given = try givenShapes(inputShape, inputShapes)
    if !given.isEmpty {
      try bind(given)
      // Parameters may be formulas over the symbols that the shapes determine.
      try evaluateParameters()
    }
    var inputs: [(name: String, shape: Shape, place: Place)] = []
    for entry in description.inputs {
      if let shape = given[entry.key] {
        inputs.append((entry.key, shape, entry.value.place))
      } else {
        inputs.append((entry.key, try shape(of: entry), entry.value.place))
      }
    }
    return inputs
  }

  /// The shapes given, by the names of inputs that exist.
  private func givenShapes(
    _ unnamed: Shape?, _ named: [String: Shape]
  ) throws(ArchitectureFileError) -> [String: Shape] {
    let names = description.inputs.map(\.key)
    var given = named
    if let unnamed {
      guard names.count == 1 else {
        throw ArchitectureFileError(
          nil, .inputShape("there are \(names.count) inputs, so a shape needs a name: \(names.joined(separator: ", "))")
        )
      }
      guard given.updateValue(unnamed, forKey: names[0]) == nil else {
        throw ArchitectureFileError(nil, .inputShape("there are two shapes for input '\(names[0])'"))
      }
    }
    if let unknown = given.keys.sorted().first(where: { !names.contains($0) }) {
      throw ArchitectureFileError(
        nil, .inputShape("there is no input '\(unknown)'" + Spelling.hint(unknown, among: names)))
    }
    return given
  }

  /// Gives the symbols that are sides of written shapes the sizes of the given ones. A symbol inside a formula loses its
  /// value where the formula's side is given as something else.
  private mutating func bind(_ given: [String: Shape]) throws(ArchitectureFileError) {
    var pairs: [(size: Dimension, side: Dimension, input: String)] = []
    for entry in description.inputs {
      guard let shape = given[entry.key] else { continue }
      let written = try self.shape(of: entry)
      guard shape.rank == written.rank else {
        throw ArchitectureFileError(
          nil,
          .inputShape("input '\(entry.key)' has \(written.rank) axes, \(written), but the shape given is \(shape)"))
      }
      pairs += zip(shape.dimensions, written.dimensions).map { ($0, $1, entry.key) }
    }
    for (size, side, input) in pairs {
      guard let symbol = side.symbols.first, side == Dimension(symbol) else { continue }
      if let other = environment.determined.updateValue(size, forKey: symbol.name), other != size {
        throw ArchitectureFileError(
          nil, .inputShape("the sides that the file calls '\(symbol)' are given as \(other) and \(size) (\(input))"))
      }
    }
    for (size, side, input) in pairs where size != side {
      for symbol in side.symbols where environment.determined[symbol.name] == nil {
        environment.lost[symbol.name] = input
      }
    }
  }

  private mutating func shape(of entry: Item.Entry) throws(ArchitectureFileError) -> Shape {
    var dimensions: [Dimension] = []
    for item in try sides(of: entry) {
      let value = try evaluator.value(item, in: environment, key: entry.key, owner: "input")
      guard case .size(let size) = value.content else {
        throw ArchitectureFileError(
          item.place, .wrongType(key: entry.key, owner: "input", expected: "a shape", found: value.summary))
      }
      dimensions.append(size)
    }
    return Shape(dimensions)
  }

  /// The sides of a shape as they are written: a list, or a word such as `1x3x224x224`.
  private func sides(of entry: Item.Entry) throws(ArchitectureFileError) -> [Item] {
    let item = entry.value
    let sides: [Item]
    switch item.content {
    case .list(let items): sides = items
    case .scalar(let text, let isPlain):
      sides = Shape.sides(of: text).map { Item(place: item.place, content: .scalar($0, isPlain: isPlain)) }
    case .mapping: sides = []
    }
    guard 1...ArchitectureFileLimits.axes ~= sides.count else {
      throw ArchitectureFileError(
        item.place,
        .wrongType(
          key: entry.key, owner: "input", expected: "a shape of 1 to \(ArchitectureFileLimits.axes) sizes",
          found: sides.isEmpty ? item.summary : "one of \(sides.count)"))
    }
    return sides
  }

  /// The names in the formulas of an input's shape.
  private func names(in entry: Item.Entry) throws(ArchitectureFileError) -> [String] {
    var names: [String] = []
    for side in try sides(of: entry) {
      // Text that is no formula is refused where it is evaluated.
      let text = side.text ?? ""
      guard text.utf8.count <= ArchitectureFileLimits.formulaLength else { continue }
      _ = try? Dimension(parsing: text) { symbol throws(DimensionError) in
        names.append(symbol.name)
        return Dimension(symbol)
      }
    }
    return names
  }
}

extension Shape {
  /// The texts between the `x` of a shape; with commas, between these.
  fileprivate static func sides(of text: String) -> [String] {
    let separators: Set<Character> = text.contains(",") && !text.contains("(") ? [","] : ["x", "X", "\u{D7}"]
    var parts = [""]
    var depth = 0
    for character in text {
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      if depth == 0, separators.contains(character) {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    return parts.map { $0[...].trimmed }
  }
}
