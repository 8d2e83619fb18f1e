import Foundation
import TestSupport
import Testing

@Suite struct DiffCommandTests {
  @Test(arguments: [
    ("diff-resnet50-resnet101.txt", ["diff", "resnet50", "resnet101"]),
    ("diff-resnet50-itself.txt", ["diff", "resnet50", "resnet50"]),
    ("diff-resnet18-classes.md", ["diff", "resnet18", "--set-b", "classes=10", "--format", "markdown"]),
    (
      "diff-mobilenet_v2.json",
      ["diff", "mobilenet_v2", "--set-a", "classes=10", "--set-b", "classes=100", "--format", "json"]
    ),
    ("diff-resnet50-resnet50d.csv", ["diff", "resnet50", "resnet50d", "--format", "csv", "--convention", "thop"]),
    ("diff-symbolic.txt", ["diff", "vgg11", "vgg13", "--input", "1x3x224x224", "--set-b", "classes=C"]),
  ])
  func outputIsTheCommittedOne(name: String, arguments: [String]) throws {
    let outcome = try convscope(arguments)
    #expect(outcome.status == 0, "\(outcome.standardError)")
    try expectSnapshot(outcome.standardOutput, name)
  }

  /// Exports of torchvision's networks: in the folder that CONVSCOPE_ONNX_FILES names, else beside the package.
  private static let exports = URL(
    filePath: ProcessInfo.processInfo.environment["CONVSCOPE_ONNX_FILES"]
      ?? Golden.packageRoot.appending(path: "../shared/reference/onnx").standardizedFileURL.path)

  @Test(
    "an export aligns with the built-in network: exporters only fold batch norms",
    .enabled(if: FileManager.default.fileExists(atPath: exports.path), "needs the reference ONNX files"),
    arguments: [("resnet50", "resnet50-17.onnx", 53), ("mobilenet_v2", "mobilenet_v2-dynbatch.onnx", 52)])
  func exportsAlign(model: String, file: String, norms: Int) throws {
    let outcome = try convscope(
      "diff", model, Self.exports.appending(path: file).path, "--assume", "N=1, batch=1", "--format", "csv")
    #expect(outcome.status == 0, "\(outcome.standardError)")
    let changes = outcome.standardOutput.split(separator: "\n").dropFirst().map { $0.prefix { $0 != "," } }
    #expect(changes == Array(repeating: "folded", count: norms), "\(outcome.standardOutput)")
  }

  @Test(
    arguments: [
      (["resnet50"], 64, "nothing to compare resnet50 with"), (["resnet50", "resnet5"], 64, "unknown model 'resnet5'"),
      (["resnet50", "missing.yaml"], 66, "missing.yaml"),
      (["resnet50", "--set-b", "depth=1"], 64, "no parameter 'depth'"),
      (["resnet50", "--set-b", "classes"], 64, "'classes' is not a setting"), ([], 64, "before"),
      (["resnet50", "resnet18", "--input", "1x3x1x1e300"], 64, "--input"),
    ] as [([String], Int32, String)])
  func wrongInputIsExplained(arguments: [String], status: Int32, sentence: String) throws {
    let outcome = try convscope(["diff"] + arguments)
    #expect(outcome.status == status)
    #expect(outcome.standardError.contains(sentence), "\(outcome.standardError)")
    #expect(outcome.standardOutput == "")
  }
}
