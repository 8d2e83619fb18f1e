/// A decimal number such as 1.15, exactly: `mantissa / 10^scale`, in lowest terms.
///
/// Steps of 0.1 add up to whole numbers, as binary fractions do not.
public struct ExactDecimal: Hashable, Sendable {
  public let mantissa: Int
  /// Digits behind the point, 0 to ``maximumScale``; the last is not 0.
  public let scale: Int

  /// The most digits behind the point; with more, powers of factors leave the range of integers.
  public static let maximumScale = 15

  public init(_ value: Int) { self.init(mantissa: value, scale: 0) }

  /// - Parameter scale: 0 to ``maximumScale``.
  public init(mantissa: Int, scale: Int) {
    var (mantissa, scale) = (mantissa, scale)
    while scale > 0, mantissa.isMultiple(of: 10) {
      mantissa /= 10
      scale -= 1
    }
    (self.mantissa, self.scale) = (mantissa, scale)
  }

  /// Reads digits with at most one point and a sign before them; nil for anything else and for too many digits.
  public init?(_ text: some StringProtocol) {
    var mantissa = 0
    var scale: Int?
    var digits = 0
    var rest = text.utf8[...]
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
    for byte in rest {
      if byte == UInt8(ascii: "."), scale == nil {
        scale = 0
        continue
      }
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      let (product, overflow) = mantissa.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
      guard !overflow, !carry else { return nil }
      mantissa = sum
      digits += 1
      scale = scale.map { $0 + 1 }
    }
    guard digits > 0, scale ?? 0 <= Self.maximumScale else { return nil }
    self.init(mantissa: isNegative ? -mantissa : mantissa, scale: scale ?? 0)
  }

  /// The nearest binary fraction: the one that the written number reads as.
  public var double: Double {
    // Both are exact below 2^53, so that their quotient is rounded once.
    if mantissa.magnitude < 1 << 53 { return Double(mantissa) / Double(powerOfTen(scale)) }
    return Double(description) ?? .nan
  }

  /// The whole number that it is; nil for a fraction.
  public var integer: Int? { scale == 0 ? mantissa : nil }

  /// The mantissa over a power of ten that is at least ``scale``; nil where it leaves the range of integers.
  public func mantissa(atScale scale: Int) -> Int? {
    guard scale >= self.scale, scale - self.scale <= Self.maximumScale else { return nil }
    let (product, overflow) = mantissa.multipliedReportingOverflow(by: powerOfTen(scale - self.scale))
    return overflow ? nil : product
  }

  /// The product; nil where it has too many digits.
  public func multiplied(by other: ExactDecimal) -> ExactDecimal? {
    let (product, overflow) = mantissa.multipliedReportingOverflow(by: other.mantissa)
    guard !overflow, scale + other.scale <= 18 else { return nil }
    // Trailing zeros may bring the digits back into range.
    var (mantissa, scale) = (product, scale + other.scale)
    while scale > 0, mantissa.isMultiple(of: 10) { (mantissa, scale) = (mantissa / 10, scale - 1) }
    return scale <= Self.maximumScale ? ExactDecimal(mantissa: mantissa, scale: scale) : nil
  }
}

extension ExactDecimal: Comparable {
  public static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
    Int128(left.mantissa) * Int128(powerOfTen(right.scale)) < Int128(right.mantissa) * Int128(powerOfTen(left.scale))
  }
}

extension ExactDecimal: CustomStringConvertible {
  public var description: String {
    let digits = String(mantissa.magnitude)
    let sign = mantissa < 0 ? "-" : ""
    guard scale > 0 else { return sign + digits }
    let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
    return "\(sign)\(padded.dropLast(scale)).\(padded.suffix(scale))"
  }
}

/// 10 to the power of `exponent`, which is at most 18.
func powerOfTen(_ exponent: Int) -> Int {
  var result = 1
  for _ in 0..<min(max(0, exponent), 18) { result *= 10 }
  return result
}
