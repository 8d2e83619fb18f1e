import Foundation
import Scaling
import TestSupport
import Testing

@testable import ResultsStore

@Suite struct MergingTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Makes a store of some ranges of a grid of a hundred points.
  private func make(
    _ name: String, _ ranges: [Range<Int>], identity: String = sweep, keeps: (Int) -> Bool = { $0 % 5 != 0 },
    change: (inout PointRows) -> Void = { _ in }
  ) throws -> String {
    let store = try ResultsStore(creating: folder.path(name))
    let run = try store.run(identity, .grid(count: 100), columns: columns)
    for range in ranges {
      #expect(try store.claim(range.count, of: run, in: range) == .granted(range))
      var rows = PointRows.test(range, keeps: keeps)
      rows.failures = range.filter { !keeps($0) }.map { PointFailure(index: $0, reason: "too large") }
      change(&rows)
      #expect(try store.record(rows, of: range, in: run))
    }
    try store.close()
    return folder.path(name)
  }

  private func failure(_ inputs: [String]) -> String {
    do {
      _ = try ResultsStore.merge(inputs, into: folder.path("merged"))
      return "they merge"
    } catch {
      return "\(error)".replacing(folder.url.path + "/", with: "")
    }
  }

  @Test func partsMakeTheWholeAndSharedPointsAreKeptOnce() throws {
    let parts = [try make("a", [0..<30]), try make("b", [60..<100]), try make("c", [20..<61])]
    let merged = try ResultsStore.merge(parts, into: folder.path("merged"))
    #expect(merged.map(\.points) == [80])
    #expect(merged.map(\.missing) == [0])
    #expect(merged.map(\.failures) == [20])
    let store = try ResultsStore(reading: folder.path("merged"))
    let run = try #require(try store.runs().first)
    #expect(run.identity == sweep)
    #expect(try store.points(run) == (0..<100).filter { $0 % 5 != 0 })
    #expect(
      try store.failures(of: run, in: 0..<10)
        == [PointFailure(index: 0, reason: "too large"), PointFailure(index: 5, reason: "too large")])
    #expect(try store.finished(of: run).ranges.map(\.self) == [0..<100])
    try store.close()
    // What is missing can be computed in the merged store.
    #expect(try ResultsStore.merge([parts[0], parts[0]], into: folder.path("part")).map(\.missing) == [70])
    let part = try ResultsStore(creating: folder.path("part"))
    #expect(try part.claim(100, of: run, in: 0..<100) == .granted(30..<100))
    try part.close()
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    #expect(files.allSatisfy { !$0.hasSuffix(".part") })
  }

  @Test func differentRunsAreRefusedWithBothSides() throws {
    let other = sweep.replacing("1:2:0.1", with: "1:3:0.1")
    let parts = [try make("a", [0..<30]), try make("b", [30..<60], identity: other)]
    #expect(
      failure(parts) == "two stores of different runs: 'a' has 'width=1:2:0.1' where 'b' has 'width=1:3:0.1'")
    let empty = try ResultsStore(creating: folder.path("empty"))
    try empty.close()
    #expect(
      failure([parts[0], folder.path("empty")])
        == "two stores of different runs: 'a' has '\(sweep)' where 'empty' has 'no such run'")
    #expect(!FileManager.default.fileExists(atPath: folder.path("merged")))
  }

  @Test func differentValuesOfAPointAreRefusedWithBoth() throws {
    let first = try make("a", [0..<30])
    let second = try make(
      "b", [20..<40],
      change: { rows in
        if case .reals(var values) = rows.values[1] {
          values[3] = 0.75
          rows.values[1] = .reals(values)
        }
      })
    #expect(failure([first, second]) == "\(sweep): ratio of point 24 is 0.04 in 'a' and 0.75 in 'b'")
    let third = try make("c", [20..<40], keeps: { $0 != 26 && $0 % 5 != 0 })
    #expect(failure([first, third]) == "\(sweep): point 26 is kept in 'a' and left out in 'c'")
    #expect(failure([third, first]) == "\(sweep): point 26 is kept in 'a' and left out in 'c'")
    #expect(failure([first, folder.path("absent")]) == "there is no file 'absent'")
  }

  @Test func aScoreWinsOverAFailureAndTwoScoresMustAgree() throws {
    func make(_ name: String, _ trials: [String: Trial]) throws -> String {
      let store = try ResultsStore(creating: folder.path(name))
      let run = try store.run(sweep, .trials, columns: [PointColumn("width", isInteger: false)])
      for (key, trial) in trials.sorted(by: { $0.key < $1.key }) {
        try store.record(trial, of: key, values: [1], in: run)
      }
      try store.close()
      return folder.path(name)
    }
    let score = Trial(.score(0.5), attempts: 1, seconds: 1)
    let failure = Trial(.failure("no"), attempts: 1, seconds: 1)
    let later = Trial(.failure("still no"), attempts: 3, seconds: 1)
    let a = try make("a", ["w=1": score, "w=2": failure, "w=3": failure])
    let b = try make("b", ["w=1": Trial(.score(0.5), attempts: 2, seconds: 9), "w=2": score, "w=3": later])
    let merged = try ResultsStore.merge([a, b], into: folder.path("merged"))
    #expect(merged.map(\.failures) == [1])
    let store = try ResultsStore(reading: folder.path("merged"))
    #expect(try store.trials(of: try store.runs()[0]) == ["w=1": score, "w=2": score, "w=3": later])
    let c = try make("c", ["w=1": Trial(.score(0.6), attempts: 1, seconds: 1)])
    #expect(self.failure([a, c]) == "\(sweep): score of 'w=1' is 0.5 in 'a' and 0.6 in 'c'")
  }
}
