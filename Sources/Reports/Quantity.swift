import SymbolicIntegers

/// A count as reports print it: a plain integer, or a formula over symbols.
public struct Quantity: Hashable, Sendable {
  public var value: Dimension

  public init(_ value: Dimension) {
    self.value = value
  }

  /// All digits in groups of three, or the formula: `25,557,032`.
  public var exact: String {
    guard let integer = value.constant else { return value.description }
    return Quantity.grouped(Int128(integer))
  }

  /// All digits in groups of three.
  static func grouped(_ integer: Int128) -> String {
    let digits = String(integer.magnitude)
    var grouped = ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.count - index).isMultiple(of: 3) { grouped.append(",") }
      grouped.append(digit)
    }
    return integer < 0 ? "-" + grouped : grouped
  }

  /// All digits without separators, or the formula: what programs read.
  public var plain: String { value.description }

  /// Three significant digits with an SI prefix: `4.09 G`; below 1,000 the integer; a formula as it is.
  public var si: String {
    guard let integer = value.constant else { return value.description }
    return Quantity.si(Double(integer))
  }

  /// Three significant digits, SI prefix and unit: `44.5 MB`.
  func si(unit: String) -> String {
    guard !unit.isEmpty else { return si }
    return si.last?.isLetter == true ? si + unit : "\(si) \(unit)"
  }

  /// Three significant digits with an SI prefix; whole numbers below 1,000 have no fraction.
  static func si(_ number: Double) -> String {
    let prefixes = ["", "k", "M", "G", "T", "P", "E"]
    var scaled = number
    var index = 0
    // 999.5 and more would round to four digits.
    while abs(scaled) >= 999.5 && index < prefixes.count - 1 {
      scaled /= 1000
      index += 1
    }
    if index == 0 { return fixed(scaled, decimals: scaled == scaled.rounded() ? 0 : 2) }
    let decimals = abs(scaled) < 9.995 ? 2 : abs(scaled) < 99.95 ? 1 : 0
    return fixed(scaled, decimals: decimals) + " " + prefixes[index]
  }

  /// A number with a fixed count of decimals, rounded half away from zero.
  static func fixed(_ number: Double, decimals: Int) -> String {
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let rounded = (abs(number) * scale).rounded()
    guard rounded < 9e15 else { return "\(number)" }
    let integer = Int(rounded)
    let sign = number < 0 && integer != 0 ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(integer)" }
    let digits = String(integer)
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    return "\(sign)\(padded.dropLast(decimals)).\(padded.suffix(decimals))"
  }
}

extension Quantity: Encodable {
  /// A number where the value is an integer, else a string that holds the formula.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let integer = value.constant { try container.encode(integer) } else { try container.encode(value.description) }
  }
}
