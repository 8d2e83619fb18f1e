import NetworkGraph
import SymbolicIntegers

/// One operator about to be appended: its inputs, its name, and its settings as they are read.
struct Call {
  let owner: String
  let place: Place
  let name: String
  /// At least one.
  var inputs: [Feature]
  let settings: [String: Item]
  let environment: Environment
  var evaluator: Evaluator

  var input: Feature { inputs[0] }

  /// Appends an operator on all inputs.
  func apply(_ operation: Operator, _ origin: Origin = .module) -> [Feature] {
    input.builder.add(operation, to: inputs, name: name, origin: origin)
  }

  /// The number of spatial axes of the input, of which there must be some.
  func spatialRank() throws(ArchitectureFileError) -> Int {
    guard input.shape.rank >= 3 else {
      let error = ShapeError.rank(expected: "at least 3 axes (batch, channels, spatial)", found: input.shape)
      throw ArchitectureFileError(place, .network(.shape(node: name, operatorName: owner, error)))
    }
    return input.shape.spatialRank
  }

  func has(_ key: String) -> Bool { settings[key] != nil }

  /// The value written for a key; nil where nothing is.
  mutating func value(_ key: String) throws(ArchitectureFileError) -> Value? {
    guard let item = settings[key] else { return nil }
    return try evaluator.value(item, in: environment, key: key, owner: owner)
  }

  // MARK: One value

  mutating func size(_ key: String) throws(ArchitectureFileError) -> Dimension {
    guard let value = try value(key) else { throw ArchitectureFileError(place, .missingKey(key, owner: owner)) }
    return try size(value, key)
  }

  mutating func size(_ key: String, default standard: Dimension) throws(ArchitectureFileError) -> Dimension {
    guard let value = try value(key) else { return standard }
    return try size(value, key)
  }

  mutating func integer(_ key: String) throws(ArchitectureFileError) -> Int {
    guard let value = try value(key) else { throw ArchitectureFileError(place, .missingKey(key, owner: owner)) }
    return try integer(value, key)
  }

  mutating func integer(_ key: String, default standard: Int) throws(ArchitectureFileError) -> Int {
    guard let value = try value(key) else { return standard }
    return try integer(value, key)
  }

  mutating func number(_ key: String, default standard: Double?) throws(ArchitectureFileError) -> Double {
    guard let value = try value(key) else {
      guard let standard else { throw ArchitectureFileError(place, .missingKey(key, owner: owner)) }
      return standard
    }
    return try number(value, key)
  }

  mutating func flag(_ key: String, default standard: Bool) throws(ArchitectureFileError) -> Bool {
    guard let value = try value(key) else { return standard }
    guard case .flag(let flag) = value.content else { throw wrong(value, key, "true or false") }
    return flag
  }

  /// One of some words.
  mutating func word(_ key: String, of words: [String], default standard: String?) throws(ArchitectureFileError)
    -> String
  {
    guard let value = try value(key) else {
      guard let standard else { throw ArchitectureFileError(place, .missingKey(key, owner: owner)) }
      return standard
    }
    guard case .word(let word) = value.content, words.contains(word) else {
      throw wrong(value, key, "one of \(words.joined(separator: ", "))")
    }
    return word
  }

  // MARK: Several values

  /// Sizes, one or a list of them.
  mutating func sizes(_ key: String) throws(ArchitectureFileError) -> [Dimension] {
    guard let value = try value(key) else { throw ArchitectureFileError(place, .missingKey(key, owner: owner)) }
    return try each(value, key) { (call, value) throws(ArchitectureFileError) in try call.size(value, key) }
  }

  /// Integers, one or a list of them.
  mutating func integers(_ key: String) throws(ArchitectureFileError) -> [Int] {
    guard let value = try value(key) else { throw ArchitectureFileError(place, .missingKey(key, owner: owner)) }
    return try each(value, key) { (call, value) throws(ArchitectureFileError) in try call.integer(value, key) }
  }

  /// Numbers, one or a list of them.
  mutating func numbers(_ key: String) throws(ArchitectureFileError) -> [Double] {
    guard let value = try value(key) else { throw ArchitectureFileError(place, .missingKey(key, owner: owner)) }
    return try each(value, key) { (call, value) throws(ArchitectureFileError) in try call.number(value, key) }
  }

  /// A number for each of `rank` axes: one for all, or a list of `rank`.
  mutating func perAxis(_ key: String, rank: Int, default standard: Int?) throws(ArchitectureFileError) -> [Int] {
    if !has(key), let standard { return Array(repeating: standard, count: rank) }
    return try spread(integers(key), key, rank: rank)
  }

  /// A list with a value for each of `rank` axes; a single value is for all of them.
  func spread<Element>(_ values: [Element], _ key: String, rank: Int) throws(ArchitectureFileError) -> [Element] {
    if values.count == 1 { return Array(repeating: values[0], count: rank) }
    guard values.count == rank else {
      throw ArchitectureFileError(
        settings[key]?.place ?? place,
        .wrongType(
          key: key, owner: owner, expected: "one value, or one for each of the \(rank) spatial axes",
          found: "a list of \(values.count)"))
    }
    return values
  }

  private mutating func each<Element>(
    _ value: Value, _ key: String, _ read: (inout Call, Value) throws(ArchitectureFileError) -> Element
  ) throws(ArchitectureFileError) -> [Element] {
    guard case .list(let values) = value.content else { return [try read(&self, value)] }
    var elements: [Element] = []
    for value in values { elements.append(try read(&self, value)) }
    return elements
  }

  // MARK: Kinds

  func size(_ value: Value, _ key: String) throws(ArchitectureFileError) -> Dimension {
    guard case .size(let size) = value.content else { throw wrong(value, key, "a whole number or a formula") }
    return size
  }

  func integer(_ value: Value, _ key: String) throws(ArchitectureFileError) -> Int {
    guard case .size(let size) = value.content, let integer = size.constant else {
      throw wrong(value, key, "an integer")
    }
    return integer
  }

  private func number(_ value: Value, _ key: String) throws(ArchitectureFileError) -> Double {
    switch value.content {
    case .number(let number): return number
    case .size(let size): if let integer = size.constant { return Double(integer) }
    case .flag, .word, .list: break
    }
    throw wrong(value, key, "a number")
  }

  /// The error about a value of another kind; a word where no words go is a name that nothing has.
  func wrong(_ value: Value, _ key: String, _ expected: String) -> ArchitectureFileError {
    if case .word(let word) = value.content, !expected.hasPrefix("one of") {
      return ArchitectureFileError(
        value.place ?? place,
        .wrongType(
          key: key, owner: owner, expected: expected,
          found: "'\(word)', which is neither a parameter nor a symbol here"
            + Spelling.hint(word, among: environment.names)))
    }
    return ArchitectureFileError(
      value.place ?? place, .wrongType(key: key, owner: owner, expected: expected, found: value.summary))
  }
}
