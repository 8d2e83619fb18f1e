import Glibc
import Scaling

/// The points of a space as a store keeps them: computed once, by whoever comes to them first, and read from then on.
public struct StoredPoints<Space: PointSpace> {
  public let space: Space
  private let store: ResultsStore
  private let run: StoredRun

  /// How long to wait before looking again at points that another process is computing, in microseconds.
  private static var patience: UInt32 { 50_000 }
  /// How many points one read takes.
  private static var pageSize: Int { 1 << 13 }

  public init(_ space: Space, in store: ResultsStore) throws(StoreError) {
    (self.space, self.store) = (space, store)
    run = try store.run(space.identity, .grid(count: space.count), columns: space.columns)
  }

  /// Computes and records what is missing in `range`, beside other processes that do so too; afterwards nothing is.
  ///
  /// Each block is durable as soon as it is computed.
  /// - Parameter progress: is told how many points of the range are finished, at first how many were.
  /// - Throws: ``StoreError``, and what `progress` throws.
  public func complete(_ range: Range<Int>, _ runner: PointRunner, progress: (Int) throws -> Void) throws {
    // Some blocks for each thread: at the end of a share threads wait for the last of them.
    let share = max(space.blockSize, 1) * runner.threads * 8
    while true {
      var finished = try store.finished(of: run).intersection(RangeSet(range)).ranges.reduce(0) { $0 + $1.count }
      try progress(finished)
      switch try store.claim(share, of: run, in: range) {
      case .complete: return
      case .othersAreBusy: usleep(Self.patience)
      case .granted(let points):
        try runner.run(space, range: points, transform: { $0 }) { block, rows in
          try store.record(rows, of: block, in: run)
          finished += block.count
          try progress(finished)
        }
      }
    }
  }

  /// Reads the points of a range in order, page by page.
  /// - Throws: ``StoreError``, and what `consume` throws.
  public func read<Result>(
    _ range: Range<Int>, transform: (PointRows) -> Result, consume: (Range<Int>, Result) throws -> Void
  ) throws {
    var start = range.lowerBound
    while start < range.upperBound {
      let end = range.upperBound - start > Self.pageSize ? start + Self.pageSize : range.upperBound
      var rows = try store.rows(of: run, in: start..<end).rows
      rows.failures = try store.failures(of: run, in: start..<end)
      try consume(start..<end, transform(rows))
      start = end
    }
  }
}
