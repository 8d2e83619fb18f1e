import SymbolicIntegers

/// The sizes along which a formula is drawn: `H=32..640`, or `H=32..640:32` for every 32nd.
public struct FormulaRange: Hashable, Sendable {
  public var symbol: Symbol
  public var first: Int
  public var last: Int
  public var step: Int

  /// The most sizes of one range.
  public static let maximumCount = 100_000

  /// - Throws: ``FormulaRangeError``.
  public init(parsing text: String) throws(FormulaRangeError) {
    let sides = text.split(separator: "=", omittingEmptySubsequences: false)
    guard sides.count == 2, let symbol = Symbol(String(sides[0].filter { $0 != " " })) else {
      throw .syntax(String(text.prefix(80)))
    }
    let parts = sides[1].split(separator: ":", omittingEmptySubsequences: false)
    let ends = Self.split(parts[0])
    guard ends.count == 2, parts.count <= 2 else { throw .syntax(String(text.prefix(80))) }
    func number(_ digits: Substring) throws(FormulaRangeError) -> Int {
      let digits = digits.filter { $0 != " " }
      guard let value = Int(digits) else { throw .number(String(digits.prefix(40))) }
      return value
    }
    self.symbol = symbol
    first = try number(ends[0])
    last = try number(ends[1])
    step = parts.count == 2 ? try number(parts[1]) : 1
    guard step > 0 else { throw .step(step) }
    guard first > 0 else { throw .notPositive(first) }
    guard last > first else { throw .empty(first, last) }
    let count = (last - first) / step + 1
    guard count <= Self.maximumCount else { throw .tooMany(count, Self.maximumCount) }
  }

  /// The parts before and behind the first two dots.
  private static func split(_ text: Substring) -> [Substring] {
    var index = text.startIndex
    while index < text.endIndex {
      let next = text.index(after: index)
      if text[index] == ".", next < text.endIndex, text[next] == "." {
        return [text[..<index], text[text.index(after: next)...]]
      }
      index = next
    }
    return [text]
  }

  /// The sizes in ascending order.
  public var values: StrideThrough<Int> { stride(from: first, through: last, by: step) }
}

/// Why a range of sizes cannot be read.
public enum FormulaRangeError: Error, Hashable, Sendable, CustomStringConvertible {
  case syntax(String)
  case number(String)
  case step(Int)
  case notPositive(Int)
  case empty(Int, Int)
  case tooMany(Int, Int)

  public var description: String {
    switch self {
    case .syntax(let text):
      "'\(text)' is not a range: write a symbol and its sizes, for example H=32..640 or H=32..640:32"
    case .number(let text): "'\(text)' is not a whole number of at most 19 digits"
    case .step(let step): "the step must be at least 1, but is \(step)"
    case .notPositive(let first): "sizes must be positive, but the range begins at \(first)"
    case .empty(let first, let last): "the range ends at \(last), which is not behind its begin at \(first)"
    case .tooMany(let count, let limit): "the range holds \(count) sizes, more than the \(limit) that are drawn"
    }
  }
}
