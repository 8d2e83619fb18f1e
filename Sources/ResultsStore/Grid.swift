import GRDB
import GRDBSQLite
import Scaling

/// What a worker gets that asks for points of a grid.
public enum GridClaim: Hashable, Sendable {
  /// It is to compute these, and nobody else will.
  case granted(Range<Int>)
  /// Others are computing all that is missing.
  case othersAreBusy
  /// Nothing is missing.
  case complete
}

extension ResultsStore {
  /// Claims the first missing points of a grid, up to `count` neighbours, within `range`.
  public func claim(_ count: Int, of run: StoredRun, in range: Range<Int>) throws(StoreError) -> GridClaim {
    guard let worker else { return .othersAreBusy }
    return try write { database in
      var missing = RangeSet(range)
      missing.subtract(try Self.ranges("spans", of: run, in: database))
      guard !missing.isEmpty else { return .complete }
      try Self.dropClaimsOfTheDead(on: run, for: worker, in: database)
      missing.subtract(try Self.ranges("claims", of: run, in: database))
      guard let first = missing.ranges.first else { return .othersAreBusy }
      let granted = first.prefix(max(count, 1))
      let now = Self.now
      try database.execute(
        sql: "INSERT INTO claims(run, first, end, worker, since) VALUES (?, ?, ?, ?, ?)",
        arguments: [run.id, granted.lowerBound, granted.upperBound, worker.id, now])
      try database.execute(sql: "UPDATE workers SET beat = ? WHERE id = ?", arguments: [now, worker.id])
      return .granted(granted)
    }
  }

  /// Records the finished points of a range, for good, as a whole. They are the beginning of a range that this worker
  /// has claimed.
  /// - Parameter rows: the points of the range but those without values, which are among its failures.
  /// - Returns: false where the claim has passed to another worker, who will record them.
  @discardableResult
  public func record(_ rows: PointRows, of range: Range<Int>, in run: StoredRun) throws(StoreError) -> Bool {
    precondition(rows.values.count == run.columns.count, "a row has one value for each column")
    guard let worker, !range.isEmpty else { return false }
    return try write { database in
      try database.execute(
        sql: "UPDATE claims SET first = ? WHERE run = ? AND worker = ? AND first = ? AND end >= ?",
        arguments: [range.upperBound, run.id, worker.id, range.lowerBound, range.upperBound])
      guard database.changesCount == 1 else { return false }
      try database.execute(sql: "DELETE FROM claims WHERE run = ? AND first = end", arguments: [run.id])
      try Self.insert(rows, into: run, in: database)
      for failure in rows.failures {
        try database.execute(
          sql: "INSERT INTO failures(run, point, reason) VALUES (?, ?, ?)",
          arguments: [run.id, failure.index, failure.reason])
      }
      try Self.addSpan(range, of: run, in: database)
      try database.execute(sql: "UPDATE workers SET beat = ? WHERE id = ?", arguments: [Self.now, worker.id])
      return true
    }
  }

  /// The indices whose points are finished.
  public func finished(of run: StoredRun) throws(StoreError) -> RangeSet<Int> {
    try read { try Self.ranges("spans", of: run, in: $0) }
  }

  static func ranges(_ table: String, of run: StoredRun, in database: Database) throws -> RangeSet<Int> {
    var ranges = RangeSet<Int>()
    let rows = try Row.fetchCursor(
      database, sql: "SELECT first, end FROM \(table) WHERE run = ? ORDER BY first", arguments: [run.id])
    while let row = try rows.next() {
      let first = try max(row.decode(Int.self, atIndex: 0), 0)
      let end = try row.decode(Int.self, atIndex: 1)
      if first < end { ranges.insert(contentsOf: first..<end) }
    }
    return ranges
  }

  /// Adds a range to the finished ones and joins it with its neighbours.
  private static func addSpan(_ range: Range<Int>, of run: StoredRun, in database: Database) throws {
    let before = try Int.fetchOne(
      database, sql: "SELECT first FROM spans WHERE run = ? AND end = ?", arguments: [run.id, range.lowerBound])
    let after = try Int.fetchOne(
      database, sql: "SELECT end FROM spans WHERE run = ? AND first = ?", arguments: [run.id, range.upperBound])
    if after != nil {
      try database.execute(
        sql: "DELETE FROM spans WHERE run = ? AND first = ?", arguments: [run.id, range.upperBound])
    }
    try database.execute(
      sql: "INSERT OR REPLACE INTO spans(run, first, end) VALUES (?, ?, ?)",
      arguments: [run.id, before ?? range.lowerBound, after ?? range.upperBound])
  }

  private static func insert(_ rows: PointRows, into run: StoredRun, in database: Database) throws {
    let places = Array(repeating: "?", count: run.columns.count + 1).joined(separator: ",")
    let statement = try database.cachedStatement(sql: "INSERT INTO \(run.table) VALUES (\(places))").sqliteStatement
    defer { sqlite3_reset(statement) }
    for row in rows.indices.indices {
      sqlite3_bind_int64(statement, 1, Int64(rows.indices[row]))
      for column in rows.values.indices {
        switch rows.values[column] {
        case .integers(let values): sqlite3_bind_int64(statement, Int32(column + 2), Int64(values[row]))
        // SQLite takes what is not a number as a missing value.
        case .reals(let values): sqlite3_bind_double(statement, Int32(column + 2), values[row])
        }
      }
      let code = sqlite3_step(statement)
      guard code == SQLITE_DONE else {
        throw DatabaseError(resultCode: ResultCode(rawValue: code), message: database.lastErrorMessage)
      }
      sqlite3_reset(statement)
    }
  }
}
