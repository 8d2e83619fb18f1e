import Foundation
import Testing

/// Whole output of the real executable, compared with committed files.
@Suite struct SnapshotTests {
  @Test(arguments: [
    ("list.txt", ["list"]),
    ("list-family.csv", ["list", "--family", "resnext", "--format", "csv"]),
    (
      "list-selected.txt",
      ["list", "--year", "2015..2017", "--max-params", "30M", "--max-macs", "5G", "--sort", "macs"]
    ),
    ("info-resnet50.txt", ["info", "resnet50"]),
    ("info-efficientnet_b2.md", ["info", "efficientnet_b2", "--format", "markdown"]),
    ("info-mobilenet_v2.csv", ["info", "mobilenet_v2", "--format", "csv"]),
    ("info-lenet5.json", ["info", "lenet5", "--format", "json"]),
    ("show-alexnet-state.txt", ["show", "alexnet", "--state-dict"]),
    ("show-lenet5_modern-state.json", ["show", "lenet5_modern", "--state-dict", "--format", "json"]),
    ("analyze-resnet50-features.txt", ["analyze", "resnet50", "--features"]),
    (
      "analyze-resnet50-set.csv",
      ["analyze", "resnet50", "--set", "classes=10", "--set", "depths[2]=9", "--format", "csv"]
    ),
    (
      "compare-features.csv",
      ["compare", "resnet50", "vgg16", "efficientnet_b0", "--features", "--set", "classes=C", "--format", "csv"]
    ),
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
