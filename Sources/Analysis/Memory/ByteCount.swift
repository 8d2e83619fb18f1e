/// A size of memory as people write it: `24GB`, `8 MiB`, `1.5kB`, `4096B`.
///
/// `kB`, `MB`, `GB`, `TB` and `PB` are powers of 1000, `KiB` to `PiB` powers of 1024; case does not matter, and a bare
/// number is bytes. A prefix without its B is refused: it does not say which kind it is.
public struct ByteCount: Hashable, Sendable {
  public var bytes: Int

  public init(bytes: Int) {
    self.bytes = bytes
  }

  /// The size that `text` writes. A fraction of a byte is dropped, so that a limit is never widened.
  /// - Throws: ``ByteCountError``.
  public init(parsing text: String) throws(ByteCountError) {
    let excerpt = String(text.prefix(40))
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = text.dropFirst(digits.count).drop { $0 == " " }
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard digits.first?.isNumber == true, parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }) else {
      throw .noNumber(excerpt)
    }
    guard let factor = ByteCount.factor(ofUnit: unit) else { throw .unit(String(unit.prefix(40)), text: excerpt) }
    var bytes = 0
    for digit in parts[0].utf8 {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: 10)
      let (sum, carried) = product.addingReportingOverflow(Int(digit) - 48)
      guard !overflow, !carried else { throw .tooLarge(excerpt) }
      bytes = sum
    }
    let (whole, overflow) = bytes.multipliedReportingOverflow(by: factor)
    let fraction = parts.count == 2 ? ByteCount.fraction(parts[1], of: factor) : 0
    let (sum, carried) = whole.addingReportingOverflow(fraction)
    guard !overflow, !carried else { throw .tooLarge(excerpt) }
    self.bytes = sum
  }

  /// The floor of `0.digits` times `factor`, by long division: exact for any number of digits.
  private static func fraction(_ digits: Substring, of factor: Int) -> Int {
    // From the last digit to the first: the floor of (digit * factor + what follows) / 10 loses nothing but the floor,
    // because floor((n + floor(x)) / 10) = floor((n + x) / 10) for whole n.
    var rest = 0
    for digit in digits.utf8.reversed() { rest = ((Int(digit) - 48) * factor + rest) / 10 }
    return rest
  }

  private static func factor(ofUnit unit: Substring) -> Int? {
    var letters = unit.lowercased()[...]
    if letters.isEmpty { return 1 }
    guard letters.popLast() == "b" else { return nil }
    if letters.isEmpty { return 1 }
    let base = letters.count == 2 && letters.last == "i" ? 1024 : 1000
    if base == 1024 { letters.removeLast() }
    let prefixes: [Character] = ["k", "m", "g", "t", "p"]
    guard letters.count == 1, let prefix = letters.first, let power = prefixes.firstIndex(of: prefix) else {
      return nil
    }
    return (0...power).reduce(1) { product, _ in product * base }
  }
}

/// Why a text is no size of memory.
public enum ByteCountError: Error, Hashable, Sendable {
  /// The text does not start with a number.
  case noNumber(String)
  case unit(String, text: String)
  /// More bytes than a 64-bit integer holds.
  case tooLarge(String)
}

extension ByteCountError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noNumber(let text): "'\(text)' is no size of memory: write a number and a unit, such as 24GB or 8MiB"
    case .unit(let unit, let text):
      "'\(text)': unknown unit '\(unit)': there are B, kB, MB, GB, TB, PB (powers of 1000) and "
        + "KiB, MiB, GiB, TiB, PiB (powers of 1024)"
    case .tooLarge(let text): "'\(text)' is more than \(Int.max) bytes"
    }
  }
}
