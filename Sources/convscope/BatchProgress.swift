import Synchronization

/// How far networks have come that are verified side by side, on one line of the terminal.
final class BatchProgress: Sendable {
  private struct State {
    var line = Progress()
    var ended = 0
    /// Those under way, in the order in which they began, with their shares from 0 to 1.
    var running: [(name: String, share: Double)] = []
  }

  private let state = Mutex(State())
  private let count: Int

  init(count: Int) { self.count = count }

  func begin(_ name: String) { state.withLock { $0.running.append((name, 0)) } }

  func show(_ name: String, _ share: Double) {
    state.withLock { state in
      guard let index = state.running.firstIndex(where: { $0.name == name }) else { return }
      state.running[index].share = share
      let (running, ended) = (state.running, state.ended)
      state.line.show(
        (count == 1 ? "" : "\(ended) of \(count) verified; ")
          + running.map { "\($0.name) \(Int($0.share * 100)) %" }.joined(separator: ", "))
    }
  }

  func end(_ name: String) {
    state.withLock { state in
      state.ended += 1
      if let index = state.running.firstIndex(where: { $0.name == name }) { state.running.remove(at: index) }
    }
  }

  /// Takes the line away.
  func finish() { state.withLock { $0.line.finish() } }
}
