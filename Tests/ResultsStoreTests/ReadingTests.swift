import Foundation
import TestSupport
import Testing

@testable import ResultsStore

@Suite struct ReadingTests {
  private func store(_ folder: ScratchFolder, count: Int) throws -> (ResultsStore, StoredRun) {
    let store = try ResultsStore(creating: folder.path("store"))
    let run = try store.testRun(count)
    guard case .granted(let range) = try store.claim(count, of: run, in: 0..<count) else { throw CancellationError() }
    try store.record(.test(range) { $0 % 3 != 0 }, of: run)
    return (store, run)
  }

  @Test func pointsComeInOrderOverManyPages() throws {
    let folder = try ScratchFolder()
    let (store, run) = try store(folder, count: 20_000)
    let kept = (0..<20_000).filter { $0 % 3 != 0 }
    #expect(try store.points(run) == kept)
    #expect(try store.points(run, Selection(columns: ["point"], limit: 5000)) == Array(kept.prefix(5000)))
    #expect(try store.points(run, Selection(columns: ["point"], limit: 0)) == [])
    let order = [Selection.Order("macs", isDescending: true)]
    #expect(try store.points(run, Selection(columns: ["point"], order: order)) == kept.reversed())
    #expect(
      try store.points(run, Selection(columns: ["point"], order: [.init("ratio")], limit: 4500))
        == Array(kept.reversed().prefix(4500)))
    var rows: [[StoredValue]] = []
    let columns = try store.forEachPoint(of: run, Selection(limit: 1)) { rows.append($0) }
    #expect(columns.map(\.name) == ["point", "macs", "ratio"])
    #expect(rows == [[.integer(1), .integer(10), .real(0.5)]])
    try store.close()
  }

  @Test func conditionsSelectWhatTheySay() throws {
    let folder = try ScratchFolder()
    let (store, run) = try store(folder, count: 2000)
    let kept = (0..<2000).filter { $0 % 3 != 0 }
    let cases: [(String, (Int) -> Bool)] = [
      ("macs <= 4k", { $0 * 10 <= 4000 }), ("macs<0.4k&&point!=1", { $0 * 10 < 400 && $0 != 1 }),
      ("point == 7 || point == 8 && macs > 100", { $0 == 7 }), ("(point == 7 || point == 8) && macs > 75", { $0 == 8 }),
      ("!(point > 100)", { $0 <= 100 }), ("ratio >= 0.01", { 1 / Double($0 + 1) >= 0.01 }),
      ("!point < 3 && !(macs > 100 || macs == 50)", { $0 >= 3 && $0 * 10 <= 100 && $0 != 5 }),
      ("point > -1", { _ in true }), ("macs > 1T", { _ in false }),
    ]
    for (text, passes) in cases {
      let selection = Selection(condition: try Condition(parsing: text), columns: ["point"])
      #expect(try store.points(run, selection) == kept.filter(passes), "\(text)")
    }
    #expect {
      try store.points(run, Selection(condition: try Condition(parsing: "mac < 1")))
    } throws: {
      "\($0)" == "there is no column 'mac': there are point, macs, ratio"
    }
    #expect(throws: StoreError.noSuchColumn(name: "x", known: ["point", "macs", "ratio"])) {
      try store.points(run, Selection(columns: ["x"]))
    }
    #expect(throws: StoreError.noSuchColumn(name: "x", known: ["point", "macs", "ratio"])) {
      try store.points(run, Selection(order: [.init("x")]))
    }
    try store.close()
  }

  @Test(arguments: [
    ("", "it ends where the name of a column should be"),
    ("macs", "it ends where one of <=, >=, <, >, ==, != behind 'macs' should be"),
    ("macs = 4", "'= 4' stands where one of <=, >=, <, >, ==, != behind 'macs' should be"),
    ("macs < 4X", "'4X' is no number; a text stands in quotes"),
    ("macs < 99999999T", "'99999999T' is no number; a text stands in quotes"),
    ("macs < nan", "'nan' is no number; a text stands in quotes"),
    ("macs < \"a", "a quotation mark is not closed"),
    ("macs < 4 params > 3", "'params > 3' stands where '&&', '||' or the end should be"),
    ("(macs < 4", "it ends where ')' should be"),
    (String(repeating: "(", count: 60), "it is nested more than 50 deep"),
    ("macs < 4 &&", "it ends where the name of a column should be"),
  ])
  func whatIsNoConditionIsRefused(text: String, reason: String) {
    #expect { try Condition(parsing: text) } throws: { error in
      "\(error)" == "'\(text)': \(reason)"
    }
  }
}
