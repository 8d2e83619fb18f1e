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
    let begins = format == .json ? Array("    {".utf8) : []
    let goesOn = format == .json ? Array(",\n    {".utf8) : []
    let end = format == .json ? UInt8(ascii: "}") : UInt8(ascii: "\n")
    // A line is put together where it needs no checks for room and no allocation, and then copied.
    let room = goesOn.count + 1 + leads.reduce(0) { $0 + $1.count + Self.mostDigits }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: room) { memory in
      for row in 0..<rows.count {
        var count = 0
        func put(_ text: [UInt8]) {
          for byte in text {
            memory[count] = byte
            count += 1
          }
        }
        put(isFirst && row == 0 ? begins : goesOn)
        for column in columns.indices {
          put(leads[column])
          switch rows.values[column] {
          case .integers(let values): count = Self.write(values[row], to: memory, at: count)
          case .reals(let values):
            let value = values[row]
            if value.bitPattern != last[column].value.bitPattern { last[column] = (value, text(value)) }
            put(last[column].text)
          }
        }
        bytes.append(contentsOf: memory[..<count])
        for (column, values) in texts.enumerated() {
          bytes.append(contentsOf: leads[columns.count + column])
          bytes.append(
            contentsOf: (format == .csv ? values[row].quotedForCSV : PointDocument.quoted(values[row])).utf8)
        }
        bytes.append(end)
      }
    }
  }

  /// The most that a number takes: `-2.2250738585072014e-308`.
  private static let mostDigits = 32

  private func text(_ value: Double) -> [UInt8] {
    guard value.isFinite else { return Array((format == .csv ? "" : "null").utf8) }
    return Array(Self.text(value).utf8)
  }

  /// The shortest digits that read as the value; whole numbers without a fraction.
  public static func text(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
  }

  /// Writes the digits of a whole number.
  /// - Returns: the position behind them.
  private static func write(_ value: Int, to memory: UnsafeMutableBufferPointer<UInt8>, at start: Int) -> Int {
    var length = value < 0 ? 2 : 1
    var bound: UInt = 10
    while value.magnitude >= bound {
      length += 1
      // At most 10^19, which fits.
      bound *= 10
    }
    var (rest, position) = (value.magnitude, start + length)
    repeat {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      position -= 1
      memory[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
      rest = quotient
    } while rest > 0
    if value < 0 { memory[start] = UInt8(ascii: "-") }
    return start + length
  }
}
