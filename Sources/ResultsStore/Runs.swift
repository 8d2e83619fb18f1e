import GRDB
import Scaling

extension ResultsStore {
  /// The runs in the store, in the order they were begun.
  public func runs() throws(StoreError) -> [StoredRun] {
    try read { try Self.runs(in: $0) }
  }

  /// The run of that identity, which is made where the store has none.
  ///
  /// Runs of one identity agree in the points that they share: a grid that is asked for with more points than before
  /// goes on behind those it had.
  /// - Throws: ``StoreError/differentPoints(run:stored:wanted:)`` where it has one with other columns.
  public func run(_ identity: String, _ kind: StoredRun.Kind, columns: [PointColumn]) throws(StoreError) -> StoredRun {
    try write { try Self.run(identity, kind, columns: columns, in: $0) }
  }

  static func run(_ identity: String, _ kind: StoredRun.Kind, columns: [PointColumn], in database: Database) throws
    -> StoredRun
  {
    if let stored = try runs(in: database).first(where: { $0.identity == identity }) {
      guard (stored.kind == .trials) == (kind == .trials), stored.columns == columns else {
        let wanted = StoredRun(identity: identity, kind: kind, columns: columns, id: 0)
        throw StoreError.differentPoints(run: stored.title, stored: stored.points, wanted: wanted.points)
      }
      guard case .grid(let had) = stored.kind, case .grid(let count) = kind, count > had else { return stored }
      try database.execute(sql: "UPDATE runs SET count = ? WHERE id = ?", arguments: [count, stored.id])
      return StoredRun(identity: identity, kind: kind, columns: columns, id: stored.id)
    }
    let count: Int? = if case .grid(let count) = kind { count } else { nil }
    try database.execute(
      sql: "INSERT INTO runs(identity, kind, count, columns, began) VALUES (?, ?, ?, ?, ?)",
      arguments: [
        identity, kind == .trials ? "trials" : "grid", count,
        columns.map { "\($0.isInteger ? "integer" : "real") \($0.name)" }.joined(separator: "\n"), now,
      ])
    let run = StoredRun(identity: identity, kind: kind, columns: columns, id: database.lastInsertedRowID)
    let key = kind == .trials ? ", key TEXT NOT NULL UNIQUE" : ""
    let values =
      run.allColumns.map { ", \($0.name.quotedForSQL) \($0.isInteger ? "INTEGER" : "REAL")" }
      + run.textColumns.map { ", \($0.quotedForSQL) TEXT" }
    try database.execute(sql: "CREATE TABLE \(run.table)(point INTEGER PRIMARY KEY\(key)\(values.joined()))")
    return run
  }

  static func runs(in database: Database) throws -> [StoredRun] {
    try Row.fetchAll(database, sql: "SELECT id, identity, kind, count, columns FROM runs ORDER BY id").map { row in
      let columns: String = try row.decode(forColumn: "columns")
      let kind: String = try row.decode(forColumn: "kind")
      let count = try row.decode(Int?.self, forColumn: "count") ?? 0
      return StoredRun(
        identity: try row.decode(forColumn: "identity"), kind: kind == "trials" ? .trials : .grid(count: max(count, 0)),
        columns: columns.split(separator: "\n").map { line in
          let parts = line.split(separator: " ", maxSplits: 1)
          return PointColumn(String(parts.last ?? ""), isInteger: parts.first == "integer")
        }, id: try row.decode(forColumn: "id"))
    }
  }

  /// Takes claims on a run from workers that no longer run.
  static func dropClaimsOfTheDead(on run: StoredRun, for worker: Worker, in database: Database) throws {
    let holders = try Row.fetchAll(
      database,
      sql: """
        SELECT DISTINCT claims.worker AS id, host, process, start, beat
        FROM claims LEFT JOIN workers ON workers.id = claims.worker WHERE run = ? AND claims.worker <> ?
        """, arguments: [run.id, worker.id])
    for holder in holders {
      // A claim of a worker that has left is nobody's.
      if let host = try holder.decode(String?.self, forColumn: "host") {
        let process = ProcessIdentity(
          host: host, number: try holder.decode(forColumn: "process"), start: try holder.decode(forColumn: "start"))
        let beat: Double = try holder.decode(forColumn: "beat")
        if process.isRunning(seenFrom: worker.process) ?? (now - beat < lease) { continue }
      }
      let id: Int64 = try holder.decode(forColumn: "id")
      try database.execute(sql: "DELETE FROM claims WHERE worker = ?", arguments: [id])
      try database.execute(sql: "DELETE FROM workers WHERE id = ?", arguments: [id])
    }
  }
}

extension StoredRun {
  /// For people: how many points with which values.
  fileprivate var points: String {
    let names = columns.map { $0.name + ($0.isInteger ? " (whole)" : "") }.joined(separator: ", ")
    return switch kind {
    case .grid(let count): "\(count) points with \(names)"
    case .trials: "trials with \(names)"
    }
  }
}
