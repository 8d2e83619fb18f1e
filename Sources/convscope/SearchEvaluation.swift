import ArchitectureFormat
import Evaluation
import Glibc
import NetworkGraph
import ONNXFormat
import Reports
import ResultsStore
import Scaling
import Synchronization

/// Scores of a search's points by a user's command.
struct SearchEvaluation: Sendable {
  let space: SearchSpace
  let rows: PointRows
  let evaluator: Evaluator
  let jobs: Int
  /// What tells the command from others.
  let identity: String

  /// The columns kept beside a score: none that depends on what else is searched.
  private static let kept = [
    "alpha", "beta", "gamma", "phi", "depth", "width", "resolution", "parameters", "macs", "activations",
  ]

  /// How far the evaluation has come.
  private final class Board: Sendable {
    struct State {
      var trials: [Int: Trial] = [:]
      var tried = 0
      var progress = Progress()
    }
    let state = Mutex(State())
    let start = ContinuousClock.now

    func add(_ row: Int, _ trial: Trial, _ isNew: Bool, of count: Int) {
      state.withLock { state in
        state.trials[row] = trial
        if isNew { state.tried += 1 }
        let (done, tried) = (state.trials.count, state.tried)
        let left = Double(count - done) * ((ContinuousClock.now - start) / .seconds(1)) / Double(max(tried, 1))
        let failed = state.trials.values.count { if case .failure = $0.result { true } else { false } }
        state.progress.show("\(done) of \(count) points, \(failed) without a score, \(Int(min(left, 1e9))) s left")
      }
    }
  }

  /// Runs the command for every row that has no score in the store yet.
  /// - Returns: how each row's trial ended.
  /// - Throws: ``CommandFailure``; what has ended is in the store then.
  func run(_ store: ResultsStore?) async throws -> [Trial?] {
    let board = Board()
    let columns = Self.kept.compactMap { name in space.columns.firstIndex { $0.name == name } }
    do {
      let run = try store.map { store in
        let title = "evaluate \(space.family.identity) multiple=\(space.resolutionMultiple) \(identity)"
        return (store, try store.run(title, .trials, columns: columns.map { space.columns[$0] }))
      }
      let queue = TrialQueue(evaluator, jobs: jobs, store: run)
      try await interruptible { [self] in
        try await queue.run(rows.count) { row in
          TrialQueue.Point(
            key: space.key(of: rows.indices[row]), values: columns.map { rows.number(column: $0, row: row) },
            candidate: candidate(row))
        } ended: { row, trial, isNew in
          board.add(row, trial, isNew, of: rows.count)
        }
      }
    } catch is CancellationError {
      let done = board.state.withLock {
        $0.progress.finish(); return $0.trials.count
      }
      let kept = store.map { "; '\($0.path)' keeps them" } ?? " and lost: --store keeps them"
      throw CommandFailure(.interrupted, "interrupted: \(done) of \(rows.count) points were done\(kept)")
    } catch {
      board.state.withLock { $0.progress.finish() }
      throw error
    }
    return board.state.withLock { state in
      state.progress.finish()
      return (0..<rows.count).map { state.trials[$0] }
    }
  }

  private func candidate(_ row: Int) -> Evaluator.Candidate {
    let index = rows.indices[row]
    return Evaluator.Candidate { place in
      guard let column = space.columns.firstIndex(where: { $0.name == place.rawValue }) else { return "" }
      return switch rows.values[column] {
      case .integers(let values): "\(values[row])"
      case .reals(let values): PointText.text(values[row])
      }
    } write: { place, path in
      let graph = try space.graph(at: index)
      guard place == .yaml else { return try ONNXExport(graph).write(to: path) }
      try writeFile(DescriptionWriter(graph).text, to: path)
    }
  }
}
