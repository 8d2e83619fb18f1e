/// The values that one setting takes in a sweep or a search, ascending.
///
/// Written `1.0:3.1:0.1`, both ends included, or as a list whose entries are numbers or such ranges:
/// `1,1.1,1.2:1.8:0.2`. Steps are exact: the thirty-first value of 1.0:4.0:0.1 is 4.
public struct ScalingAxis: Hashable, Sendable {
  /// At least one.
  public let values: [ExactDecimal]

  /// The most values of an axis.
  public static let maximumCount = 100_000

  public init(_ value: ExactDecimal) { values = [value] }

  public init(_ value: Int) { self.init(ExactDecimal(value)) }

  /// - Throws: ``ScalingError/range(_:reason:)`` or ``ScalingError/tooMany(what:count:limit:)``.
  public init(parsing text: String) throws(ScalingError) {
    var values: [ExactDecimal] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let run = try Self.run(part)
      guard values.count + run.count <= Self.maximumCount else {
        throw .tooMany(what: "values", count: "\(values.count + run.count)", limit: Self.maximumCount)
      }
      for value in run {
        if let last = values.last, value <= last {
          throw .range(String(text.prefix(100)), reason: "\(value) does not lie above \(last), which precedes it")
        }
        values.append(value)
      }
    }
    self.values = values
  }

  public var count: Int { values.count }
  public var first: ExactDecimal { values[0] }
  public var last: ExactDecimal { values[values.count - 1] }

  /// The values of `a`, or of `a:b:step`.
  private static func run(_ text: Substring) throws(ScalingError) -> [ExactDecimal] {
    let shown = String(text.prefix(100))
    var numbers: [ExactDecimal] = []
    for part in text.split(separator: ":", omittingEmptySubsequences: false) {
      guard let number = ExactDecimal(part) else {
        let reason =
          part.isEmpty
          ? "a number is missing: write first:last:step, such as 1.0:2.0:0.1"
          : "'\(part.prefix(40))' is no finite decimal number of at most \(ExactDecimal.maximumScale) places"
        throw .range(shown, reason: reason)
      }
      numbers.append(number)
    }
    switch numbers.count {
    case 1: return numbers
    case 3: break
    default: throw .range(shown, reason: "write one number, or first:last:step, such as 1.0:2.0:0.1")
    }
    let (first, last, step) = (numbers[0], numbers[1], numbers[2])
    guard step.mantissa != 0 else { throw .range(shown, reason: "the step is 0") }
    guard step.mantissa > 0 else { throw .range(shown, reason: "the step \(step) is below 0") }
    guard first <= last else { throw .range(shown, reason: "it is empty, since \(first) lies above \(last)") }
    let scale = max(first.scale, last.scale, step.scale)
    guard let start = first.mantissa(atScale: scale), let end = last.mantissa(atScale: scale),
      let stride = step.mantissa(atScale: scale)
    else { throw .range(shown, reason: "it has too many digits") }
    let (length, overflow) = end.subtractingReportingOverflow(start)
    guard !overflow else { throw .range(shown, reason: "it is too long") }
    guard length / stride < maximumCount else {
      throw .tooMany(what: "values", count: "\(length / stride + 1)", limit: maximumCount)
    }
    return (0...(length / stride)).map { ExactDecimal(mantissa: start + $0 * stride, scale: scale) }
  }
}

extension ScalingAxis: CustomStringConvertible {
  /// The values with runs of equal steps as ranges: axes of equal values have equal texts.
  public var description: String {
    var parts: [String] = []
    var start = 0
    while start < values.count {
      var end = start
      if start + 2 < values.count, let step = difference(start) {
        end = start + 1
        while end + 1 < values.count, difference(end) == step { end += 1 }
        if end - start >= 2 {
          parts.append("\(values[start]):\(values[end]):\(step)")
          start = end + 1
          continue
        }
        end = start
      }
      parts.append("\(values[start])")
      start = end + 1
    }
    return parts.joined(separator: ",")
  }

  private func difference(_ index: Int) -> ExactDecimal? {
    let scale = max(values[index].scale, values[index + 1].scale)
    guard let low = values[index].mantissa(atScale: scale), let high = values[index + 1].mantissa(atScale: scale) else {
      return nil
    }
    let (difference, overflow) = high.subtractingReportingOverflow(low)
    return overflow ? nil : ExactDecimal(mantissa: difference, scale: scale)
  }
}
