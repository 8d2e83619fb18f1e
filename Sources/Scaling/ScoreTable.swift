/// Scores of points that were measured elsewhere.
///
/// Lines of comma-separated values behind a line of names: `score`, and what says which point it is of, `alpha`,
/// `beta`, `gamma` and, where there are several, `phi`, or `depth`, `width` and `resolution`. Other columns are left
/// alone.
public struct ScoreTable: Sendable {
  /// Why a text is no table of scores.
  public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    /// Counted from 1.
    public var line: Int
    public var reason: String

    public var description: String { "line \(line): \(reason)" }
  }

  /// The columns that name a point.
  public let names: [String]
  private var scores: [[Double]: Double] = [:]

  private static let keys = [
    ["alpha", "beta", "gamma", "phi"], ["alpha", "beta", "gamma"], ["depth", "width", "resolution"],
  ]

  /// - Throws: ``Failure``.
  public init(parsing text: String) throws(Failure) {
    var lines = CSVLines(text)
    func next() throws(Failure) -> (number: Int, fields: [String])? {
      do throws(CSVLines.UnclosedQuote) {
        return try lines.next()
      } catch {
        throw Failure(line: error.line, reason: "a quotation mark is not closed")
      }
    }
    guard let header = try next()?.fields else { throw Failure(line: 1, reason: "there is no line of names") }
    guard let score = header.firstIndex(of: "score") else {
      throw Failure(line: 1, reason: "no column is called score: there are \(header.joined(separator: ", "))")
    }
    guard let names = Self.keys.first(where: { Set($0).isSubset(of: header) }) else {
      throw Failure(line: 1, reason: "points need columns alpha, beta, gamma, or depth, width, resolution")
    }
    self.names = names
    let places = names.compactMap { header.firstIndex(of: $0) }
    while let (number, row) = try next() {
      guard row.count == header.count else {
        throw Failure(line: number, reason: "it has \(row.count) fields, but there are \(header.count) names")
      }
      func value(_ place: Int) throws(Failure) -> Double {
        guard let value = Double(row[place]), value.isFinite else {
          throw Failure(line: number, reason: "\(header[place]) is '\(row[place].prefix(40))', no finite number")
        }
        return value
      }
      var key: [Double] = []
      for place in places { key.append(try value(place)) }
      // A point that was not scored.
      if row[score].isEmpty { continue }
      guard scores.updateValue(try value(score), forKey: key) == nil else {
        throw Failure(line: number, reason: "a second score of the same point")
      }
    }
  }

  public var count: Int { scores.count }

  /// Puts the scores into the column `score` of rows.
  /// - Returns: how many rows have one.
  public func add(to rows: inout PointRows, columns: [PointColumn]) -> Int {
    let places = names.compactMap { name in columns.firstIndex { $0.name == name } }
    guard places.count == names.count, let column = columns.firstIndex(where: { $0.name == "score" }),
      case .reals(var values) = rows.values[column]
    else { return 0 }
    var found = 0
    for row in 0..<rows.count {
      guard let score = scores[places.map { rows.number(column: $0, row: row) }] else { continue }
      values[row] = score
      found += 1
    }
    rows.values[column] = .reals(values)
    return found
  }
}
