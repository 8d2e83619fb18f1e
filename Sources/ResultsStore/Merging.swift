import GRDB
import Glibc
import Scaling

extension ResultsStore {
  /// How much of a run a store holds.
  public struct RunSummary: Hashable, Sendable {
    public var run: StoredRun
    /// Points with a row.
    public var points: Int
    /// Indices of a grid that no store has finished.
    public var missing: Int
    /// Points without values, trials without a score.
    public var failures: Int
  }

  /// Joins stores of the same runs into one, which takes the place of `output` when it is whole.
  ///
  /// A point that several stores hold is kept once; a score wins over a failure.
  /// - Throws: ``StoreError/differentRuns(first:firstRun:second:secondRun:)`` where identities differ, and
  ///   ``StoreError/conflict(run:point:first:firstValue:second:secondValue:)`` where values of one point do.
  public static func merge(_ inputs: [String], into output: String) throws(StoreError) -> [RunSummary] {
    let temporary = "\(output).\(getpid()).part"
    unlink(temporary)
    do throws(StoreError) {
      let merged = try assemble(inputs, at: temporary)
      try replace(output, with: temporary)
      return merged
    } catch {
      unlink(temporary)
      guard case .inaccessible(temporary, let reason) = error else { throw error }
      throw .inaccessible(path: output, reason: "cannot be written: \(reason)")
    }
  }

  private static func assemble(_ inputs: [String], at temporary: String) throws(StoreError) -> [RunSummary] {
    let target = try ResultsStore(assembling: temporary)
    for input in inputs {
      let source = try ResultsStore(reading: input)
      let runs = try source.runs()
      try source.close()
      if input != inputs.first {
        try requireSame(try target.runs(), inputs[0], runs, input)
      }
      try target.attach(input) { database throws in
        for run in runs {
          let joined = try Self.run(run.identity, run.kind, columns: run.columns, in: database)
          try Joining(source: run, target: joined, first: inputs[0], second: input, database: database).join()
        }
      }
    }
    let merged = try target.summary()
    try target.close()
    return merged
  }

  /// Runs `body` in one transaction with the store at `path` attached as `source`.
  private func attach(_ path: String, _ body: (Database) throws -> Void) throws(StoreError) {
    try Self.translating(path) { [database] in
      try database.writeWithoutTransaction { database in
        try database.execute(sql: "ATTACH ? AS source", arguments: [path])
        // A temporary file that fails is thrown away as a whole.
        try database.inTransaction(.immediate) {
          try body(database)
          return .commit
        }
        try database.execute(sql: "DETACH source")
      }
    }
  }

  private static func requireSame(
    _ first: [StoredRun], _ firstPath: String, _ second: [StoredRun], _ secondPath: String
  )
    throws(StoreError)
  {
    let mine = first.first { run in !second.contains { $0.identity == run.identity } }
    let theirs = second.first { run in !first.contains { $0.identity == run.identity } }
    guard mine != nil || theirs != nil else { return }
    let (left, right) = StoredRun.difference(mine?.identity ?? "", theirs?.identity ?? "")
    throw .differentRuns(
      first: firstPath, firstRun: mine == nil ? "no such run" : left, second: secondPath,
      secondRun: theirs == nil ? "no such run" : right)
  }

  /// How much the store holds of each run.
  public func summary() throws(StoreError) -> [RunSummary] {
    try read { database in
      try Self.runs(in: database).map { run in
        let points = try Int.fetchOne(database, sql: "SELECT count(*) FROM \(run.table)") ?? 0
        switch run.kind {
        case .grid(let count):
          let done = try Self.ranges("spans", of: run, in: database).ranges.reduce(0) { $0 + $1.count }
          let failures =
            try Int.fetchOne(database, sql: "SELECT count(*) FROM failures WHERE run = ?", arguments: [run.id]) ?? 0
          return RunSummary(run: run, points: points, missing: max(count - done, 0), failures: failures)
        case .trials:
          let failures =
            try Int.fetchOne(database, sql: "SELECT count(*) FROM \(run.table) WHERE state = 'failed'") ?? 0
          return RunSummary(run: run, points: points, missing: 0, failures: failures)
        }
      }
    }
  }

  /// Makes the file durable, then its name.
  private static func replace(_ output: String, with temporary: String) throws(StoreError) {
    let folder = output.contains("/") ? String(output[...(output.lastIndex(of: "/") ?? output.startIndex)]) : "."
    guard synchronize(temporary), rename(temporary, output) == 0, synchronize(folder) else {
      throw .inaccessible(path: temporary, reason: String(cString: strerror(errno)))
    }
  }

  private static func synchronize(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { Glibc.close(descriptor) }
    return fsync(descriptor) == 0
  }
}

/// One run of an attached store on its way into the same run of another.
private struct Joining {
  var source: StoredRun
  var target: StoredRun
  var first: String
  var second: String
  var database: Database

  func join() throws {
    switch target.kind {
    case .grid: try joinGrid()
    case .trials: try joinTrials()
    }
  }

  private func joinGrid() throws {
    let names = source.columns.map(\.name)
    try refuseConflict(
      names, "theirs.point = ours.point AND (\(names.map { different($0) }.joined(separator: " OR ")))")
    let finishedHere = try ResultsStore.ranges("main.spans", of: target, in: database)
    let finishedThere = try ResultsStore.ranges("source.spans", of: source, in: database)
    for range in finishedHere.intersection(finishedThere).ranges {
      try refuseFilteredOnce(range, "source", source, absentFrom: "main", target, first: second, second: first)
      try refuseFilteredOnce(range, "main", target, absentFrom: "source", source, first: first, second: second)
    }
    try database.execute(
      sql: "INSERT OR IGNORE INTO main.\(target.table) SELECT * FROM source.\(source.table) ORDER BY point")
    try database.execute(
      sql: "INSERT OR IGNORE INTO main.failures SELECT ?, point, reason FROM source.failures WHERE run = ?",
      arguments: [target.id, source.id])
    try database.execute(sql: "DELETE FROM main.spans WHERE run = ?", arguments: [target.id])
    for range in finishedHere.union(finishedThere).ranges {
      try database.execute(
        sql: "INSERT INTO main.spans(run, first, end) VALUES (?, ?, ?)",
        arguments: [target.id, range.lowerBound, range.upperBound])
    }
  }

  private func joinTrials() throws {
    let names = source.columns.map(\.name)
    let differences =
      names.map { different($0) } + ["(\(different("score")) AND theirs.state = 'done' AND ours.state = 'done')"]
    try refuseConflict(
      names + ["score"],
      "theirs.key = ours.key AND (\(differences.joined(separator: " OR ")))")
    let columns = (["key"] + (source.columns + StoredRun.trialColumns).map(\.name)).map(\.quotedForSQL)
    let updates = StoredRun.trialColumns.map { "\($0.name) = excluded.\($0.name)" }.joined(separator: ", ")
    // "WHERE 1" tells the parser that ON belongs to the insertion.
    try database.execute(
      sql: """
        INSERT INTO main.\(target.table)(\(columns.joined(separator: ", ")))
        SELECT \(columns.joined(separator: ", ")) FROM source.\(source.table) WHERE 1 ORDER BY point
        ON CONFLICT(key) DO UPDATE SET \(updates)
        WHERE state = 'failed' AND (excluded.state = 'done' OR excluded.attempts > attempts)
        """)
  }

  private func different(_ name: String) -> String { "theirs.\(name.quotedForSQL) IS NOT ours.\(name.quotedForSQL)" }

  /// Refuses two rows of one point that differ; `names` are the values that may.
  private func refuseConflict(_ names: [String], _ condition: String) throws {
    let point = target.kind == .trials ? "key" : "point"
    let values = names.flatMap { ["ours.\($0.quotedForSQL)", "theirs.\($0.quotedForSQL)"] }
    let row = try Row.fetchOne(
      database,
      sql: """
        SELECT ours.\(point), \(values.joined(separator: ", "))
        FROM source.\(source.table) AS theirs JOIN main.\(target.table) AS ours ON \(condition) LIMIT 1
        """)
    guard let row else { return }
    for (index, name) in names.enumerated() {
      let ours: DatabaseValue = row[1 + 2 * index]
      let theirs: DatabaseValue = row[2 + 2 * index]
      guard ours != theirs else { continue }
      let place: DatabaseValue = row[0]
      throw StoreError.conflict(
        run: source.title, point: "\(name) of \(target.kind == .trials ? "" : "point ")\(place.plain)",
        first: first, firstValue: ours.plain, second: second, secondValue: theirs.plain)
    }
  }

  /// Refuses a point that one store kept and the other, which finished it too, left out.
  private func refuseFilteredOnce(
    _ range: Range<Int>, _ holder: String, _ held: StoredRun, absentFrom other: String, _ otherRun: StoredRun,
    first: String, second: String
  ) throws {
    let point = try Int.fetchOne(
      database,
      sql: """
        SELECT point FROM \(holder).\(held.table) WHERE point >= ? AND point < ?
        AND point NOT IN (SELECT point FROM \(other).\(otherRun.table)) LIMIT 1
        """, arguments: [range.lowerBound, range.upperBound])
    guard let point else { return }
    throw StoreError.conflict(
      run: held.title, point: "point \(point)", first: first, firstValue: "kept", second: second,
      secondValue: "left out")
  }
}

extension DatabaseValue {
  /// For people.
  fileprivate var plain: String {
    switch storage {
    case .null: "missing"
    case .int64(let value): "\(value)"
    case .double(let value): "\(value)"
    case .string(let text): "'\(text)'"
    case .blob: "bytes"
    }
  }
}
