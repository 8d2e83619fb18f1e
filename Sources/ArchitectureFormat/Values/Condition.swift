import SymbolicIntegers

extension Evaluator {
  /// Whether a condition holds: a truth value, `not` and a truth value, or two values compared by
  /// `==`, `!=`, `<=`, `>=`, `<` or `>`.
  mutating func condition(
    _ item: Item, in environment: Environment, owner: String
  ) throws(ArchitectureFileError) -> Bool {
    guard case .scalar(let text, let isPlain) = item.content else {
      throw ArchitectureFileError(
        item.place, .wrongType(key: "when", owner: owner, expected: "a condition", found: item.summary))
    }
    guard let (left, relation, right) = Relation.split(text) else {
      let isNegated = text.hasPrefix("not ")
      let name = isNegated ? text.dropFirst(4).trimmed : text
      let value = try scalar(name, isPlain: isPlain, at: item.place, in: environment)
      guard case .flag(let flag) = value.content else {
        if case .word(let word) = value.content {
          throw ArchitectureFileError(value.place, .unknownName(word, known: environment.names))
        }
        throw ArchitectureFileError(
          item.place,
          .wrongType(
            key: "when", owner: owner, expected: "true, false or a comparison such as 'stride > 1'",
            found: value.summary))
      }
      return flag != isNegated
    }
    let sides = (
      try scalar(left, isPlain: true, at: item.place, in: environment),
      try scalar(right, isPlain: true, at: item.place, in: environment)
    )
    guard let holds = relation.holds(sides.0.content, sides.1.content) else {
      if case (.size, .size) = (sides.0.content, sides.1.content) {
        throw ArchitectureFileError(item.place, .undecided(text))
      }
      for side in [sides.0, sides.1] {
        // Beside a number or truth value, a word is a misspelt name.
        if case .word(let word) = side.content {
          throw ArchitectureFileError(side.place, .unknownName(word, known: environment.names))
        }
      }
      throw ArchitectureFileError(
        item.place,
        .wrongType(
          key: "when", owner: owner, expected: "a comparison of two values of one kind",
          found: "one of \(sides.0.summary) and \(sides.1.summary)"))
    }
    return holds
  }
}

/// A comparison of two values.
private enum Relation: String {
  case equal = "=="
  case unequal = "!="
  case atMost = "<="
  case atLeast = ">="
  case less = "<"
  case greater = ">"

  /// The sides of the first comparison in a text.
  static func split(_ text: String) -> (left: String, relation: Relation, right: String)? {
    guard let start = text.firstIndex(where: { "=!<>".contains($0) }) else { return nil }
    let rest = text[start...]
    guard let relation = Relation(rawValue: String(rest.prefix(2))) ?? Relation(rawValue: String(rest.prefix(1)))
    else { return nil }
    return (text[..<start].trimmed, relation, rest.dropFirst(relation.rawValue.count).trimmed)
  }

  /// Whether the comparison holds; nil where it cannot be decided.
  func holds(_ left: Value.Content, _ right: Value.Content) -> Bool? {
    switch (left, right) {
    case (.size(let left), .size(let right)):
      guard let difference = (left - right).constant else { return nil }
      return holds(difference, 0)
    case (.number(let left), .number(let right)): return holds(left, right)
    case (.size(let left), .number(let right)): return left.constant.map { holds(Double($0), right) }
    case (.number(let left), .size(let right)): return right.constant.map { holds(left, Double($0)) }
    case (.flag(let left), .flag(let right)): return same(left == right)
    case (.word(let left), .word(let right)): return same(left == right)
    default: return nil
    }
  }

  private func same(_ isSame: Bool) -> Bool? {
    switch self {
    case .equal: isSame
    case .unequal: !isSame
    case .atMost, .atLeast, .less, .greater: nil
    }
  }

  private func holds<Number: Comparable>(_ left: Number, _ right: Number) -> Bool {
    switch self {
    case .equal: left == right
    case .unequal: left != right
    case .atMost: left <= right
    case .atLeast: left >= right
    case .less: left < right
    case .greater: left > right
    }
  }
}

extension Substring {
  /// The text without spaces at its ends.
  var trimmed: String {
    var text = self
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
