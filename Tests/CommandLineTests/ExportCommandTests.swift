import Foundation
import TestSupport
import Testing

/// `convscope export`: whole files, or a sentence and none.
@Suite struct ExportCommandTests {
  @Test(arguments: [
    ("export-lenet5_modern.dot", ["export", "lenet5_modern", "--to", "dot", "-o", "-"]),
    ("export-lenet5_modern.json", ["export", "lenet5_modern", "--to", "json", "-o", "-"]),
  ])
  func textIsTheCommittedOne(name: String, arguments: [String]) throws {
    let outcome = try convscope(arguments)
    #expect(outcome.status == 0)
    #expect(outcome.standardError == "")
    try expectSnapshot(outcome.standardOutput, name)
  }

  @Test func aModelIsMeasuredLikeTheNetworkThatItIs() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.appending(path: "shufflenet_v2_x0_5.onnx").path
    for weights in [[], ["--weights", "synthetic:1.5"]] {
      let outcome = try convscope(["export", "shufflenet_v2_x0_5", "-o", path] + weights)
      #expect(outcome.status == 0, "\(outcome.standardError)")
      #expect(outcome.standardOutput == "")
      #expect(try folder.files == ["shufflenet_v2_x0_5.onnx"])
      let rows = try ["shufflenet_v2_x0_5", path].map {
        try convscope("analyze", $0, "--by", "stage", "--format", "csv").standardOutput
      }
      // Stages, parameters and operations; the file's name is not part of a row.
      #expect(rows[0] == rows[1])
    }
  }

  @Test func theGraphOfASymbolicNetworkHasFormulas() throws {
    let outcome = try convscope("export", "resnet18", "--input", "Nx3xHxW", "--to", "json", "-o", "-")
    #expect(outcome.status == 0)
    #expect(outcome.standardOutput.contains("\"floor((H+31)/32)\""))
  }

  @Test(
    arguments: [
      (["resnet5", "-o", "x.onnx"], 64, "unknown model 'resnet5'"),
      (["resnet18", "-o", "x.onnx", "--opset", "7"], 64, "operator set 7 is not one of 18 to 24"),
      (["convnext_tiny", "-o", "x.onnx", "--opset", "18"], 64, "(GELU): needs operator set 20 or newer"),
      (["resnet18", "-o", "x.onnx", "--weights", "synthetic:x"], 64, "--weights synthetic:x: the gain is a positive"),
      (["resnet18", "-o", "x.onnx", "--weights", "none.safetensors"], 66, "none.safetensors"),
      (["resnet18", "-o", "/no/such/folder/x.onnx"], 73, "/no/such/folder/x.onnx: cannot be written"),
      (["resnet18", "-o", "-"], 64, "an ONNX model is not text"),
      (
        ["resnet18", "-o", "x.json", "--to", "json", "--weights", "synthetic"], 64, "--weights belongs to an ONNX model"
      ),
      (["resnet18", "-o", "x.pdf", "--to", "pdf"], 64, "pdf"),
      (["vgg11", "-o", "x.onnx", "--input", "1x3x256x256"], 65, "7 positions of an axis of 8"),
      (["resnet18"], 64, "output"),
    ] as [([String], Int32, String)])
  func wrongInputIsExplained(arguments: [String], status: Int32, sentence: String) throws {
    let folder = try TemporaryFolder()
    let outcome = try convscope(["export"] + arguments, in: folder.url)
    #expect(outcome.status == status)
    #expect(outcome.standardError.contains(sentence), "\(outcome.standardError)")
    #expect(outcome.standardOutput == "")
    #expect(try folder.files == [])
  }
}

/// `convscope export FILE.onnx`: what becomes of the weights in the file.
@Suite struct ExportOwnWeightsTests {
  /// The outputs of a file with its own weights.
  private func outputs(_ file: String, _ folder: TemporaryFolder) throws -> [Double] {
    let outcome = try convscope(
      ["run", file, "--backend", "reference", "--format", "json", "--input", "1x3x64x64"], in: folder.url)
    #expect(outcome.status == 0, "\(outcome.standardError)")
    let document = try JSONSerialization.jsonObject(with: Data(outcome.standardOutput.utf8)) as? [String: Any]
    return try #require((document?["outputs"] as? [[String: Any]])?.first?["values"] as? [Double])
  }

  private func export(_ model: String, _ file: String, _ folder: TemporaryFolder, _ options: String...) throws {
    let outcome = try convscope(["export", model, "-o", file] + options, in: folder.url)
    #expect(outcome.status == 0, "\(outcome.standardError)")
  }

  private func size(_ file: String, _ folder: TemporaryFolder) throws -> Int {
    try Data(contentsOf: folder.url.appending(path: file)).count
  }

  @Test func aFileKeepsItsOwn() throws {
    let folder = try TemporaryFolder()
    try export("shufflenet_v2_x0_5", "a.onnx", folder, "--weights", "synthetic:1.5")
    try export("a.onnx", "b.onnx", folder)
    let expected = try outputs("a.onnx", folder)
    #expect(expected.contains { $0 != expected[0] })
    #expect(try outputs("b.onnx", folder) == expected)
  }

  @Test func othersTakeTheirPlaceWhereTheyAreGiven() throws {
    let folder = try TemporaryFolder()
    try export("shufflenet_v2_x0_5", "a.onnx", folder, "--weights", "synthetic:1.5")
    try export("shufflenet_v2_x0_5", "b.onnx", folder, "--weights", "synthetic:0.5")
    try export("a.onnx", "c.onnx", folder, "--weights", "b.onnx")
    #expect(try outputs("c.onnx", folder) == outputs("b.onnx", folder))
  }

  @Test func noneLeavesThemOut() throws {
    let folder = try TemporaryFolder()
    try export("shufflenet_v2_x0_5", "a.onnx", folder, "--weights", "synthetic")
    try export("a.onnx", "b.onnx", folder, "--weights", "none")
    #expect(try size("b.onnx", folder) < size("a.onnx", folder) / 10)
  }

  @Test func whatWasLeftOutStaysSmall() throws {
    let folder = try TemporaryFolder()
    try export("shufflenet_v2_x0_5", "a.onnx", folder)
    try export("a.onnx", "b.onnx", folder)
    #expect(try size("b.onnx", folder) < 2 * size("a.onnx", folder))
    #expect(try outputs("b.onnx", folder) == outputs("a.onnx", folder))
  }

  @Test func theFeatureExtractorHasThoseOfItsLayers() throws {
    let folder = try TemporaryFolder()
    try export("shufflenet_v2_x0_5", "a.onnx", folder, "--weights", "synthetic:1.5")
    try export("a.onnx", "b.onnx", folder, "--features")
    try export("shufflenet_v2_x0_5", "c.onnx", folder, "--features", "--weights", "synthetic:1.5")
    #expect(try outputs("b.onnx", folder) == outputs("c.onnx", folder))
  }
}
