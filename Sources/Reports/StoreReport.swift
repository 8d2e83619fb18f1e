import Scaling
import SymbolicIntegers

/// One run of a store, for people.
public struct StoredRunLine: Hashable, Sendable {
  public var identity: String
  /// The identity for people.
  public var title: String
  /// Points with values, trials that ended.
  public var points: Int
  /// Points that nobody has computed yet.
  public var missing: Int
  /// Points without values, trials without a score.
  public var failures: Int

  public init(identity: String, title: String, points: Int, missing: Int, failures: Int) {
    self.identity = identity
    self.title = title
    self.points = points
    self.missing = missing
    self.failures = failures
  }
}

/// Some points of a run with all their values.
public struct StoredPointTable: Sendable {
  public var columns: [PointColumn]
  public var rows: PointRows
  public var textColumns: [String]
  /// For each text column one value per row.
  public var texts: [[String]]

  public init(columns: [PointColumn], rows: PointRows, textColumns: [String], texts: [[String]]) {
    self.columns = columns
    self.rows = rows
    self.textColumns = textColumns
    self.texts = texts
  }
}

extension Report {
  /// The runs of a store.
  public static func runs(_ runs: [StoredRunLine], title: String, notes: [String] = []) -> Report {
    let table = Table(
      columns: [
        .init("run", "run", isNumeric: true), .init("points", "points", isNumeric: true),
        .init("missing", "missing", isNumeric: true), .init("failures", "failures", isNumeric: true),
        .init("identity", "what"),
      ],
      rows: runs.enumerated().map { index, run in
        [
          .text("\(index + 1)"), .text(PointSummary.grouped(run.points)), .text(PointSummary.grouped(run.missing)),
          .text(PointSummary.grouped(run.failures)), .text(run.title),
        ]
      })
    var data = table
    for (row, run) in runs.enumerated() { data.rows[row][4] = .text(run.identity) }
    return Report(title: title, tables: [table], data: data, notes: notes, document: RunsDocument(runs: runs))
  }

  /// Points of a store.
  public static func stored(_ points: StoredPointTable, title: String, notes: [String]) -> Report {
    var table = Table(points.rows, points.columns)
    table.columns += points.textColumns.map { .init($0, $0) }
    for row in table.rows.indices { table.rows[row] += points.texts.map { .text($0[row]) } }
    return Report(title: title, tables: [table], data: table, notes: notes, document: ["schema": "convscope.query/1"])
  }
}

private struct RunsDocument: Encodable {
  var schema = "convscope.runs/1"
  var runs: [Line]

  struct Line: Encodable {
    var identity: String
    var points: Int
    var missing: Int
    var failures: Int
  }

  init(runs: [StoredRunLine]) {
    self.runs = runs.map {
      Line(identity: $0.identity, points: $0.points, missing: $0.missing, failures: $0.failures)
    }
  }
}
