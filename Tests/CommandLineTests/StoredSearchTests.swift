import Foundation
import TestSupport
import Testing

/// Searches with a command and a store, and how they are interrupted.
@Suite struct StoredSearchTests {
  private let folder: TemporaryFolder
  /// Some sixty points.
  private let search = [
    "search", "efficientnet", "--alpha", "1.0:1.4:0.05", "--beta", "1.0:1.2:0.05", "--gamma", "1.0:1.3:0.05",
    "--tolerance", "0.1",
  ]

  init() throws { folder = try TemporaryFolder() }

  /// A command that notes each point it is run for, and whose score follows from the point.
  private func command(log: String, seconds: Double = 0) throws -> String {
    let script = folder.url.appending(path: "score-\(log).sh")
    try """
    echo "$1 $2 $3" >> \(folder.path(log))
    sleep \(seconds)
    awk -v a="$1" -v b="$2" -v g="$3" 'BEGIN { printf "%.6f\\n", 1 - (a - 1.2)^2 - (b - 1.1)^2 - (g - 1.15)^2 }'
    """.write(to: script, atomically: true, encoding: .utf8)
    return "sh \(script.path) {alpha} {beta} {gamma}"
  }

  private func lines(_ log: String) -> [Substring] {
    ((try? String(contentsOfFile: folder.path(log), encoding: .utf8)) ?? "").split(separator: "\n")
  }

  @Test func pointsAreRankedByTheScoresOfACommand() throws {
    let outcome = try convscope(search + ["--evaluate", try command(log: "log"), "--format", "csv", "--jobs", "3"])
    #expect(outcome.standardError == "")
    let rows = outcome.standardOutput.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
    #expect(rows.count == Set(lines("log")).count && rows.count == lines("log").count && rows.count > 20)
    let scores = rows.compactMap { Double($0.last ?? "") }
    #expect(scores.count == rows.count)
    #expect(scores == scores.sorted(by: >))
    for (row, score) in zip(rows, scores) {
      let (alpha, beta, gamma) = (Double(row[0]) ?? 0, Double(row[1]) ?? 0, Double(row[2]) ?? 0)
      let expected =
        1 - (alpha - 1.2) * (alpha - 1.2) - (beta - 1.1) * (beta - 1.1) - (gamma - 1.15) * (gamma - 1.15)
      #expect(abs(score - expected) < 1e-6)
    }
  }

  @Test func filesOfThePointsNetworksAreWhatTheCommandReads() throws {
    let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      .appending(path: "convscope").path
    // The score is the number of multiply-accumulates that the program counts in the file.
    for file in ["model.yaml", "model.onnx"] {
      let count = "\(program) check {\(file)} --max-macs 1 --format json"
      let pick = "\(count) | tr -d ' \\n' | grep -o '\"actual\":[0-9]*' | head -1 | cut -d: -f2"
      let outcome = try convscope([
        "search", "efficientnet", "--alpha", "1.2", "--beta", "1.1", "--gamma", "1.15", "--format", "json", "--shell",
        "--evaluate", pick,
      ])
      let document = try #require(
        try JSONSerialization.jsonObject(with: Data(outcome.standardOutput.utf8)) as? [String: Any])
      let point = try #require((document["points"] as? [[String: Any]])?.first)
      #expect(point["score"] as? Int == point["macs"] as? Int, "\(file): \(outcome.standardError)")
    }
  }

  @Test func aSecondRunReusesScoresOnAnyGrid() throws {
    let evaluation = ["--evaluate", try command(log: "log"), "--store", folder.path("store"), "--format", "csv"]
    let first = try convscope(search + evaluation)
    let count = lines("log").count
    let second = try convscope(search + evaluation)
    #expect(first.standardOutput == second.standardOutput)
    #expect(lines("log").count == count)
    // A wider tolerance tries only what is new.
    let wider = try convscope(search.dropLast() + ["0.2"] + evaluation)
    let points = wider.standardOutput.split(separator: "\n").count - 1
    #expect(points > count)
    #expect(lines("log").count == points && Set(lines("log")).count == points)
  }

  @Test func failuresAreToldPointByPointAndTogether() throws {
    let command = "test {beta} != 1.1 || { echo 'out of memory' >&2; exit 1; }; test {beta} = 1 && echo none || echo 3"
    let evaluation = ["--shell", "--evaluate", command, "--store", folder.path("store")]
    let outcome = try convscope(search + evaluation + ["--limit", "100"])
    #expect(outcome.status == 0)
    #expect(outcome.standardOutput.contains("exit status 1: out of memory"))
    #expect(outcome.standardOutput.contains("no number in its last line 'none'"))
    #expect(outcome.standardOutput.contains(" points have no score, first alpha="))
    // Nothing already computed is lost, and what failed is tried again.
    let mended = try convscope(search + evaluation + ["--format", "csv", "--retries", "1"])
    #expect(mended.standardError.contains(" points have no score, first alpha="))
    let query = try convscope("query", folder.path("store"), "--order-by", "-attempts", "--format", "csv")
    let rows = query.standardOutput.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let place = try #require(rows[0].firstIndex(of: "attempts"))
    #expect(rows[1][place] == "3")
    #expect(rows.last?[place] == "1")
  }

  @Test func twoProcessesOnOneStoreTryNoPointTwice() throws {
    let arguments =
      search + [
        "--evaluate", try command(log: "log", seconds: 0.02), "--store", folder.path("store"), "--format", "csv",
      ]
    let other = try StartedProcess(arguments)
    let outcome = try convscope(arguments)
    other.wait()
    #expect(outcome.status == 0)
    let points = outcome.standardOutput.split(separator: "\n").count - 1
    #expect(lines("log").count == points)
    #expect(Set(lines("log")).count == points)
    #expect(try convscope(arguments).standardOutput == outcome.standardOutput)
  }

  @Test func partsJoinedAreTheWhole() throws {
    let evaluation = ["--evaluate", try command(log: "log"), "--format", "csv"]
    let whole = try convscope(search + evaluation)
    let parts = (1...3).map { folder.path("part-\($0)") }
    for (index, part) in parts.enumerated() {
      #expect(try convscope(search + evaluation + ["--store", part, "--shard", "\(index + 1)/3"]).status == 0)
    }
    #expect(try convscope(["merge"] + parts + ["-o", folder.path("all")]).status == 0)
    let joined = try convscope(search + evaluation + ["--store", folder.path("all")])
    #expect(joined.standardOutput == whole.standardOutput)
    #expect(lines("log").count == 2 * (whole.standardOutput.split(separator: "\n").count - 1))
  }

  @Test func aKilledSearchGoesOnWhereItStopped() throws {
    let start = Date()
    let whole = try convscope(search + ["--evaluate", try command(log: "whole"), "--jobs", "2", "--format", "csv"])
    let duration = Date().timeIntervalSince(start)
    let points = whole.standardOutput.split(separator: "\n").count - 1
    for round in 0..<(isThorough ? 20 : 3) {
      let (store, log) = (folder.path("store-\(round)"), "log-\(round)")
      let arguments =
        search + [
          "--evaluate", try command(log: log, seconds: 0.01), "--store", store, "--jobs", "2", "--format", "csv",
        ]
      let process = try StartedProcess(arguments)
      Thread.sleep(forTimeInterval: .random(in: 0...duration))
      process.kill()
      let done = try query(store, "score>-1000000").count
      let outcome = try convscope(arguments)
      #expect(outcome.standardOutput == whole.standardOutput)
      #expect(Set(lines(log)).count == points)
      // A point is tried again only if its command was running when the process was killed.
      #expect(lines(log).count <= points + 2)
      #expect(lines(log).count >= points && done <= points)
      #expect(try query(store, nil).count == points)
      #expect(Set(try query(store, nil)).count == points)
    }
  }

  /// The points of a store, as lines.
  private func query(_ store: String, _ condition: String?) throws -> [Substring] {
    guard FileManager.default.fileExists(atPath: store) else { return [] }
    let columns = ["--columns", "alpha,beta,gamma", "--format", "csv"]
    let outcome = try convscope(["query", store] + columns + (condition.map { ["--where", $0] } ?? []))
    return outcome.status == 0 ? outcome.standardOutput.split(separator: "\n").dropFirst().map { $0 } : []
  }

  @Test func aSearchThatIsAskedToEndEndsItsCommandsAndKeepsWhatIsDone() throws {
    let pid = folder.path("pid")
    let arguments =
      search + ["--shell", "--evaluate", "echo $$ > \(pid); exec sleep 600", "--store", folder.path("store")]
    let process = try StartedProcess(arguments)
    while (try? String(contentsOfFile: pid, encoding: .utf8))?.isEmpty ?? true { Thread.sleep(forTimeInterval: 0.02) }
    process.interrupt()
    process.wait()
    #expect(process.status == 130)
    let number = try String(contentsOfFile: pid, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    let stat = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8)
    #expect(stat?.contains(") Z ") ?? true)
  }

  @Test func theSlurmScriptsRunHere() throws {
    let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["Examples/slurm/local.sh"]
    process.currentDirectoryURL = Golden.packageRoot
    process.environment = [
      "PATH": "/usr/bin:/bin", "CONVSCOPE": program.appending(path: "convscope").path, "PARTS": "3",
      "RESULTS": folder.path("results"), "COMMAND": "sh Examples/slurm/score.sh {alpha} {beta} {gamma}",
    ]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let lines = text.split(separator: "\n")
    let rule = try #require(lines.lastIndex { $0.hasPrefix("─") })
    let best = lines[rule + 1].split(separator: " ")
    #expect(best.prefix(3) == ["1.2", "1.1", "1.15"] && best.last == "0.77")
  }

  @Test(arguments: [
    (
      ["--evaluate", "a | b"],
      "--evaluate: '|' at character 3 means something to a shell only: quote it, or give --shell"
    ),
    (["--evaluate", "a", "--jobs", "0"], "--jobs 0: it takes 1 to 1024"),
    (["--evaluate", "a", "--timeout", "soon"], "--timeout soon: write a time, such as 90s, 30m or 12h"),
    (["--evaluate", "a", "--timeout", "nan"], "--timeout nan: write a time, such as 90s, 30m or 12h"),
    (["--jobs", "2"], "--shell, --jobs, --timeout and --retries belong to --evaluate"),
    (["--shard", "4/3"], "--shard 4/3: write which part of how many, such as 3/16; parts are counted from 1"),
    (["--shard", "0/3"], "--shard 0/3: write which part of how many, such as 3/16; parts are counted from 1"),
    (["--shard", "3"], "--shard 3: write which part of how many, such as 3/16; parts are counted from 1"),
    (["--store", "/dev/null/x"], "'/dev/null/x': unable to open database file"),
    (["--rank", "score"], "--rank score: there are no --scores to rank by, and no --evaluate"),
  ])
  func wrongOptionsAreToldClearly(options: [String], message: String) throws {
    let outcome = try convscope(["search", "efficientnet"] + options)
    #expect(outcome.status != 0)
    #expect(outcome.standardError.hasPrefix("convscope: \(message)"))
  }
}
