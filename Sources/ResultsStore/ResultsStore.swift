import GRDB
import Glibc

/// A SQLite file that holds runs and their points, finished once and for all as soon as they are recorded.
///
/// Several processes may work on one file. Each registers as a worker, claims points before it computes them and records
/// them when they are done; the claims of a worker that no longer runs are anyone's again. A process may end at any
/// moment: what was recorded stays, what was being recorded is gone as a whole.
public final class ResultsStore: Sendable {
  public let path: String
  let database: DatabaseQueue
  /// This process as a worker; nil in a store that is only read.
  let worker: Worker?

  /// This process on one store.
  struct Worker: Sendable {
    var id: Int64
    var process: ProcessIdentity
    /// When it began, in seconds since 1970.
    var began: Double
  }

  /// How long a process on another machine may give no sign of life before its claims are anyone's, in seconds.
  static let lease = 120.0
  /// How often a process that computes should call ``beat()``, in seconds.
  public static let beatInterval = 15.0

  /// Opens a store to work on, and makes it where there is none.
  public init(creating path: String, as process: ProcessIdentity = .current) throws(StoreError) {
    self.path = path
    database = try Self.connect(path, durably: true)
    worker = try Self.translating(path) { [database] in
      try database.inImmediateTransaction { database in
        try Schema.prepare(database, path)
        let began = Self.now
        try database.execute(
          sql: "INSERT INTO workers(host, process, start, beat) VALUES (?, ?, ?, ?)",
          arguments: [process.host, process.number, process.start, began])
        return Worker(id: database.lastInsertedRowID, process: process, began: began)
      }
    }
  }

  /// Opens a store to look at.
  public init(reading path: String) throws(StoreError) {
    guard access(path, F_OK) == 0 else { throw .absent(path: path) }
    self.path = path
    worker = nil
    // Not read-only: what a process left behind when it was killed is rolled back by whoever opens the file next.
    database = try Self.connect(path, durably: true)
    try Self.translating(path) { [database] in
      try database.read { try Schema.check($0, path) }
    }
  }

  /// Makes a store from others, which is worth nothing before it is finished.
  init(assembling path: String) throws(StoreError) {
    self.path = path
    worker = nil
    database = try Self.connect(path, durably: false)
    try Self.translating(path) { [database] in
      try database.inImmediateTransaction { try Schema.prepare($0, path) }
    }
  }

  /// Gives up all claims and closes the file. Afterwards nothing can be done with the store.
  public func close() throws(StoreError) {
    if let worker {
      try write { database in
        try database.execute(sql: "DELETE FROM claims WHERE worker = ?", arguments: [worker.id])
        try database.execute(sql: "DELETE FROM workers WHERE id = ?", arguments: [worker.id])
      }
    }
    try Self.translating(path) { [database] in try database.close() }
  }

  /// Tells processes on other machines that this one still runs.
  public func beat() throws(StoreError) {
    guard let worker else { return }
    try write { database in
      try database.execute(sql: "UPDATE workers SET beat = ? WHERE id = ?", arguments: [Self.now, worker.id])
    }
  }

  /// Opens the connection. The journal is a file that is cut off at each commit: other than write-ahead logging it needs no memory
  /// shared between processes, which network file systems do not have, and other than a journal that is deleted it leaves
  /// nothing to be made durable in the folder.
  private static func connect(_ path: String, durably: Bool) throws(StoreError) -> DatabaseQueue {
    var configuration = Configuration()
    configuration.busyMode = .timeout(60)
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA journal_mode = \(durably ? "TRUNCATE" : "OFF")")
      try database.execute(sql: "PRAGMA synchronous = \(durably ? "FULL" : "OFF")")
      try database.execute(sql: "PRAGMA cache_size = -16384")
    }
    let settings = configuration
    return try translating(path) { try DatabaseQueue(path: path, configuration: settings) }
  }

  static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

extension ResultsStore {
  /// Runs a transaction that no other process interleaves with.
  func write<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    try Self.translating(path) { [database] in try database.inImmediateTransaction(body) }
  }

  func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    try Self.translating(path) { [database] in try database.read(body) }
  }

  /// Runs `body` and tells its errors as a store's.
  static func translating<Value>(_ path: String, _ body: () throws -> Value) throws(StoreError) -> Value {
    do {
      return try body()
    } catch let error as StoreError {
      throw error
    } catch let error as DatabaseError {
      throw StoreError(error, path)
    } catch let error as RowDecodingError {
      throw .damaged(path: path, reason: "\(error)")
    } catch {
      throw .inaccessible(path: path, reason: "\(error)")
    }
  }
}

extension DatabaseQueue {
  fileprivate func inImmediateTransaction<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try writeWithoutTransaction { database in
      var value: Value?
      try database.inTransaction(.immediate) {
        value = try body(database)
        return .commit
      }
      guard let value else { throw DatabaseError(resultCode: .SQLITE_INTERNAL) }
      return value
    }
  }
}

extension StoreError {
  fileprivate init(_ error: DatabaseError, _ path: String) {
    let reason = error.message ?? "\(error.resultCode)"
    switch error.resultCode {
    case .SQLITE_NOTADB: self = .foreign(path: path, reason: reason)
    case .SQLITE_CORRUPT: self = .damaged(path: path, reason: reason)
    case .SQLITE_BUSY: self = .busy(path: path)
    default: self = .inaccessible(path: path, reason: reason)
    }
  }
}
