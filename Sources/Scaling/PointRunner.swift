import Dispatch
import Synchronization

/// Computes the rows of a space on several threads and hands them over in order, block by block.
///
/// What is handed over does not depend on the number of threads. Memory is that of a few blocks: threads go on with
/// later blocks while earlier ones are consumed, but not far.
public struct PointRunner: Sendable {
  public var threads: Int

  /// - Parameter threads: at least 1.
  public init(threads: Int) { self.threads = max(1, threads) }

  /// Goes through the points of `range`, within those of the space.
  /// - Parameters:
  ///   - transform: what is made of each block's rows, on any thread.
  ///   - consume: receives the results in order, on the caller's thread; what it throws ends the run.
  public func run<Result: Sendable>(
    _ space: some PointSpace, range: Range<Int>, transform: @Sendable (PointRows) -> Result,
    consume: (Range<Int>, Result) throws -> Void
  ) rethrows {
    let size = max(1, space.blockSize)
    let count = range.isEmpty ? 0 : (range.count - 1) / size + 1
    @Sendable func block(_ index: Int) -> Range<Int> {
      let start = range.lowerBound + index * size
      return start..<(range.upperBound - start > size ? start + size : range.upperBound)
    }
    guard threads > 1, count > 1 else {
      for index in 0..<count { try consume(block(index), transform(space.rows(of: block(index)))) }
      return
    }
    try withoutActuallyEscaping(transform) { transform in
      let line = BlockLine<Result>(count: count, room: threads * 2)
      let group = DispatchGroup()
      for _ in 0..<min(threads, count) {
        DispatchQueue.global().async(group: group) {
          while let index = line.claim() { line.put(transform(space.rows(of: block(index))), at: index) }
        }
      }
      defer {
        line.stop()
        group.wait()
      }
      for index in 0..<count {
        if let result = line.take(index) { try consume(block(index), result) }
      }
    }
  }
}

/// Results that several threads make and one takes in order, at most so many at a time.
private final class BlockLine<Result: Sendable>: Sendable {
  private struct State {
    var next = 0
    var isStopped = false
    var results: [Result?]
  }
  private let state: Mutex<State>
  private let count: Int
  /// Counts the places that are free: a claim takes one, a result that is taken gives it back.
  private let free: DispatchSemaphore
  /// For each place one that counts its result.
  private let ready: [DispatchSemaphore]

  init(count: Int, room: Int) {
    self.count = count
    state = Mutex(State(results: Array(repeating: nil, count: room)))
    // From 0, for one that began higher has to end as high.
    free = DispatchSemaphore(value: 0)
    ready = (0..<room).map { _ in DispatchSemaphore(value: 0) }
    for _ in 0..<room { free.signal() }
  }

  /// The next block to compute, when there is room for it; nil when there are no more.
  func claim() -> Int? {
    free.wait()
    let index: Int? = state.withLock { state in
      guard !state.isStopped, state.next < count else { return nil }
      state.next += 1
      return state.next - 1
    }
    // Whoever waits behind has to learn it, too.
    if index == nil { free.signal() }
    return index
  }

  func put(_ result: Result, at index: Int) {
    state.withLock { $0.results[index % ready.count] = result }
    ready[index % ready.count].signal()
  }

  /// Waits for a result and frees its place.
  func take(_ index: Int) -> Result? {
    ready[index % ready.count].wait()
    defer { free.signal() }
    return state.withLock { $0.results[index % ready.count].take() }
  }

  /// Lets the threads end instead of beginning another block.
  func stop() {
    state.withLock { $0.isStopped = true }
    free.signal()
  }
}
