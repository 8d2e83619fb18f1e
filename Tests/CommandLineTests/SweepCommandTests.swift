import Foundation
import TestSupport
import Testing

@Suite struct SweepCommandTests {
  @Test(arguments: [
    (
      "sweep-efficientnet.txt",
      ["sweep", "efficientnet", "--depth", "1:1.4:0.1", "--width", "1,1.1", "--resolution", "224,260", "--exact"]
    ),
    (
      "sweep-pareto.md",
      [
        "sweep", "efficientnet", "--depth", "1:3.1:0.1", "--width", "1:2:0.1", "--resolution", "224:600:8", "--where",
        "macs>=3.9G && macs<=4.1G", "--pareto", "params,acts", "--format", "markdown",
      ]
    ),
    (
      "sweep-regnet.json",
      [
        "sweep", "regnety_004", "--width", "1,1.5", "--group-width", "1,2", "--rounding", "nearest", "--columns",
        "receptive-field,peak-memory", "--format", "json",
      ]
    ),
    (
      "search-efficientnet.txt",
      ["search", "efficientnet", "--tolerance", "0.01", "--phi", "1..2", "--limit", "5", "--rank", "distance"]
    ),
    (
      "search-efficientnet.json",
      [
        "search", "efficientnet", "--alpha", "1.1:1.3:0.1", "--beta", "1:1.2:0.1", "--gamma", "1:1.3:0.15", "--format",
        "json",
      ]
    ),
    ("scaling-efficientnet.txt", ["scaling", "efficientnet"]),
    ("scaling-efficientnetv2.md", ["scaling", "efficientnetv2", "--format", "markdown"]),
    ("sample-regnet.txt", ["sample", "--count", "60", "--where", "macs<=2G", "--limit", "5"]),
  ])
  func outputIsTheCommittedOne(name: String, arguments: [String]) throws {
    let outcome = try convscope(arguments)
    #expect(outcome.status == 0)
    #expect(outcome.standardError == "")
    try expectSnapshot(outcome.standardOutput, name)
  }

  @Test func linesBeginWithTheSameColumnsAndDoNotDependOnThreads() throws {
    let arguments = [
      "sweep", "mobilenet_v2", "--depth", "1:2:0.1", "--width", "0.5:1.5:0.1", "--resolution", "96:224:32",
    ]
    let one = try convscope(arguments + ["--format", "csv", "--threads", "1"])
    let lines = one.standardOutput.split(separator: "\n")
    #expect(lines.count == 1 + 11 * 11 * 5)
    #expect(lines[0] == "depth,width,resolution,parameters,macs,activations")
    // torchvision's mobilenet_v2.
    #expect(lines.contains("1,1,224,3504872,300774272,6679112"))
    #expect(try convscope(arguments + ["--format", "csv", "--threads", "3"]).standardOutput == one.standardOutput)
    let json = try convscope(arguments + ["--format", "json", "--where", "depth==1 && resolution==224"])
    struct Document: Decodable {
      var schema: String
      var points: [[String: Double]]
    }
    let document = try JSONDecoder().decode(Document.self, from: Data(json.standardOutput.utf8))
    #expect(document.schema == "convscope.sweep/1" && document.points.count == 11)
    let nothing = try convscope(arguments + ["--format", "json", "--where", "macs<1"])
    #expect(try JSONDecoder().decode(Document.self, from: Data(nothing.standardOutput.utf8)).points.isEmpty)
  }

  @Test func aFileAndAChartAreWrittenWhole() throws {
    let folder = try TemporaryFolder()
    func file(_ name: String) -> String { folder.url.appending(path: name).path }
    let arguments = ["sweep", "resnet", "--depth", "1,2", "--width", "0.5:1.5:0.25", "--x", "width", "--y", "macs"]
    let outcome = try convscope(
      arguments + ["--series", "depth", "--format", "csv", "-o", file("a.csv"), "--chart", file("a.svg")])
    #expect(outcome.status == 0 && outcome.standardOutput == "" && outcome.standardError == "")
    #expect(try folder.files == ["a.csv", "a.svg"])
    #expect(try String(contentsOfFile: file("a.csv"), encoding: .utf8).split(separator: "\n").count == 11)
    let svg = try String(contentsOfFile: file("a.svg"), encoding: .utf8)
    #expect(svg.contains("depth 1") && svg.contains("depth 2"))
    let failed = try convscope(arguments + ["--series", "nothing", "--chart", file("b.svg")])
    #expect(failed.status == 64 && failed.standardError.contains("'nothing'"))
    #expect(try folder.files == ["a.csv", "a.svg"])
  }

  @Test func theReferenceRowIsThereWhereItIsOutside() throws {
    let outcome = try convscope("search", "efficientnet", "--tolerance", "0.01", "--limit", "1")
    #expect(outcome.standardOutput.contains("outside the tolerance"))
    #expect(outcome.standardOutput.contains("1.92027"))
    let inside = try convscope("search", "efficientnet", "--limit", "1")
    #expect(inside.standardOutput.contains("constants, within the tolerance"))
  }

  @Test func scoresRankPoints() throws {
    let folder = try TemporaryFolder()
    let scores = folder.url.appending(path: "scores.csv")
    try "alpha,beta,gamma,score\n1.2,1.1,1.15,77.3\n1.28,1,1.25,76.9\n".write(
      to: scores, atomically: true, encoding: .utf8)
    let outcome = try convscope("search", "efficientnet", "--scores", scores.path, "--format", "csv")
    let lines = outcome.standardOutput.split(separator: "\n")
    #expect(lines[0].hasPrefix("alpha,beta,gamma,phi,product,depth,width,resolution,parameters,macs,activations"))
    #expect(lines[1].hasPrefix("1.2,1.1,1.15,1,1.92027,") && lines[1].hasSuffix(",77.3"))
    #expect(lines[2].hasPrefix("1.28,1,1.25,1,2,") && lines[2].hasSuffix(",76.9"))
    #expect(lines[3].hasSuffix(","))
    try "alpha,beta\n".write(to: scores, atomically: true, encoding: .utf8)
    let wrong = try convscope("search", "efficientnet", "--scores", scores.path)
    #expect(wrong.status == 65 && wrong.standardError.contains("line 1"))
  }

  @Test(arguments: [
    (["sweep", "efficientnet", "--depth", "2:1:0.1"], "empty"),
    (["sweep", "efficientnet", "--width", "1:2:0"], "step is 0"),
    (["sweep", "efficientnet", "--resolution", "nan"], "no finite"),
    (["sweep", "efficientnet", "--depth", "0"], "above 0"),
    (["sweep", "efficientnet", "--width", "101"], "at most 100"),
    (["sweep", "efficientnet", "--resolution", "40000"], "at most"),
    (["sweep", "efficientnet", "--columns", "speed"], "'speed'"),
    (["sweep", "efficientnet", "--where", "speed<1"], "'speed'"),
    (["sweep", "efficientnet", "--pareto", "macs,speed"], "'speed'"),
    (["sweep", "efficientnet", "--set", "nothing=1"], "nothing"),
    (["sweep", "nosuchfamily"], "no family"), (["sweep", "lenet5"], "no stages"),
    (["sweep", "inception_v4", "--width", "2"], "no width"),
    (["sweep", "efficientnet", "--group-width", "2"], "no group width"),
    (["sweep", "efficientnet", "--threads", "0"], "1 to 256"),
    (["search", "efficientnet", "--alpha", "1:1.1:0.1", "--beta", "1:1.1:0.1", "--gamma", "1"], "upper one"),
    (["search", "efficientnet", "--phi", "0..2"], "phi"), (["search", "efficientnet", "--phi", "7..1"], "'7..1'"),
    (["search", "efficientnet", "--rank", "score"], "no --scores"),
    (["search", "efficientnet", "--target", "x"], "--target"),
    (["search", "efficientnet", "--tolerance", "inf"], "--tolerance"),
    (["scaling", "lenet5"], "no stages"), (["sample", "resnet50"], "no RegNet"), (["sample", "--count", "0"], "draws"),
    (["sample", "--depth", "9"], "no range"), (["sweep", "efficientnet", "--limit", "0"], "--limit"),
  ])
  func wrongInputIsOneSentence(arguments: [String], part: String) throws {
    let outcome = try convscope(arguments)
    #expect(outcome.status == 64)
    #expect(outcome.standardOutput == "")
    #expect(outcome.standardError.split(separator: "\n").count == 1)
    #expect(outcome.standardError.contains(part), "\(outcome.standardError)")
  }
}
