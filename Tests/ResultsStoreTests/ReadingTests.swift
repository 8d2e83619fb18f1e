import Foundation
import NetworkGraph
import Scaling
import Synchronization
import TestSupport
import Testing

@testable import ResultsStore

/// Points whose values follow from their indices; every seventh has none. Counts how often each was computed.
private final class CountedSpace: PointSpace {
  let count: Int
  let blockSize: Int
  let columns = [PointColumn("macs"), PointColumn("ratio", isInteger: false)]
  let computed: Mutex<[Int: Int]> = Mutex([:])

  init(count: Int, blockSize: Int) { (self.count, self.blockSize) = (count, blockSize) }

  var identity: String { "counted \(count)" }
  func key(of index: Int) -> String { "index=\(index)" }
  func graph(at index: Int) throws(ScalingError) -> Graph { throw .network(point: key(of: index), reason: "none") }

  func rows(of range: Range<Int>) -> PointRows {
    computed.withLock { computed in for index in range { computed[index, default: 0] += 1 } }
    var rows = PointRows.test(range) { $0 % 7 != 0 }
    rows.failures = range.filter { $0 % 7 == 0 }.map { PointFailure(index: $0, reason: "reason \($0)") }
    if case .reals(var values) = rows.values[1], !values.isEmpty {
      values[0] = .nan
      rows.values[1] = .reals(values)
    }
    return rows
  }
}

@Suite struct ReadingTests {
  @Test func whatIsReadIsWhatWasComputed() throws {
    let folder = try TemporaryFolder()
    let space = CountedSpace(count: 30_000, blockSize: 1000)
    let store = try ResultsStore(creating: folder.path("store"))
    let points = try StoredPoints(space, in: store)
    var told: [Int] = []
    try points.complete(500..<2500, PointRunner(threads: 2)) { told.append($0) }
    // What was there at first, then after every block.
    #expect(told.first == 0 && told.contains(1000) && told.last == 2000)
    told = []
    try points.complete(0..<30_000, PointRunner(threads: 2)) { told.append($0) }
    #expect(told.first == 2000 && told.last == 30_000 && told == told.sorted())
    #expect(space.computed.withLock { $0.count == 30_000 && $0.values.allSatisfy { $0 == 1 } })
    var read = PointRows(indices: [], values: [.integers([]), .reals([])])
    try points.read(3..<29_999, transform: { $0 }) { _, rows in read.append(rows) }
    let expected = (3..<29_999).filter { $0 % 7 != 0 }
    #expect(read.indices == expected)
    #expect(read.values[0] == .integers(expected.map { $0 * 10 }))
    #expect(read.failures.map(\.index) == (3..<29_999).filter { $0 % 7 == 0 })
    #expect(read.failures.allSatisfy { $0.reason == "reason \($0.index)" })
    guard case .reals(let ratios) = read.values[1] else { return }
    for (index, ratio) in zip(expected, ratios) where !ratio.isNaN { #expect(ratio == 1 / Double(index + 1)) }
    // The first of each block has no value; blocks begin at 0 and at 500.
    #expect(ratios.count { $0.isNaN } == 30)
    try store.close()
  }

  @Test func spacesAtTheSameTimeComputeNoPointTwice() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path("store")
    let space = CountedSpace(count: 5000, blockSize: 17)
    try await withThrowingTaskGroup { group in
      for threads in [1, 2] {
        group.addTask {
          let store = try ResultsStore(creating: path)
          try StoredPoints(space, in: store).complete(0..<5000, PointRunner(threads: threads)) { _ in }
          try store.close()
        }
      }
      try await group.waitForAll()
    }
    #expect(space.computed.withLock { $0.count == 5000 && $0.values.allSatisfy { $0 == 1 } })
    let store = try ResultsStore(reading: path)
    #expect(try store.points(try #require(store.runs().first)) == (0..<5000).filter { $0 % 7 != 0 })
  }

  @Test func pointsAreSortedByColumns() throws {
    let folder = try TemporaryFolder()
    let store = try ResultsStore(creating: folder.path("store"))
    let run = try store.testRun(100)
    #expect(try store.claim(100, of: run, in: 0..<100) == .granted(0..<100))
    #expect(try store.record(0..<100, in: run))
    #expect(try store.positions(of: run, by: [.init("ratio")]) == (0..<100).reversed())
    #expect(try store.positions(of: run, by: [.init("macs", isDescending: true)]) == (0..<100).reversed())
    #expect(try store.positions(of: run, by: []) == Array(0..<100))
    let rows = try store.rows(of: run, at: [7, 3, 5])
    #expect(rows.rows.indices == [7, 3, 5])
    #expect(rows.rows.values[0] == .integers([70, 30, 50]))
    #expect(try store.rows(of: run, in: 10..<90, limit: 3).rows.indices == [10, 11, 12])
    try store.close()
  }

  @Test func trialsAreReadWithTheirTexts() throws {
    let folder = try TemporaryFolder()
    let store = try ResultsStore(creating: folder.path("store"))
    let run = try store.run("trials", .trials, columns: [PointColumn("width", isInteger: false)])
    try store.record(Trial(.score(0.5), attempts: 1, seconds: 2), of: "a", values: [1.5], in: run)
    try store.record(Trial(.failure("bad\nline"), attempts: 3, seconds: 4), of: "b", values: [2.5], in: run)
    #expect(run.allColumns.map(\.name) == ["width", "score", "attempts", "seconds", "finished"])
    #expect(run.textColumns == ["state", "reason", "worker"])
    let rows = try store.rows(of: run, in: 0..<Int.max)
    #expect(rows.rows.values[0] == .reals([1.5, 2.5]))
    #expect(rows.rows.number(column: 1, row: 0) == 0.5)
    #expect(rows.rows.number(column: 1, row: 1).isNaN)
    #expect(rows.rows.values[2] == .integers([1, 3]))
    #expect(Array(rows.texts[0]) == ["done", "failed"])
    #expect(Array(rows.texts[1]) == ["", "bad\nline"])
    #expect(rows.texts[2].allSatisfy { $0.hasSuffix(":\(ProcessInfo.processInfo.processIdentifier)") })
    try store.close()
  }
}
