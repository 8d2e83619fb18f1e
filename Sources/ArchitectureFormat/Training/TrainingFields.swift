import Analysis

/// Numbers among the entries of a mapping.
extension Fields {
  /// The fault of a value that is not what its key takes.
  func wrongType(_ key: String, _ item: Item, expected: String) -> ArchitectureFileError {
    ArchitectureFileError(
      item.place, .wrongType(key: key, owner: owner, expected: expected, found: item.summary))
  }

  /// One line of at most 200 characters; nil where nothing is written.
  func line(_ key: String) throws(ArchitectureFileError) -> String? {
    guard let item = self[key] else { return nil }
    guard let text = item.text, text.count <= 200, !text.contains(where: \.isNewline) else {
      throw wrongType(key, item, expected: "one line of at most 200 characters")
    }
    return text
  }

  /// A whole number in a range; nil where nothing is written.
  func integer(_ key: String, in range: ClosedRange<Int>) throws(ArchitectureFileError) -> Int? {
    guard let item = self[key] else { return nil }
    guard let text = item.text, let value = Int(plain: text[...]), range.contains(value) else {
      throw wrongType(key, item, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// A finite number in a range; nil where nothing is written.
  func number(_ key: String, in range: ClosedRange<Double>) throws(ArchitectureFileError) -> Double? {
    guard let item = self[key] else { return nil }
    guard let text = item.text, let value = Double(plain: text[...]), range.contains(value) else {
      throw wrongType(key, item, expected: Self.wording(range))
    }
    return value
  }

  /// A number, or two with `..` between them.
  func span<Number: Comparable>(
    _ key: String, in range: ClosedRange<Number>, expected: String, _ parse: (Substring) -> Number?
  ) throws(ArchitectureFileError) -> (first: Number, last: Number)? {
    guard let item = self[key] else { return nil }
    guard let text = item.text else { throw wrongType(key, item, expected: expected) }
    let ends = text.ends
    guard let first = parse(ends.first), let last = parse(ends.last), range.contains(first), range.contains(last) else {
      throw wrongType(key, item, expected: expected)
    }
    return (first, last)
  }

  static func wording(_ range: ClosedRange<Double>) -> String {
    func text(_ number: Double) -> String {
      number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
    }
    return "a number from \(text(range.lowerBound)) to \(text(range.upperBound))"
  }
}

extension String {
  /// What stands before and after `..`; twice the whole where there is none.
  fileprivate var ends: (first: Substring, last: Substring) {
    var index = startIndex
    while index < endIndex {
      let next = self.index(after: index)
      if next < endIndex, self[index] == ".", self[next] == "." {
        return (self[..<index], self[self.index(after: next)...])
      }
      index = next
    }
    return (self[...], self[...])
  }
}

extension Int {
  /// Digits, with underscores between them where YAML has them.
  init?(plain text: Substring) {
    guard let first = text.utf8.first, (48...57).contains(first), let value = Int(text.filter { $0 != "_" }) else {
      return nil
    }
    self = value
  }
}

extension Double {
  /// A number that begins with a digit, which no word for infinity does.
  init?(plain text: Substring) {
    guard let first = text.utf8.first, (48...57).contains(first), !text.contains("x"), let value = Double(text),
      value.isFinite
    else { return nil }
    self = value
  }
}
