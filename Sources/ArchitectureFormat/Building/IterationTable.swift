import SymbolicIntegers

/// How often a repeat runs, and what its loop variables are each time.
struct IterationTable {
  let count: Int
  private let index: String?
  private let columns: [(name: String, values: [Value])]

  /// - Throws: ``ArchitectureFileError`` when the number of iterations is not known, or lists without a `count` differ in
  ///   length.
  init(
    _ repetition: Repetition, _ layer: Layer, in environment: Environment, _ evaluator: inout Evaluator
  ) throws(ArchitectureFileError) {
    var columns: [(name: String, values: [Value])] = []
    for entry in repetition.each {
      let value = try evaluator.value(entry.value, in: environment, key: entry.key, owner: "repeat")
      guard case .list(let values) = value.content, !values.isEmpty else {
        throw ArchitectureFileError(
          entry.value.place,
          .wrongType(key: entry.key, owner: "repeat", expected: "a list with a value", found: value.summary))
      }
      columns.append((entry.key, values))
    }
    self.columns = columns
    index = repetition.index?.text
    if let item = repetition.count {
      count = try Self.count(item, in: environment, &evaluator)
      return
    }
    guard let first = columns.first else {
      throw ArchitectureFileError(layer.place, .missingKey("count", owner: "repeat"))
    }
    if let other = columns.first(where: { $0.values.count != first.values.count }) {
      let place = repetition.each.first { $0.key == other.name }?.place
      throw ArchitectureFileError(
        place ?? layer.place,
        .iterations(
          "without a count the lists of a repeat are of one length, but '\(first.name)' has \(first.values.count) values "
            + "and '\(other.name)' has \(other.values.count)"))
    }
    count = first.values.count
  }

  private static func count(
    _ item: Item, in environment: Environment, _ evaluator: inout Evaluator
  ) throws(ArchitectureFileError) -> Int {
    let value = try evaluator.value(item, in: environment, key: "count", owner: "repeat")
    if case .word(let word) = value.content {
      throw ArchitectureFileError(value.place, .unknownName(word, known: environment.names))
    }
    guard case .size(let size) = value.content, let count = size.constant, count >= 0 else {
      throw ArchitectureFileError(
        item.place,
        .wrongType(key: "count", owner: "repeat", expected: "a whole number from 0", found: value.summary))
    }
    guard count <= ArchitectureFileLimits.layers else {
      throw ArchitectureFileError(
        item.place, .tooMany("layers and iterations", limit: ArchitectureFileLimits.layers))
    }
    return count
  }

  /// The loop variables of one iteration; a list that is too short goes on with its last value.
  func values(of iteration: Int) -> [String: Value] {
    var frame: [String: Value] = [:]
    for (name, values) in columns { frame[name] = values[min(iteration, values.count - 1)] }
    if let index { frame[index] = Value(content: .size(Dimension(iteration)), place: nil) }
    return frame
  }
}
