import Foundation
import Testing

/// Whole output of the real executable, compared with committed files.
@Suite struct SnapshotTests {
  @Test(arguments: [
    ("list.txt", ["list"]),
    ("list-family.csv", ["list", "--family", "resnext", "--format", "csv"]),
    ("analyze-resnet50.txt", ["analyze", "resnet50"]),
    ("analyze-resnet50-exact.txt", ["analyze", "resnet50", "--exact"]),
    ("analyze-resnet50-operator.md", ["analyze", "resnet50", "--by", "operator", "--format", "markdown"]),
    ("analyze-lenet5.json", ["analyze", "lenet5", "--format", "json", "--by", "stage"]),
    ("analyze-lenet5-layer.csv", ["analyze", "lenet5", "--format", "csv", "--by", "layer"]),
    (
      "analyze-resnet50-assumed.txt",
      ["analyze", "resnet50", "--input", "1x3xHxW", "--assume", "H=32*h, W=32*w", "--by", "model"]
    ),
    ("analyze-resnet50-symbolic.csv", ["analyze", "resnet50", "--input", "Nx3xHxW", "--format", "csv"]),
    ("show-resnet18.txt", ["show", "resnet18", "--depth", "2"]),
    ("show-mobilenet_v2.txt", ["show", "mobilenet_v2", "--convention", "fvcore"]),
    ("compare.md", ["compare", "alexnet", "vgg16", "resnet50", "--format", "markdown", "--by", "stage"]),
    ("compare.csv", ["compare", "alexnet", "vgg16", "resnet50", "--format", "csv", "--convention", "thop"]),
    ("analyze-small_resnet.txt", ["analyze", "Examples/architectures/small_resnet.yaml"]),
    ("show-mbconv_net.txt", ["show", "Examples/architectures/mbconv_net.yaml", "--depth", "2"]),
    (
      "compare-described.md",
      [
        "compare", "Examples/architectures/inception.yaml", "resnet18", "--input", "1x3x224x224", "--format",
        "markdown",
      ]
    ),
    ("help.txt", ["--help"]),
    ("help-analyze.txt", ["analyze", "--help"]),
  ])
  func outputIsTheCommittedOne(name: String, arguments: [String]) throws {
    let outcome = try convscope(arguments)
    #expect(outcome.status == 0)
    #expect(outcome.standardError == "")
    try expectSnapshot(outcome.standardOutput, name)
  }

  @Test func noColourWhereThereIsNoTerminal() throws {
    #expect(!(try convscope("analyze", "resnet18").standardOutput.contains("\u{1B}")))
  }
}
