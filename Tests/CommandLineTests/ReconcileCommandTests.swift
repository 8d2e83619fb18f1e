import Foundation
import Testing

@Suite struct ReconcileCommandTests {
  @Test(arguments: [
    ("reconcile-resnet50.txt", ["reconcile", "resnet50"]),
    ("reconcile-vit_b_16.md", ["reconcile", "vit_b_16", "--format", "markdown"]),
    ("reconcile-lenet5.json", ["reconcile", "lenet5", "--format", "json"]),
    ("reconcile-convnext_tiny.csv", ["reconcile", "convnext_tiny", "--format", "csv"]),
    ("reconcile-described.txt", ["reconcile", "Examples/architectures/small_resnet.yaml", "--convention", "fvcore"]),
  ])
  func outputIsTheCommittedOne(name: String, arguments: [String]) throws {
    let outcome = try convscope(arguments)
    #expect(outcome.status == 0, "\(outcome.standardError)")
    try expectSnapshot(outcome.standardOutput, name)
  }

  @Test(
    arguments: [
      (["resnet5"], 64, "unknown model 'resnet5'"), (["missing.onnx"], 66, "missing.onnx"),
      (["resnet50", "--input", "1x3x4000000000x4000000000"], 65, "overflows 64-bit integers"),
      (["resnet50", "--convention", "gflops"], 64, "gflops"), ([], 64, "model"),
    ] as [([String], Int32, String)])
  func wrongInputIsExplained(arguments: [String], status: Int32, sentence: String) throws {
    let outcome = try convscope(["reconcile"] + arguments)
    #expect(outcome.status == status)
    #expect(outcome.standardError.contains(sentence), "\(outcome.standardError)")
    #expect(outcome.standardOutput == "")
  }
}
