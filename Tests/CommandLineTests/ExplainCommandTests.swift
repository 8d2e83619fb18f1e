import Foundation
import Testing

@Suite struct ExplainCommandTests {
  @Test(arguments: [
    ("explain-resnet50-conv1.txt", ["explain", "resnet50", "--layer", "conv1"]),
    ("explain-mobilenet_v2-depthwise.txt", ["explain", "mobilenet_v2", "--layer", "features.2.conv.1.0"]),
    ("explain-googlenet-pool.txt", ["explain", "googlenet", "--layer", "maxpool1", "--quantity", "shape"]),
    (
      "explain-vit_b_16-scores.txt",
      [
        "explain", "vit_b_16", "--layer", "encoder.layers.encoder_layer_0.self_attention.matmul", "--quantity", "macs",
        "--input", "1x3xHxW",
      ]
    ),
    ("explain-lenet5.json", ["explain", "lenet5_modern", "--layer", "conv1", "--format", "json"]),
    ("explain-densenet121-norm.md", ["explain", "densenet121", "--layer", "features.norm0", "--format", "markdown"]),
  ])
  func outputIsTheCommittedOne(name: String, arguments: [String]) throws {
    let outcome = try convscope(arguments)
    #expect(outcome.status == 0)
    #expect(outcome.standardError == "")
    try expectSnapshot(outcome.standardOutput, name)
  }

  @Test func anUnknownLayerSuggestsNearNames() throws {
    let near = try convscope("explain", "resnet50", "--layer", "layer1.0.con1")
    #expect(near.status == 64)
    #expect(near.standardError.contains("did you mean layer1.0.conv1"))
    let far = try convscope("explain", "resnet50", "--layer", "zzzzzzzzzzzzzzzzzzzzzzzz")
    #expect(far.standardError.contains("'convscope show resnet50' prints the names"))
    #expect(try convscope("explain", "resnet50", "--layer", "").status == 64)
    let long = try convscope("explain", "resnet50", "--layer", String(repeating: "x", count: 100_000))
    #expect(long.standardError.utf8.count < 400)
  }
}
