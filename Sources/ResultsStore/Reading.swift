import GRDB
import GRDBSQLite
import Scaling

/// Some points of a run as they are stored.
public struct StoredRows: Sendable {
  /// Positions of the points: of a grid their index, of trials the order they ended in.
  public var rows: PointRows
  /// For each of the run's text columns one value per point; empty where there is none.
  public var texts: [[String]]
}

extension ResultsStore {
  /// What points are sorted by.
  public struct Order: Hashable, Sendable {
    public var column: String
    public var isDescending: Bool

    public init(_ column: String, isDescending: Bool = false) {
      self.column = column
      self.isDescending = isDescending
    }
  }

  /// The first points of a run in a range of positions, up to `limit`, with all their values.
  ///
  /// One page of a long read: between two other processes may write, however slowly rows are consumed.
  public func rows(of run: StoredRun, in range: Range<Int>, limit: Int = .max) throws(StoreError) -> StoredRows {
    try read { database in
      var rows = StoredRows(run)
      let sql = "SELECT \(run.readColumns) FROM \(run.table) WHERE point >= ? AND point < ? ORDER BY point LIMIT ?"
      let statement = try database.cachedStatement(sql: sql)
      try rows.append(statement, [range.lowerBound, range.upperBound, limit])
      return rows
    }
  }

  /// The points at some positions, in that order.
  public func rows(of run: StoredRun, at positions: [Int]) throws(StoreError) -> StoredRows {
    try read { database in
      var rows = StoredRows(run)
      let statement = try database.cachedStatement(sql: "SELECT \(run.readColumns) FROM \(run.table) WHERE point = ?")
      for position in positions { try rows.append(statement, [position]) }
      return rows
    }
  }

  /// The positions of all points, sorted by the values of columns, those of equal points by position.
  public func positions(of run: StoredRun, by order: [Order]) throws(StoreError) -> [Int] {
    let keys = order.map { "\($0.column.quotedForSQL) \($0.isDescending ? "DESC" : "ASC")" } + ["point"]
    return try read { database in
      try Int.fetchAll(database, sql: "SELECT point FROM \(run.table) ORDER BY \(keys.joined(separator: ", "))")
    }
  }

  /// The points of a grid that have no values, in a range of indices.
  public func failures(of run: StoredRun, in range: Range<Int>) throws(StoreError) -> [PointFailure] {
    try read { database in
      try Row.fetchAll(
        database, sql: "SELECT point, reason FROM failures WHERE run = ? AND point >= ? AND point < ? ORDER BY point",
        arguments: [run.id, range.lowerBound, range.upperBound]
      ).map { PointFailure(index: try $0.decode(atIndex: 0), reason: try $0.decode(atIndex: 1)) }
    }
  }
}

extension StoredRun {
  fileprivate var readColumns: String {
    (["point"] + allColumns.map(\.name) + textColumns).map(\.quotedForSQL).joined(separator: ", ")
  }
}

extension StoredRows {
  fileprivate init(_ run: StoredRun) {
    rows = PointRows(indices: [], values: run.allColumns.map { $0.isInteger ? .integers([]) : .reals([]) })
    texts = run.textColumns.map { _ in [] }
  }

  /// Appends what a statement selects: the position, numbers, texts.
  fileprivate mutating func append(_ statement: Statement, _ arguments: StatementArguments) throws {
    let handle = statement.sqliteStatement
    let cursor = try Row.fetchCursor(statement, arguments: arguments)
    while try cursor.next() != nil {
      rows.indices.append(Int(sqlite3_column_int64(handle, 0)))
      for column in rows.values.indices { rows.values[column].append(handle, Int32(column + 1)) }
      for column in texts.indices {
        let text = sqlite3_column_text(handle, Int32(column + rows.values.count + 1))
        texts[column].append(text.map { String(cString: $0) } ?? "")
      }
    }
  }
}

extension PointValues {
  fileprivate mutating func append(_ statement: OpaquePointer, _ column: Int32) {
    switch self {
    case .integers(var values):
      // Taken out so that it is not copied.
      self = .integers([])
      values.append(Int(sqlite3_column_int64(statement, column)))
      self = .integers(values)
    case .reals(var values):
      self = .reals([])
      let isMissing = sqlite3_column_type(statement, column) == SQLITE_NULL
      values.append(isMissing ? .nan : sqlite3_column_double(statement, column))
      self = .reals(values)
    }
  }
}
