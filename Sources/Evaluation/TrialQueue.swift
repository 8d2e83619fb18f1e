import ResultsStore
import Synchronization

/// Tries points with a command, several at a time, and keeps what comes out in a store.
///
/// Points that the store has a score for are not tried again; points that another process is trying are waited for.
public struct TrialQueue: Sendable {
  /// A point to try.
  public struct Point: Sendable {
    /// What tells it from others.
    public var key: String
    /// The values of the run's columns.
    public var values: [Double]
    public var candidate: Evaluator.Candidate

    public init(key: String, values: [Double], candidate: Evaluator.Candidate) {
      self.key = key
      self.values = values
      self.candidate = candidate
    }
  }

  public let evaluator: Evaluator
  /// How many commands run at a time.
  public let jobs: Int
  private let store: (ResultsStore, StoredRun)?

  /// How long to wait before looking again after a point that another process is trying.
  private static let patience = Duration.milliseconds(300)

  public init(_ evaluator: Evaluator, jobs: Int = 1, store: (ResultsStore, StoredRun)? = nil) {
    self.evaluator = evaluator
    self.jobs = max(jobs, 1)
    self.store = store
  }

  /// Tries the points `0..<count`.
  /// - Parameters:
  ///   - point: makes a point, when it is its turn.
  ///   - ended: is told of each point once, in the order they end, and whether it was tried now.
  /// - Throws: ``StoreError``, or `CancellationError` when the task is cancelled: commands that run are ended then, and
  ///   what has ended before is in the store.
  public func run(
    _ count: Int, point: @escaping @Sendable (Int) -> Point,
    ended: @escaping @Sendable (Int, Trial, _ isNew: Bool) -> Void
  ) async throws {
    let known = try store.map { try $0.0.trials(of: $0.1) } ?? [:]
    let turns = Turns(count)
    try await withThrowingTaskGroup { group in
      if let (store, _) = store {
        group.addTask {
          while true {
            try await Task.sleep(for: .seconds(ResultsStore.beatInterval))
            try store.beat()
          }
        }
      }
      for _ in 0..<min(jobs, count) {
        group.addTask {
          while let (index, isSecondLook) = turns.next() {
            if isSecondLook { try await Task.sleep(for: Self.patience) }
            let point = point(index)
            if let trial = known[point.key], case .score = trial.result {
              ended(index, trial, false)
            } else if let (trial, isNew) = try await trial(of: point) {
              ended(index, trial, isNew)
            } else {
              turns.putBack(index)
            }
          }
        }
      }
      // The sign of life has no end of its own.
      for _ in 0..<min(jobs, count) { try await group.next() }
      group.cancelAll()
    }
  }

  /// Tries a point, unless that is done; nil where another process is trying it.
  private func trial(of point: Point) async throws -> (Trial, isNew: Bool)? {
    guard let (store, run) = store else { return (Trial(try await evaluator.evaluate(point.candidate)), true) }
    switch try store.claim(point.key, of: run) {
    case .finished(let trial): return (trial, false)
    case .othersAreBusy: return nil
    case .granted(let attempts):
      let outcome: Evaluator.Outcome
      do {
        outcome = try await evaluator.evaluate(point.candidate)
      } catch {
        try store.release(point.key, of: run)
        throw error
      }
      var trial = Trial(outcome)
      trial.attempts += attempts
      try store.record(trial, of: point.key, values: point.values, in: run)
      return (trial, true)
    }
  }

  /// Whose turn it is: all points once, then those that others were busy with.
  private final class Turns: Sendable {
    private struct State {
      var waiting: Range<Int>
      var held: [Int] = []
    }
    private let state: Mutex<State>

    init(_ count: Int) { state = Mutex(State(waiting: 0..<count)) }

    func next() -> (Int, isSecondLook: Bool)? {
      state.withLock { state in
        if let index = state.waiting.popFirst() { return (index, false) }
        return state.held.isEmpty ? nil : (state.held.removeFirst(), true)
      }
    }

    func putBack(_ index: Int) { state.withLock { $0.held.append(index) } }
  }
}

extension Trial {
  fileprivate init(_ outcome: Evaluator.Outcome) {
    let result: Result =
      switch outcome.score {
      case .success(let score): .score(score)
      case .failure(let failure): .failure("\(failure)")
      }
    self.init(result, attempts: outcome.attempts, seconds: outcome.duration / .seconds(1))
  }
}
