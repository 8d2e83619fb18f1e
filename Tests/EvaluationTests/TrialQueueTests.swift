import Evaluation
import Foundation
import ResultsStore
import Scaling
import Synchronization
import TestSupport
import Testing

/// What a queue told of its points.
private final class Log: Sendable {
  let trials = Mutex<[Int: (Trial, Bool)]>([:])

  func add(_ index: Int, _ trial: Trial, _ isNew: Bool) { trials.withLock { $0[index] = (trial, isNew) } }
  var scores: [Int: Double] {
    trials.withLock { trials in
      trials.compactMapValues { if case .score(let score) = $0.0.result { score } else { nil } }
    }
  }
  var new: Int { trials.withLock { $0.values.count { $0.1 } } }
}

@Suite struct TrialQueueTests {
  private let identity = "search test"
  private let columns = [PointColumn("width", isInteger: false)]

  private func point(_ index: Int) -> TrialQueue.Point {
    TrialQueue.Point(
      key: "width=\(index)", values: [Double(index)],
      candidate: Evaluator.Candidate(value: { _ in "\(index)" }) { _, _ in })
  }

  private func run(_ command: String, _ count: Int, in path: String? = nil, jobs: Int = 3) async throws -> Log {
    let store = try path.map { path in
      let store = try ResultsStore(creating: path)
      return (store, try store.run(identity, .trials, columns: columns))
    }
    let evaluator = Evaluator(try CommandTemplate(parsing: command, shell: true), timeout: .seconds(30))
    let log = Log()
    try await TrialQueue(evaluator, jobs: jobs, store: store).run(count, point: point, ended: log.add)
    try store?.0.close()
    return log
  }

  @Test func everyPointIsTriedOnceWithoutAStore() async throws {
    let log = try await run("echo {width}", 12)
    #expect(log.scores == Dictionary(uniqueKeysWithValues: (0..<12).map { ($0, Double($0)) }))
    #expect(try await run("echo 1", 0).scores.isEmpty)
  }

  @Test func aSecondRunTriesOnlyWhatHasNoScore() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path("store")
    let first = try await run("test {width} -lt 4 && echo {width}", 6, in: path)
    #expect(first.scores.keys.sorted() == [0, 1, 2, 3])
    #expect(first.new == 6)
    let second = try await run("echo {width}", 8, in: path)
    #expect(second.scores.keys.sorted() == Array(0..<8))
    #expect(second.new == 4)
  }

  @Test func twoQueuesOnOneStoreTryNoPointTwice() async throws {
    let folder = try TemporaryFolder()
    let log = folder.path("log")
    let command = "echo {width} >> \(log); sleep 0.02; echo {width}"
    async let first = run(command, 30, in: folder.path("store"))
    async let second = run(command, 30, in: folder.path("store"))
    let logs = try await [first, second]
    #expect(logs.allSatisfy { $0.scores.count == 30 })
    #expect(logs[0].new + logs[1].new == 30)
    let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map { Int($0) ?? -1 }
    #expect(lines.sorted() == Array(0..<30))
  }

  @Test func aFailureSharedByTwoQueuesIsTriedOnce() async throws {
    let folder = try TemporaryFolder()
    let log = folder.path("log")
    let command = "echo {width} >> \(log); sleep 0.02; exit 1"
    async let first = run(command, 10, in: folder.path("store"))
    async let second = run(command, 10, in: folder.path("store"))
    let logs = try await [first, second]
    #expect(logs.allSatisfy { $0.scores.isEmpty })
    let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
    // The later of the two may try what failed before it began.
    #expect(lines.count >= 10 && lines.count < 20)
  }

  @Test func whatIsCancelledIsNotRecordedAndAnyonesAgain() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path("store")
    let log = folder.path("log")
    let command = "echo {width} >> \(log); test {width} -lt 2 || exec sleep 600; echo 1"
    let task = Task { try await run(command, 5, in: path, jobs: 2) }
    while (try? String(contentsOfFile: log, encoding: .utf8))?.split(separator: "\n").count != 4 {
      try await Task.sleep(for: .milliseconds(10))
    }
    task.cancel()
    await #expect(throws: (any Error).self) { try await task.value }
    let second = try await run("echo 2", 5, in: path)
    #expect(second.scores == [0: 1, 1: 1, 2: 2, 3: 2, 4: 2])
  }
}
