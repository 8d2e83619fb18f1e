/// Maps the values of one axis to places in the picture, and says where its ticks are.
struct Scale {
  /// The values at the ends.
  let lower: Double
  let upper: Double
  /// The distance between ticks: 1, 2 or 5 times a power of ten.
  let step: Double
  private let start: Double
  private let length: Double
  private let unit: String

  /// The largest magnitude drawn: differences and squares of it are still finite.
  static let limit = 1e99

  /// - Parameters:
  ///   - values: finite; none stand for 0 and 1.
  ///   - isTight: whether the ends are the values' own rather than the ticks beyond them.
  ///   - count: about how many ticks fit.
  ///   - start: the place of the lower end; `length` leads to that of the upper.
  init(_ values: [Double], _ axis: Chart.Axis, isTight: Bool, count: Int, from start: Double, length: Double) {
    var low = values.min() ?? 0
    var high = values.max() ?? 1
    if axis.includesZero { (low, high) = (min(low, 0), max(high, 0)) }
    // Closer values than this differ by less than the arithmetic's own error.
    let least = max(max(abs(low), abs(high)) * 1e-9, 1 / Self.limit)
    if high - low <= least {
      let room = max(least, abs(low) * 0.1, 0.5)
      (low, high) = (low - room, high + room)
    }
    step = Self.niceStep(atLeast: (high - low) / Double(max(1, count)))
    if !isTight {
      low = (low / step).rounded(.down) * step
      high = (high / step).rounded(.up) * step
    }
    (lower, upper) = (low, high)
    self.start = start
    self.length = length
    unit = TextRoom.shortened(axis.unit, to: 12)
  }

  func place(_ value: Double) -> Double { start + (value - lower) / (upper - lower) * length }

  /// The ticks from lower to upper end with their labels, which share one SI prefix.
  var ticks: [(value: Double, label: String)] {
    let first = (lower / step - 1e-6).rounded(.up)
    let last = (upper / step + 1e-6).rounded(.down)
    guard first <= last, last - first < 100 else { return [] }
    let values = (0...Int(last - first)).map { (first + Double($0)) * step }
    let notation = Notation(largest: max(abs(lower), abs(upper)), step: step, unit: unit)
    return values.map { ($0, notation.text($0)) }
  }

  /// The smallest of 1, 2 and 5 times a power of ten that is not below `least`.
  private static func niceStep(atLeast least: Double) -> Double {
    var power = 1.0
    while power < least { power *= 10 }
    while power / 10 >= least { power /= 10 }
    // Now power / 10 < least <= power.
    return power / 5 >= least ? power / 5 : power / 2 >= least ? power / 2 : power
  }
}

/// How the labels of one axis write numbers: one SI prefix and one number of decimals for all.
struct Notation {
  private var prefix = ""
  private var divisor = 1.0
  private var decimals = 0
  private var unit: String

  init(largest: Double, step: Double, unit: String) {
    self.unit = unit
    // Counts of pixels and steps read better as they are.
    if !unit.isEmpty || largest >= 10_000 {
      for next in ["k", "M", "G", "T", "P", "E", "Z", "Y"] where largest / divisor >= 1000 {
        divisor *= 1000
        prefix = next
      }
    }
    var rest = step / divisor
    while rest < 0.999_999, decimals < 6 {
      rest *= 10
      decimals += 1
    }
  }

  func text(_ value: Double) -> String {
    let number = DecimalText.fixed(value / divisor, decimals: decimals)
    let suffix = prefix + unit
    return suffix.isEmpty || number == "0" ? number : "\(number) \(suffix)"
  }
}

/// Numbers in writing, the same on every machine.
enum DecimalText {
  /// Rounded to `decimals` places, zeros kept, digits before the point in groups of three; zero is `0`.
  static func fixed(_ value: Double, decimals: Int) -> String {
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (abs(value) * scale).rounded()
    guard scaled < 9e15 else { return "\(value)" }
    guard scaled > 0 else { return "0" }
    let digits = String(Int(scaled))
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    var text = value < 0 ? "\u{2212}" : ""
    let whole = padded.dropLast(decimals)
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.count - index).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return decimals > 0 ? "\(text).\(padded.suffix(decimals))" : text
  }

  /// A coordinate with at most one decimal: `12.5`, `-3`.
  static func coordinate(_ value: Double) -> String {
    let tenths = (value * 10).rounded()
    guard abs(tenths) < 1e9 else { return tenths < 0 ? "-100000000" : "100000000" }
    let integer = Int(tenths)
    let magnitude = integer.magnitude
    let text = magnitude % 10 == 0 ? "\(magnitude / 10)" : "\(magnitude / 10).\(magnitude % 10)"
    return integer < 0 ? "-" + text : text
  }
}
