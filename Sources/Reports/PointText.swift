import Scaling

/// Rows of points as lines of CSV or JSON, as bytes.
///
/// Made for millions of rows: nothing is allocated for a value. A real that repeats from row to row, as factors do, is
/// written out once.
public struct PointText: Sendable {
  public enum Format: Sendable {
    case csv, json
  }

  public let format: Format
  private let columns: [PointColumn]
  /// What precedes each value: the comma and, in JSON, the key.
  private let leads: [[UInt8]]
  private let names: [String]

  /// - Parameter textColumns: columns of text behind those of numbers.
  public init(_ format: Format, columns: [PointColumn], textColumns: [String] = []) {
    self.format = format
    self.columns = columns
    names = columns.map(\.name) + textColumns
    leads = names.enumerated().map { index, name in
      let comma = index > 0 ? "," : ""
      return Array((format == .csv ? comma : "\(index > 0 ? ", " : "")\"\(name)\": ").utf8)
    }
  }

  /// The line of names; JSON has none.
  public var header: String {
    format == .csv ? names.joined(separator: ",") + "\n" : ""
  }

  /// Appends one line for each row; in JSON objects, of which each but the first of all is preceded by a comma.
  /// - Parameters:
  ///   - texts: for each column of text one value per row.
  ///   - isFirst: whether no row precedes these.
  public func append(_ rows: PointRows, texts: [[String]] = [], isFirst: Bool, to bytes: inout [UInt8]) {
    bytes.reserveCapacity(bytes.count + rows.count * 24 * columns.count / 2)
    var last: [(value: Double, text: [UInt8])] = columns.map { _ in (.infinity, []) }
    for row in 0..<rows.count {
      if format == .json {
        bytes.append(contentsOf: (isFirst && row == 0 ? "    {" : ",\n    {").utf8)
      }
      for column in columns.indices {
        bytes.append(contentsOf: leads[column])
        switch rows.values[column] {
        case .integers(let values): Self.append(values[row], to: &bytes)
        case .reals(let values):
          let value = values[row]
          if value.bitPattern != last[column].value.bitPattern { last[column] = (value, text(value)) }
          bytes.append(contentsOf: last[column].text)
        }
      }
      for (column, values) in texts.enumerated() {
        bytes.append(contentsOf: leads[columns.count + column])
        bytes.append(contentsOf: (format == .csv ? values[row].quotedForCSV : PointDocument.quoted(values[row])).utf8)
      }
      switch format {
      case .csv: bytes.append(UInt8(ascii: "\n"))
      case .json: bytes.append(UInt8(ascii: "}"))
      }
    }
  }

  private func text(_ value: Double) -> [UInt8] {
    guard value.isFinite else { return Array((format == .csv ? "" : "null").utf8) }
    return Array(Self.text(value).utf8)
  }

  /// The shortest digits that read as the value; whole numbers without a fraction.
  public static func text(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
  }

  private static func append(_ value: Int, to bytes: inout [UInt8]) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var (rest, start) = (value.magnitude, 20)
      repeat {
        let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
        start -= 1
        digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
        rest = quotient
      } while rest > 0
      if value < 0 { bytes.append(UInt8(ascii: "-")) }
      bytes.append(contentsOf: digits[start...])
    }
  }
}
