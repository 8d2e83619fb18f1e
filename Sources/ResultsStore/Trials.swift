import GRDB
import Scaling

/// How the trial of a point ended.
public struct Trial: Hashable, Sendable {
  public enum Result: Hashable, Sendable {
    case score(Double)
    /// Why there is none.
    case failure(String)
  }

  public var result: Result
  /// How often it was tried in all.
  public var attempts: Int
  /// How long the last run of it took.
  public var seconds: Double

  public init(_ result: Result, attempts: Int, seconds: Double) {
    self.result = result
    self.attempts = attempts
    self.seconds = seconds
  }
}

/// What a worker gets that asks to try a point.
public enum TrialClaim: Hashable, Sendable {
  /// It is to try it, and nobody else will; `attempts` were made before and failed.
  case granted(attempts: Int)
  /// It was tried: it has a score, or it has failed since this worker began.
  case finished(Trial)
  /// Another worker is trying it.
  case othersAreBusy
}

extension ResultsStore {
  /// Claims the trial of a point.
  public func claim(_ key: String, of run: StoredRun) throws(StoreError) -> TrialClaim {
    guard let worker else { return .othersAreBusy }
    return try write { database in
      var attempts = 0
      if let row = try Row.fetchOne(
        database, sql: "SELECT score, reason, attempts, seconds, finished FROM \(run.table) WHERE key = ?",
        arguments: [key])
      {
        let trial = try Self.trial(row)
        let finished: Double = try row.decode(forColumn: "finished")
        // What failed in an earlier run is tried again in this one: the command may have been mended.
        if case .score = trial.result { return .finished(trial) }
        if finished >= worker.began { return .finished(trial) }
        attempts = trial.attempts
      }
      try Self.dropClaimsOfTheDead(on: run, for: worker, in: database)
      try database.execute(
        sql: "INSERT OR IGNORE INTO claims(run, key, worker, since) VALUES (?, ?, ?, ?)",
        arguments: [run.id, key, worker.id, Self.now])
      return database.changesCount == 1 ? .granted(attempts: attempts) : .othersAreBusy
    }
  }

  /// Records how a trial ended, for good. The first score of a point stays.
  /// - Parameter values: those of the run's columns.
  public func record(_ trial: Trial, of key: String, values: [Double], in run: StoredRun) throws(StoreError) {
    precondition(values.count == run.columns.count, "a trial has one value of each column")
    guard let worker else { return }
    try write { database in
      try database.execute(
        sql: "DELETE FROM claims WHERE run = ? AND key = ? AND worker = ?", arguments: [run.id, key, worker.id])
      let score: Double? = if case .score(let score) = trial.result { score } else { nil }
      let reason: String? = if case .failure(let reason) = trial.result { reason } else { nil }
      let state = score == nil ? "failed" : "done"
      let names = ["key"] + (run.columns + StoredRun.trialColumns).map(\.name)
      let updates = StoredRun.trialColumns.map { "\($0.name) = excluded.\($0.name)" }.joined(separator: ", ")
      let arguments: [(any DatabaseValueConvertible)?] =
        [key] + values.map(\.databaseValue)
        + [score, trial.attempts, trial.seconds, Self.now, state, reason, worker.process.label]
      try database.execute(
        sql: """
          INSERT INTO \(run.table)(\(names.map(\.quotedForSQL).joined(separator: ", ")))
          VALUES (\(names.map { _ in "?" }.joined(separator: ", ")))
          ON CONFLICT(key) DO UPDATE SET \(updates) WHERE state = 'failed'
          """, arguments: StatementArguments(arguments))
    }
  }

  /// Gives a claim back untried.
  public func release(_ key: String, of run: StoredRun) throws(StoreError) {
    guard let worker else { return }
    try write { database in
      try database.execute(
        sql: "DELETE FROM claims WHERE run = ? AND key = ? AND worker = ?", arguments: [run.id, key, worker.id])
    }
  }

  /// Every trial of a run that has ended, by key.
  public func trials(of run: StoredRun) throws(StoreError) -> [String: Trial] {
    try read { database in
      var trials: [String: Trial] = [:]
      let rows = try Row.fetchCursor(
        database, sql: "SELECT key, score, reason, attempts, seconds FROM \(run.table)")
      while let row = try rows.next() { trials[try row.decode(forColumn: "key")] = try Self.trial(row) }
      return trials
    }
  }

  private static func trial(_ row: Row) throws -> Trial {
    let score = try row.decode(Double?.self, forColumn: "score")
    let reason = try row.decode(String?.self, forColumn: "reason")
    return Trial(
      score.map(Trial.Result.score) ?? .failure(reason ?? ""), attempts: try row.decode(forColumn: "attempts"),
      seconds: try row.decode(forColumn: "seconds"))
  }
}
