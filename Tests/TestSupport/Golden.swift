import Foundation

/// Reference values under Tests/Golden, which `extract.py` there writes.
public enum Golden {
  /// One line of a table, by column name.
  public struct Row: Sendable {
    let columns: [String: Int]
    let fields: [Substring]

    /// The text of a column; empty where the table has no such column.
    public subscript(column: String) -> String { columns[column].map { String(fields[$0]) } ?? "" }

    /// The number in a column; nil for text and for an empty field.
    public func number(_ column: String) -> Int? { Int(self[column]) }
  }

  /// The lines of a CSV file under Tests/Golden.
  public static func rows(_ path: String) throws -> [Row] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(contentsOf: folder.appending(path: "Golden/\(path)"), encoding: .utf8)
    var lines = text.split(separator: "\n").map(fields(of:)).makeIterator()
    let header = lines.next() ?? []
    let columns = Dictionary(uniqueKeysWithValues: header.enumerated().map { (String($1), $0) })
    return IteratorSequence(lines).map { Row(columns: columns, fields: $0) }
  }

  /// The fields of one line; a comma between quotation marks does not separate.
  private static func fields(of line: Substring) -> [Substring] {
    guard line.contains("\"") else { return line.split(separator: ",", omittingEmptySubsequences: false) }
    var fields: [Substring] = []
    var start = line.startIndex
    var isQuoted = false
    for index in line.indices {
      if line[index] == "\"" { isQuoted.toggle() }
      guard line[index] == ",", !isQuoted else { continue }
      fields.append(line[start..<index])
      start = line.index(after: index)
    }
    fields.append(line[start...])
    return fields.map { $0.hasPrefix("\"") ? $0.dropFirst().dropLast() : $0 }
  }
}
