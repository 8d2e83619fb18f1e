import Foundation
import Testing

@Suite struct LintCommandTests {
  @Test(
    arguments: [
      ("lint-resnet50.txt", 0, ["lint", "resnet50"]),
      ("lint-vgg16_bn.txt", 1, ["lint", "vgg16_bn", "--strict", "--exact"]),
      ("lint-alexnet.json", 0, ["lint", "alexnet", "--format", "json"]),
      ("lint-alexnet.github", 0, ["lint", "alexnet", "--format", "github"]),
      ("lint-mobilenet_v2.txt", 0, ["lint", "mobilenet_v2", "--strict"]),
      ("lint-described.xml", 1, ["lint", "Examples/architectures/small_resnet.yaml", "--strict", "--format", "junit"]),
    ] as [(String, Int32, [String])])
  func outputIsTheCommittedOne(name: String, status: Int32, arguments: [String]) throws {
    let outcome = try convscope(arguments)
    #expect(outcome.status == status, "\(outcome.standardError)")
    #expect(outcome.standardError == "")
    try expectSnapshot(outcome.standardOutput, name)
  }

  @Test(
    arguments: [
      (["resnet5"], 64, "unknown model 'resnet5'"), (["missing.onnx"], 66, "missing.onnx"), ([], 64, "model"),
      (["resnet50", "--input", "1x3x4000000000x4000000000"], 65, "overflows 64-bit integers"),
      (["resnet50", "--format", "sarif"], 64, "sarif"),
    ] as [([String], Int32, String)])
  func wrongInputIsExplained(arguments: [String], status: Int32, sentence: String) throws {
    let outcome = try convscope(["lint"] + arguments)
    #expect(outcome.status == status)
    #expect(outcome.standardError.contains(sentence), "\(outcome.standardError)")
    #expect(outcome.standardOutput == "")
  }
}
