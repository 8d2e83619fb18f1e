import GRDB

/// The tables of a store.
///
///     workers   processes at work, with a sign of life
///     runs      what is computed; the points of run N are rows of points_N
///     spans     which points of a grid are finished: ranges of indices
///     failures  points of a grid that have no values, and why
///     claims    which points a worker is computing: a range of indices, or a key
///     points_N  of a grid: point (the index) and the columns; of trials: point, key, the columns, and how it ended
enum Schema {
  static let version = 1
  /// `CvSc`, which tells the file from other programs' databases.
  static let applicationID = 0x4376_5363

  /// Makes the tables in a new file and checks the others.
  /// - Throws: ``StoreError`` or an error of SQLite.
  static func prepare(_ database: Database, _ path: String) throws {
    let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
    guard tables == 0, try pragma("application_id", database) == 0 else { return try check(database, path) }
    try database.execute(
      sql: """
        CREATE TABLE workers(
          id INTEGER PRIMARY KEY AUTOINCREMENT, host TEXT NOT NULL, process INTEGER NOT NULL, start INTEGER NOT NULL,
          beat REAL NOT NULL);
        CREATE TABLE runs(
          id INTEGER PRIMARY KEY, identity TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, count INTEGER, columns TEXT NOT NULL,
          began REAL NOT NULL);
        CREATE TABLE spans(
          run INTEGER NOT NULL REFERENCES runs(id), first INTEGER NOT NULL, end INTEGER NOT NULL,
          PRIMARY KEY (run, first)) WITHOUT ROWID;
        CREATE TABLE failures(
          run INTEGER NOT NULL REFERENCES runs(id), point INTEGER NOT NULL, reason TEXT NOT NULL,
          PRIMARY KEY (run, point)) WITHOUT ROWID;
        CREATE TABLE claims(
          run INTEGER NOT NULL REFERENCES runs(id), first INTEGER, end INTEGER, key TEXT, worker INTEGER NOT NULL,
          since REAL NOT NULL);
        CREATE UNIQUE INDEX claims_by_key ON claims(run, key);
        PRAGMA application_id = \(applicationID);
        PRAGMA user_version = \(version);
        """)
  }

  /// Refuses other programs' files and later versions.
  static func check(_ database: Database, _ path: String) throws {
    guard try pragma("application_id", database) == applicationID else {
      throw StoreError.foreign(path: path, reason: "it is a database of another program")
    }
    let found = try pragma("user_version", database)
    guard found <= version else { throw StoreError.newer(path: path, version: found, known: version) }
  }

  private static func pragma(_ name: String, _ database: Database) throws -> Int {
    try Int.fetchOne(database, sql: "PRAGMA \(name)") ?? 0
  }
}

extension String {
  /// A name as SQL writes it.
  var quotedForSQL: String { "\"\(replacing("\"", with: "\"\""))\"" }
}
