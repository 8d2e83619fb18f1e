import Foundation
import TestSupport
import Testing

/// Sweeps with a store: interrupted, shared, in parts, joined and queried.
@Suite struct StoredSweepTests {
  private let folder: TemporaryFolder
  /// 40,467 points.
  private let sweep = [
    "sweep", "efficientnet", "--depth", "1.0:3.0:0.05", "--width", "1.0:2.0:0.05", "--resolution", "224:592:8",
  ]

  init() throws { folder = try TemporaryFolder() }

  private func csv(_ options: [String]) throws -> String {
    let outcome = try convscope(sweep + ["--format", "csv"] + options)
    #expect(outcome.status == 0, "\(outcome.standardError)")
    return outcome.standardOutput
  }

  @Test func aStoredSweepIsTheSweep() throws {
    let whole = try csv([])
    #expect(whole.split(separator: "\n").count == 41 * 21 * 47 + 1)
    let store = ["--store", folder.path("store")]
    #expect(try csv(store) == whole)
    #expect(try csv(store) == whole)
    let filter = ["--where", "macs<=1G && params>6M"]
    #expect(try csv(store + filter) == csv(filter))
    #expect(try csv(store + ["--pareto", "macs,max:params"]) == csv(["--pareto", "macs,max:params"]))
    let query = try convscope(["query", folder.path("store"), "--format", "csv"])
    #expect(query.standardOutput == whole)
  }

  @Test func partsJoinedAreTheWholeByteForByte() throws {
    let whole = try csv([])
    var parts: [String] = []
    var text = ""
    for part in [3, 1, 4, 2] {
      let path = folder.path("part-\(part)")
      _ = try csv(["--shard", "\(part)/4", "--store", path])
      parts.append(path)
    }
    for part in 1...4 {
      let rows = try csv(["--shard", "\(part)/4"])
      text += part == 1 ? rows : String(rows.drop { $0 != "\n" }.dropFirst())
    }
    #expect(text == whole)
    let merge = try convscope(["merge"] + parts + ["-o", folder.path("all")])
    #expect(merge.status == 0)
    #expect(merge.standardOutput.contains("40,467") || merge.standardOutput.contains("40 467"))
    #expect(try convscope(["query", folder.path("all"), "--format", "csv"]).standardOutput == whole)
    #expect(try csv(["--store", folder.path("all")]) == whole)
  }

  @Test func aKilledSweepGoesOnWhereItStopped() throws {
    // Slow enough to be met at work: the network of every point is built.
    let slow = [
      "sweep", "efficientnet", "--depth", "1.0:1.4:0.1", "--width", "1.0:1.4:0.1", "--resolution", "224:288:8",
      "--columns", "nodes", "--format", "csv",
    ]
    let start = Date()
    let whole = try convscope(slow).standardOutput
    let duration = Date().timeIntervalSince(start)
    let lines = whole.split(separator: "\n")
    #expect(lines.count == 5 * 5 * 9 + 1)
    for round in 0..<(isThorough ? 20 : 3) {
      let store = folder.path("store-\(round)")
      var kept = 0
      for _ in 0..<2 {
        let process = try StartedProcess(slow + ["--store", store])
        Thread.sleep(forTimeInterval: .random(in: 0...duration))
        process.kill()
        let query = try convscope(["query", store, "--format", "csv"])
        let rows = query.status == 0 ? query.standardOutput.split(separator: "\n").dropFirst() : []
        // What was there is still there, each point once, as computed.
        #expect(rows.count >= kept)
        #expect(Set(rows).count == rows.count && Set(rows).isSubset(of: lines))
        kept = rows.count
      }
      #expect(try convscope(slow + ["--store", store]).standardOutput == whole)
      #expect(try convscope(["query", store, "--format", "csv"]).standardOutput == whole)
    }
  }

  @Test func processesOnOneStoreEachSeeTheWhole() throws {
    let whole = try csv([])
    let arguments = sweep + ["--format", "csv", "--store", folder.path("store")]
    let others = try (0..<2).map { _ in try StartedProcess(arguments + ["-o", folder.path("other-\(UUID())")]) }
    #expect(try convscope(arguments).standardOutput == whole)
    for other in others {
      other.wait()
      #expect(other.status == 0)
    }
    #expect(try convscope(["query", folder.path("store"), "--format", "csv"]).standardOutput == whole)
  }

  @Test func aQuerySelectsAndSorts() throws {
    let store = folder.path("store")
    let small = ["sweep", "efficientnet", "--width", "1.0:1.2:0.1", "--resolution", "224:256:16", "--store", store]
    #expect(try convscope(small).status == 0)
    let query = try convscope([
      "query", store, "--where", "resolution>224", "--columns", "resolution,width,params", "--order-by",
      "-parameters,resolution", "--limit", "3", "--format", "csv",
    ])
    let rows = query.standardOutput.split(separator: "\n")
    #expect(rows.first == "resolution,width,parameters")
    #expect(
      rows.dropFirst().map { $0.split(separator: ",").prefix(2) } == [
        ["240", "1.2"], ["256", "1.2"], ["240", "1.1"],
      ])
    let json = try convscope(["query", store, "--limit", "2", "--format", "json"])
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(json.standardOutput.utf8)) as? [String: Any])
    #expect((document["points"] as? [Any])?.count == 2)
    let table = try convscope(["query", store, "--limit", "2"])
    #expect(table.standardOutput.contains("2 points are shown"))

    // A second run in the store: they are listed, and one is chosen.
    #expect(try convscope(small + ["--depth", "1.1"]).status == 0)
    let list = try convscope(["query", store]).standardOutput
    #expect(list.contains("depth=1.1") && list.contains("--run chooses one."))
    #expect(try convscope(["query", store, "--run", "2", "--format", "csv"]).standardOutput.contains("\n1.1,1,224,"))
  }

  @Test func storesOfOtherSweepsAreNotJoined() throws {
    for (name, depth) in [("a", "1.0"), ("b", "1.1")] {
      #expect(try convscope(["sweep", "efficientnet", "--depth", depth, "--store", folder.path(name)]).status == 0)
    }
    let outcome = try convscope(["merge", folder.path("a"), folder.path("b"), "-o", folder.path("all")])
    #expect(outcome.status == 65)
    #expect(outcome.standardError.contains("has 'depth=1' where"))
    #expect(outcome.standardError.contains("has 'depth=1.1'"))
    #expect(!FileManager.default.fileExists(atPath: folder.path("all")))
  }

  @Test func aLargerSampleGoesOnBehindASmallerOne() throws {
    func sample(_ count: Int, store: [String]) throws -> String {
      let outcome = try convscope(["sample", "--count", "\(count)", "--resolution", "64", "--format", "csv"] + store)
      #expect(outcome.status == 0 && outcome.standardError == "")
      return outcome.standardOutput
    }
    let store = ["--store", folder.path("store")]
    for count in [20, 45, 30] {
      #expect(try sample(count, store: store) == sample(count, store: []))
    }
    let query = try convscope(["query", folder.path("store"), "--format", "csv"])
    #expect(query.standardOutput == (try sample(45, store: [])))
  }

  @Test func wrongFilesAndNamesAreToldClearly() throws {
    let text = folder.path("text")
    try String(repeating: "no database ", count: 500).write(toFile: text, atomically: true, encoding: .utf8)
    let store = folder.path("store")
    #expect(try convscope(["sweep", "efficientnet", "--store", store]).status == 0)
    let cases: [([String], Int32, String)] = [
      (["query", folder.path("absent")], 66, "there is no file '"),
      (["query", text], 65, "'\(text)' is not a store of results: "),
      (["sweep", "efficientnet", "--store", text], 65, "'\(text)' is not a store of results: "),
      (["merge", store, text, "-o", folder.path("all")], 65, "'\(text)' is not a store of results: "),
      (["merge", store, "-o", "/no/such/folder/all"], 73, "'/no/such/folder/all': "),
      (["query", store, "--run", "2"], 64, "--run 2: '\(store)' holds 1 run"),
      (["query", store, "--where", "mac<1"], 64, "--where: "),
      (["query", store, "--columns", "depth,x"], 64, "--columns: "),
      (["query", store, "--order-by", "-x"], 64, "--order-by: "),
      (["query", store, "--limit=-1"], 64, "--limit -1: it takes 0 or more points"),
      (["sweep", "efficientnet", "--shard", "1/0"], 64, "--shard 1/0: "),
    ]
    for (arguments, status, message) in cases {
      let outcome = try convscope(arguments)
      #expect(outcome.status == status, "\(arguments)")
      #expect(outcome.standardError.hasPrefix("convscope: \(message)"), "\(outcome.standardError)")
    }
  }
}
