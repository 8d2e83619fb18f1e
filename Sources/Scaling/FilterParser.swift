/// Reads the text of a ``PointFilter``.
struct FilterParser {
  private let text: String
  private let bytes: [UInt8]
  private let columns: [PointColumn]
  private var position = 0
  private var depth = 0

  private static let longest = 10_000
  private static let deepest = 64

  init(_ text: String, columns: [PointColumn]) throws(ScalingError) {
    guard text.utf8.count <= Self.longest else {
      throw .filter(String(text.prefix(40)) + "...", column: Self.longest + 1, reason: "it is too long")
    }
    (self.text, self.columns) = (text, columns)
    bytes = Array(text.utf8)
  }

  /// The condition of the whole text.
  mutating func condition() throws(ScalingError) -> PointFilter.Condition {
    let result = try alternatives()
    skipSpaces()
    guard position == bytes.count else { throw failure("expected '&&', '||' or the end") }
    return result
  }

  private mutating func alternatives() throws(ScalingError) -> PointFilter.Condition {
    var parts = [try conjunction()]
    while take("||") { parts.append(try conjunction()) }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private mutating func conjunction() throws(ScalingError) -> PointFilter.Condition {
    var parts = [try unary()]
    while take("&&") { parts.append(try unary()) }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func unary() throws(ScalingError) -> PointFilter.Condition {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw failure("it is nested deeper than \(Self.deepest) levels") }
    if take("!") { return .not(try unary()) }
    if take("(") {
      let inner = try alternatives()
      guard take(")") else { throw failure("expected ')'") }
      return inner
    }
    let left = try operand()
    guard let comparison = PointFilter.Comparison.allCases.first(where: { take($0.rawValue) }) else {
      throw failure("expected a comparison: <=, <, >=, >, == or !=")
    }
    return .comparison(left, comparison, try operand())
  }

  private mutating func operand() throws(ScalingError) -> PointFilter.Operand {
    skipSpaces()
    let start = position
    while position < bytes.count, isWord(bytes[position]) { position += 1 }
    let word = String(decoding: bytes[start..<position], as: UTF8.self)
    guard let first = word.utf8.first else { throw failure("expected a column or a number") }
    if isDigit(first) || first == UInt8(ascii: ".") || first == UInt8(ascii: "-") {
      guard let number = Self.number(word) else {
        position = start
        throw failure("'\(word.prefix(40))' is no number: write 4.1G, 20M or 300")
      }
      return number
    }
    return .column(try PointFilter.position(of: word, in: columns))
  }

  /// A number with a suffix; nil for anything else and for one out of range.
  static func number(_ word: String) -> PointFilter.Operand? {
    let suffixes: [(String, Int)] = [
      ("Ki", 1 << 10), ("Mi", 1 << 20), ("Gi", 1 << 30), ("Ti", 1 << 40), ("k", 1000), ("K", 1000),
      ("M", 1_000_000), ("G", 1_000_000_000), ("B", 1_000_000_000), ("T", 1_000_000_000_000),
    ]
    let suffix = suffixes.first { word.hasSuffix($0.0) }
    let digits = word.dropLast(suffix?.0.count ?? 0)
    guard let number = ExactDecimal(digits), let value = number.multiplied(by: ExactDecimal(suffix?.1 ?? 1)) else {
      return nil
    }
    return value.integer.map { .integer($0) } ?? .real(value.double)
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  private func isWord(_ byte: UInt8) -> Bool {
    let lower = byte | 0x20
    return isDigit(byte) || lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z") || byte == UInt8(ascii: ".")
      || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
  }

  private mutating func skipSpaces() {
    while position < bytes.count, bytes[position] == UInt8(ascii: " ") { position += 1 }
  }

  /// Steps over `token` where it comes next.
  private mutating func take(_ token: String) -> Bool {
    skipSpaces()
    guard bytes[position...].starts(with: token.utf8) else { return false }
    position += token.utf8.count
    return true
  }

  private func failure(_ reason: String) -> ScalingError {
    .filter(String(text.prefix(100)), column: position + 1, reason: reason)
  }
}
