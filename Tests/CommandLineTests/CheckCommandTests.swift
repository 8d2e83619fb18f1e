import Foundation
import FoundationXML
import TestSupport
import Testing

@Suite struct CheckCommandTests {
  @Test(
    arguments: [
      (
        "check-mobilenet_v2.txt", 0,
        [
          "check", "mobilenet_v2", "--max-macs", "600M", "--max-params", "5M", "--max-peak-memory", "15MB",
          "--min-receptive-field", "224",
        ]
      ),
      ("check-resnet50.txt", 1, ["check", "resnet50", "--max-macs", "600M", "--max-params", "30M", "--exact"]),
      (
        "check-alexnet.xml", 1,
        ["check", "alexnet", "--min-receptive-field", "224", "--max-macs", "1G", "--format", "junit"]
      ),
      (
        "check-alexnet.github", 1,
        ["check", "alexnet", "--min-receptive-field", "224", "--max-macs", "1G", "--format", "github"]
      ),
      (
        "check-described.json", 0,
        ["check", "Examples/architectures/small_resnet.yaml", "--max-params", "5M", "--format", "json"]
      ),
    ] as [(String, Int32, [String])])
  func outputIsTheCommittedOne(name: String, status: Int32, arguments: [String]) throws {
    let outcome = try convscope(arguments)
    #expect(outcome.status == status, "\(outcome.standardError)")
    #expect(outcome.standardError == "")
    try expectSnapshot(outcome.standardOutput, name)
  }

  @Test("JUnit output is XML that a parser reads")
  func junitIsXML() throws {
    let outcome = try convscope("check", "resnet50", "--max-macs", "1", "--max-params", "1G", "--format", "junit")
    #expect(outcome.status == 1)
    let document = try XMLDocument(xmlString: outcome.standardOutput)
    let cases = try document.nodes(forXPath: "/testsuites/testsuite/testcase")
    #expect(cases.count == 2)
    #expect(try document.nodes(forXPath: "//failure").count == 1)
  }

  @Test("a broken budget leaves its report in the file")
  func brokenBudgetsAreWritten() throws {
    let folder = try TemporaryFolder()
    let outcome = try convscope(["check", "resnet18", "--max-macs", "1", "-o", "report.txt"], in: folder.url)
    #expect(outcome.status == 1)
    #expect(try folder.files == ["report.txt"])
  }

  @Test(arguments: [
    (["resnet50"], "no budget to check: give at least one"),
    (["resnet50", "--max-macs", "1e300"], "--max-macs 1e300: write a whole number"),
    (["resnet50", "--max-macs", "-5"], "--max-macs"),
    (["resnet50", "--max-macs", ""], "--max-macs : write a whole number"),
    (["resnet50", "--max-params", "99999999999999999999"], "--max-params 99999999999999999999: write a whole number"),
    (["resnet50", "--max-params", "0.5"], "--max-params 0.5: write a whole number"),
    (["resnet50", "--max-peak-memory", "8M"], "--max-peak-memory 8M: "),
    (["resnet50", "--max-peak-memory", "99999999PB"], "--max-peak-memory 99999999PB: "),
    (["resnet50", "--min-receptive-field", "wide"], "--min-receptive-field wide: write a whole number"),
    (["resnet50", "--max-macs", "5G", "--input", "1x3xHxW"], "macs depends on H, W"),
    (["resnet5", "--max-macs", "5G"], "unknown model 'resnet5'"),
    (["resnet50", "--max-macs", "5G", "--format", "xml"], "xml"),
  ])
  func wrongInputIsExplained(arguments: [String], sentence: String) throws {
    let outcome = try convscope(["check"] + arguments)
    #expect(outcome.status == 64)
    #expect(outcome.standardError.contains(sentence), "\(outcome.standardError)")
    #expect(outcome.standardOutput == "")
  }
}
