import Dispatch

/// Computes the rows of a space on several threads and hands them over in order, block by block.
///
/// What is handed over does not depend on the number of threads. Memory is that of a few blocks.
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
    // Two blocks for each thread: one that is slower than the others holds up less.
    let round = threads == 1 ? 1 : threads * 2
    var start = range.lowerBound
    while start < range.upperBound {
      var blocks: [Range<Int>] = []
      while blocks.count < round, start < range.upperBound {
        let end = range.upperBound - start > size ? start + size : range.upperBound
        blocks.append(start..<end)
        start = end
      }
      for (block, result) in zip(blocks, results(of: blocks) { transform(space.rows(of: $0)) }) {
        try consume(block, result)
      }
    }
  }

  private func results<Result: Sendable>(
    of blocks: [Range<Int>], _ compute: @Sendable (Range<Int>) -> Result
  ) -> [Result] {
    guard threads > 1, blocks.count > 1 else { return blocks.map(compute) }
    return Array(unsafeUninitializedCapacity: blocks.count) { buffer, count in
      // Every thread writes elements of its own.
      nonisolated(unsafe) let elements = buffer
      let threads = min(threads, blocks.count)
      DispatchQueue.concurrentPerform(iterations: threads) { thread in
        for index in stride(from: thread, to: blocks.count, by: threads) {
          elements.initializeElement(at: index, to: compute(blocks[index]))
        }
      }
      count = blocks.count
    }
  }
}
