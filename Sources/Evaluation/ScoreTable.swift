/// Scores measured elsewhere: a table in CSV with a column for each setting of a point and one called `score`.
public struct ScoreTable: Hashable, Sendable {
  public struct Row: Hashable, Sendable {
    /// The settings, in the order of ``ScoreTable/columns``.
    public var settings: [Double]
    public var score: Double
    /// Where it stands, from one.
    public var line: Int
  }

  /// The names of the settings.
  public var columns: [String]
  public var rows: [Row]

  /// Reads a table whose settings have one of several sets of columns; other columns are ignored.
  ///
  /// Fields may stand in double quotes; lines end in a line feed, with or without a carriage return; empty lines and a byte
  /// order mark are skipped.
  /// - Parameter settings: sets of columns, the preferred first; of each set those in `optional` may be absent.
  public init(parsing text: String, settings: [[String]], optional: Set<String> = []) throws(ScoreTableError) {
    // By scalars: a carriage return and a line feed are one character.
    var lines = Lines(rest: text.unicodeScalars[...])
    if lines.rest.first == "\u{FEFF}" { lines.rest.removeFirst() }
    guard let header = try lines.next() else { throw .empty }
    let names = header.fields
    for name in names where names.filter({ $0 == name }).count > 1 && !name.isEmpty {
      throw .repeatedColumn(name, line: header.number)
    }
    guard let scoreColumn = names.firstIndex(of: "score") else { throw .columns(found: names, wanted: settings) }
    let sets = settings.filter { set in set.allSatisfy { names.contains($0) || optional.contains($0) } }
    guard let set = sets.first else { throw .columns(found: names, wanted: settings) }
    columns = set.filter(names.contains)
    let places = columns.compactMap(names.firstIndex)
    rows = []
    var seen: [[Double]: Row] = [:]
    while let line = try lines.next() {
      guard line.fields.count == names.count else {
        throw .fields(found: line.fields.count, wanted: names.count, line: line.number)
      }
      var values: [Double] = []
      for place in places { values.append(try Self.number(line.fields[place], names[place], line.number)) }
      let row = Row(
        settings: values, score: try Self.number(line.fields[scoreColumn], "score", line.number), line: line.number)
      if let first = seen.updateValue(row, forKey: values) {
        throw .repeatedPoint(first: first.line, second: line.number)
      }
      rows.append(row)
    }
  }

  private static func number(_ text: String, _ column: String, _ line: Int) throws(ScoreTableError) -> Double {
    guard let number = Double(text), number.isFinite else { throw .number(text, column: column, line: line) }
    return number
  }

  /// Lines of fields.
  private struct Lines {
    var rest: Substring.UnicodeScalarView
    private var number = 0

    init(rest: Substring.UnicodeScalarView) { self.rest = rest }

    /// The next line that has something in it.
    mutating func next() throws(ScoreTableError) -> (fields: [String], number: Int)? {
      while !rest.isEmpty {
        number += 1
        let start = number
        let fields = try line()
        if fields != [""] { return (fields, start) }
      }
      return nil
    }

    private mutating func line() throws(ScoreTableError) -> [String] {
      var fields: [String] = []
      var field = String.UnicodeScalarView()
      let start = number
      var isQuoted = false
      while let scalar = rest.popFirst() {
        switch scalar {
        case "\"" where isQuoted && rest.first == "\"":
          field.append(scalar)
          rest.removeFirst()
        case "\"": isQuoted.toggle()
        case "\n" where !isQuoted:
          return fields + [Self.trimmed(field)]
        case "," where !isQuoted:
          fields.append(Self.trimmed(field))
          field = String.UnicodeScalarView()
        default:
          if scalar == "\n" { number += 1 }
          field.append(scalar)
        }
      }
      if isQuoted { throw .unclosedQuote(line: start) }
      return fields + [Self.trimmed(field)]
    }

    private static func trimmed(_ field: String.UnicodeScalarView) -> String {
      let isSpace: (Unicode.Scalar) -> Bool = { $0.properties.isWhitespace }
      guard let first = field.firstIndex(where: { !isSpace($0) }), let last = field.lastIndex(where: { !isSpace($0) })
      else { return "" }
      return String(field[first...last])
    }
  }
}

/// Why a table of scores cannot be used.
public enum ScoreTableError: Error, Hashable, Sendable, CustomStringConvertible {
  case empty
  case columns(found: [String], wanted: [[String]])
  case repeatedColumn(String, line: Int)
  case fields(found: Int, wanted: Int, line: Int)
  case number(String, column: String, line: Int)
  case unclosedQuote(line: Int)
  /// Two lines tell of one point.
  case repeatedPoint(first: Int, second: Int)

  public var description: String {
    switch self {
    case .empty: "it is empty: the first line names the columns"
    case .columns(let found, let wanted):
      "its columns are \(found.joined(separator: ",").prefix(200)); needed are 'score' and "
        + wanted.map { $0.joined(separator: ",") }.joined(separator: " or ")
    case .repeatedColumn(let name, let line): "line \(line): two columns are called '\(name)'"
    case .fields(let found, let wanted, let line): "line \(line): \(found) fields, the first line names \(wanted)"
    case .number(let text, let column, let line):
      "line \(line): '\(text.prefix(40))' in column '\(column)' is no finite number"
    case .unclosedQuote(let line): "line \(line): a quotation mark is not closed"
    case .repeatedPoint(let first, let second): "line \(second): the point of line \(first) again"
    }
  }
}
