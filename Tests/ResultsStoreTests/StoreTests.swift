import Foundation
import GRDB
import Scaling
import TestSupport
import Testing

@testable import ResultsStore

let sweep = "sweep test width=1:2:0.1 columns=macs,ratio"
let columns = [PointColumn("macs"), PointColumn("ratio", isInteger: false)]

extension PointRows {
  /// The points of a range that `keeps` lets through, with values that follow from their indices.
  static func test(_ range: Range<Int>, keeps: (Int) -> Bool = { _ in true }) -> PointRows {
    let points = range.filter(keeps)
    return PointRows(
      indices: points, values: [.integers(points.map { $0 * 10 }), .reals(points.map { 1 / Double($0 + 1) })])
  }
}

extension ResultsStore {
  func testRun(_ count: Int) throws -> StoredRun { try run(sweep, .grid(count: count), columns: columns) }

  func record(_ range: Range<Int>, in run: StoredRun) throws -> Bool { try record(.test(range), of: range, in: run) }

  func points(_ run: StoredRun) throws -> [Int] { try rows(of: run, in: 0..<Int.max).rows.indices }
}

@Suite struct StoreTests {
  @Test func whatDiffersBetweenIdentitiesIsFound() {
    let other = sweep.replacing("1:2:0.1", with: "1:3:0.1")
    #expect(StoredRun.difference(sweep, other) == ("width=1:2:0.1", "width=1:3:0.1"))
    #expect(StoredRun.difference(sweep, "search test width=1:2:0.1 columns=macs,ratio") == ("sweep", "search"))
    #expect(StoredRun.difference(sweep, "") == (sweep, ""))
    #expect(StoredRun.difference("a b b", "a b") == ("b", ""))
  }

  @Test func aPointIsClaimedOnceAndRecordedForGood() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("store")
    let first = try ResultsStore(creating: path)
    let second = try ResultsStore(creating: path)
    let run = try first.testRun(10)
    #expect(try second.testRun(10) == run)
    #expect(try first.claim(4, of: run, in: 0..<10) == .granted(0..<4))
    #expect(try second.claim(4, of: run, in: 0..<10) == .granted(4..<8))
    #expect(try second.record(4..<6, in: run))
    #expect(try first.claim(9, of: run, in: 0..<10) == .granted(8..<10))
    #expect(try first.claim(9, of: run, in: 0..<10) == .othersAreBusy)
    // A worker that leaves gives its claims up; what it recorded stays.
    try second.close()
    #expect(try first.claim(9, of: run, in: 0..<10) == .granted(6..<8))
    for range in [6..<8, 0..<4, 8..<10] { #expect(try first.record(range, in: run)) }
    #expect(try first.claim(9, of: run, in: 0..<10) == .complete)
    #expect(try first.finished(of: run).ranges.map(\.self) == [0..<10])
    #expect(try first.points(run) == Array(0..<10))
    try first.close()
  }

  @Test func claimsOfProcessesThatEndedAreAnyones() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("store")
    let here = ProcessIdentity.current
    // No process has this number: it is above the kernel's limit.
    let dead = try ResultsStore(creating: path, as: ProcessIdentity(host: here.host, number: 1 << 22 + 7, start: 1))
    let run = try dead.testRun(100)
    #expect(try dead.claim(10, of: run, in: 0..<100) == .granted(0..<10))
    // This process has the number of one that ended.
    let former = try ResultsStore(
      creating: path, as: ProcessIdentity(host: here.host, number: here.number, start: here.start + 1))
    #expect(try former.claim(10, of: run, in: 0..<100) == .granted(0..<10))
    let living = try ResultsStore(creating: path)
    #expect(try living.claim(10, of: run, in: 0..<100) == .granted(0..<10))
    #expect(try former.record(0..<10, in: run) == false)
    #expect(try living.points(run) == [])
    #expect(try living.record(0..<10, in: run))

    let far = try ResultsStore(creating: path, as: ProcessIdentity(host: "far/1/1", number: 1, start: 1))
    #expect(try far.claim(10, of: run, in: 0..<100) == .granted(10..<20))
    #expect(try living.claim(10, of: run, in: 10..<20) == .othersAreBusy)
    try living.write { try $0.execute(sql: "UPDATE workers SET beat = beat - 130 WHERE host = 'far/1/1'") }
    try far.beat()
    #expect(try living.claim(10, of: run, in: 10..<20) == .othersAreBusy)
    try living.write { try $0.execute(sql: "UPDATE workers SET beat = beat - 130 WHERE host = 'far/1/1'") }
    #expect(try living.claim(10, of: run, in: 10..<20) == .granted(10..<20))
    try living.close()
  }

  @Test func workersAtTheSameTimeComputeEachPointOnce() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path("store")
    let claimed = try await withThrowingTaskGroup(of: Int.self) { group in
      for size in [1, 7, 50] {
        group.addTask {
          let store = try ResultsStore(creating: path)
          let run = try store.testRun(600)
          var claimed = 0
          while true {
            switch try store.claim(size, of: run, in: 0..<600) {
            case .complete:
              try store.close()
              return claimed
            case .othersAreBusy: try await Task.sleep(for: .milliseconds(1))
            case .granted(let range):
              claimed += range.count
              #expect(try store.record(range, in: run))
            }
          }
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(claimed == 600)
    let store = try ResultsStore(reading: path)
    #expect(try store.points(try #require(try store.runs().first)) == Array(0..<600))
    #expect(try store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM claims") } == 0)
    #expect(try store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM workers") } == 0)
  }

  @Test func aRunGoesOnBehindItsPointsAndOtherColumnsAreRefused() throws {
    let folder = try TemporaryFolder()
    let store = try ResultsStore(creating: folder.path("store"))
    let first = try store.testRun(10)
    #expect(try store.claim(10, of: first, in: 0..<10) == .granted(0..<10))
    #expect(try store.record(0..<10, in: first))
    let second = try store.testRun(11)
    #expect(second.kind == .grid(count: 11))
    #expect(try store.claim(11, of: second, in: 0..<11) == .granted(10..<11))
    // Who asks for fewer finds them all.
    #expect(try store.testRun(5).kind == .grid(count: 11))
    #expect(try store.claim(5, of: first, in: 0..<5) == .complete)
    #expect {
      _ = try store.run(sweep, .grid(count: 11), columns: [PointColumn("macs")])
    } throws: {
      "\($0)"
        == "\(sweep): the store has 11 points with macs (whole), ratio, this run has 11 points with macs (whole)"
    }
    try store.close()
  }

  @Test func scoresStayAndOldFailuresAreTriedAgain() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("store")
    let first = try ResultsStore(creating: path)
    let run = try first.run(sweep, .trials, columns: [PointColumn("width", isInteger: false)])
    #expect(try first.claim("a", of: run) == .granted(attempts: 0))
    let second = try ResultsStore(creating: path)
    #expect(try second.claim("a", of: run) == .othersAreBusy)
    let failure = Trial(.failure("exit status 1"), attempts: 2, seconds: 0.5)
    try first.record(failure, of: "a", values: [1], in: run)
    #expect(try second.claim("a", of: run) == .finished(failure))
    let third = try ResultsStore(creating: path)
    #expect(try third.claim("a", of: run) == .granted(attempts: 2))
    let score = Trial(.score(0.5), attempts: 3, seconds: 1)
    try third.record(score, of: "a", values: [1], in: run)
    try first.record(Trial(.score(0.75), attempts: 1, seconds: 1), of: "a", values: [1], in: run)
    #expect(try first.trials(of: run) == ["a": score])
    #expect(try third.claim("b", of: run) == .granted(attempts: 0))
    try third.release("b", of: run)
    #expect(try second.claim("b", of: run) == .granted(attempts: 0))
    for store in [first, second, third] { try store.close() }
  }

  @Test func otherFilesAreRefusedAndLeftAlone() throws {
    let folder = try TemporaryFolder()
    func reason(_ name: String, creating: Bool = true) -> String {
      do {
        _ = try creating ? ResultsStore(creating: folder.path(name)) : ResultsStore(reading: folder.path(name))
        return "it opens"
      } catch {
        return "\(error)".replacing(folder.url.path + "/", with: "")
      }
    }
    #expect(reason("absent", creating: false) == "there is no file 'absent'")
    let text = Data(repeating: 65, count: 5000)
    try text.write(to: folder.url.appending(path: "text"))
    #expect(reason("text") == "'text' is not a store of results: file is not a database")
    #expect(try Data(contentsOf: folder.url.appending(path: "text")) == text)
    #expect(reason("none/store").hasPrefix("'none/store': unable to open database file"))

    let foreign = try DatabaseQueue(path: folder.path("foreign"))
    try foreign.write { try $0.execute(sql: "CREATE TABLE points(a)") }
    try foreign.close()
    #expect(reason("foreign") == "'foreign' is not a store of results: it is a database of another program")

    let store = try ResultsStore(creating: folder.path("newer"))
    try store.write { try $0.execute(sql: "PRAGMA user_version = 9") }
    try store.close()
    #expect(reason("newer") == "'newer' is a store of version 9, this program knows versions up to 1")

    try Data().write(to: folder.url.appending(path: "empty"))
    #expect(reason("empty") == "it opens")
    #expect(reason("empty", creating: false) == "it opens")
  }

  @Test func valuesThatAStoreCannotHaveAreDamage() throws {
    let folder = try TemporaryFolder()
    let changes = ["UPDATE runs SET identity = x'FF'", "UPDATE runs SET columns = x'FF'"]
    for (index, change) in changes.enumerated() {
      let store = try ResultsStore(creating: folder.path("\(index)"))
      _ = try store.testRun(10)
      try store.write { try $0.execute(sql: change) }
      #expect(throws: StoreError.self, "\(change)") { try store.summary() }
      try store.close()
    }
    // Ranges beyond all indices are no reason to stop.
    let store = try ResultsStore(creating: folder.path("far"))
    let run = try store.testRun(10)
    try store.write {
      try $0.execute(sql: "INSERT INTO spans(run, first, end) VALUES (1, -9223372036854775808, 9223372036854775807)")
    }
    #expect(try store.claim(5, of: run, in: 0..<10) == .complete)
    _ = try store.summary()
    try store.close()
  }

  @Test func aFileWithDamagedPagesIsSaidToBeDamaged() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("store")
    let store = try ResultsStore(creating: path)
    let run = try store.testRun(100_000)
    guard case .granted(let range) = try store.claim(100_000, of: run, in: 0..<100_000) else { return }
    #expect(try store.record(range, in: run))
    try store.close()
    var bytes = try Data(contentsOf: URL(filePath: path))
    for page in stride(from: 100 * 4096, to: bytes.count, by: 4096) {
      bytes.replaceSubrange(page..<page + 64, with: Data(repeating: 0xFF, count: 64))
    }
    try bytes.write(to: URL(filePath: path))
    let damaged = try ResultsStore(reading: path)
    #expect { try damaged.points(run) } throws: { error in
      if case .damaged(path, _)? = error as? StoreError { true } else { false }
    }
  }
}
