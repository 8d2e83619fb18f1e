import Foundation
import TestSupport
import Testing

@Suite("convscope memory")
struct MemoryCommandTests {
  @Test(arguments: [
    ("memory-resnet50.txt", ["memory", "resnet50"]),
    ("memory-resnet50-8.json", ["memory", "resnet50", "--input", "8x3x224x224", "--format", "json"]),
    ("memory-lenet5-layer.csv", ["memory", "lenet5", "--by", "layer", "--format", "csv"]),
    ("memory-googlenet.md", ["memory", "googlenet", "--format", "markdown", "--by", "model"]),
    ("memory-resnet18-symbolic.txt", ["memory", "resnet18", "--input", "Nx3x(32*h)x(32*h)", "--by", "model"]),
    (
      "memory-regnetx_002-all.txt",
      [
        "memory", "regnetx_002", "--inplace", "--fuse", "--concat-views", "--weights", "--best-order", "--precision",
        "mixed", "--optimizer", "adam", "--checkpoint", "1", "--fit", "16GiB", "--exact",
      ]
    ),
  ])
  func outputIsTheCommittedOne(name: String, arguments: [String]) throws {
    let outcome = try convscope(arguments)
    #expect(outcome.status == 0)
    #expect(outcome.standardError == "")
    try expectSnapshot(outcome.standardOutput, name)
  }

  private func document(_ arguments: String...) throws -> [String: Any] {
    let outcome = try convscope(["memory"] + arguments + ["--format", "json"])
    #expect(outcome.status == 0, "\(outcome.standardError)")
    return try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.standardOutput.utf8)) as? [String: Any])
  }

  private func number(_ document: [String: Any], _ object: String, _ key: String) throws -> Int {
    try #require((document[object] as? [String: Any])?[key] as? Int, "\(object).\(key)")
  }

  @Test("keys, and what torch measured for VGG-16 at batch 8")
  func keys() throws {
    let vgg = try document("vgg16", "--input", "8x3x224x224", "--optimizer", "adam")
    // 138,357,544 parameters; Tests/Golden/memory.csv holds the measurements.
    #expect(try number(vgg, "training", "gradientBytes") == 138_357_544 * 4)
    #expect(try number(vgg, "training", "optimizerBytes") == 138_357_544 * 8)
    let sum = try ["savedForBackwardBytes", "gradientBytes", "optimizerBytes", "parameterBytes"].reduce(0) {
      try $0 + number(vgg, "training", $1)
    }
    #expect(try number(vgg, "training", "totalBytes") == sum)
    #expect((vgg["inference"] as? [String: Any])?["peakNode"] as? String == "features.2")
    #expect(try number(vgg, "inference", "plannedPeakBytes") <= number(vgg, "inference", "eagerPeakBytes"))
    #expect(try number(vgg, "activations", "bytes") > 0)
  }

  @Test("the batch that fits does, and one more does not")
  func fit() throws {
    for (model, limit, bytes) in [("resnet18", "4GB", 4_000_000_000), ("mobilenet_v2", "900MiB", 943_718_400)] {
      let batch = try number(document(model, "--fit", limit), "fit", "batch")
      func total(_ batch: Int) throws -> Int {
        try number(document(model, "--input", "\(batch)x3x224x224"), "training", "totalBytes")
      }
      #expect(try total(batch) <= bytes)
      #expect(try total(batch + 1) > bytes)
    }
    let none = try document("vgg16", "--fit", "1MB")
    #expect((none["fit"] as? [String: Any])?["batch"] == nil)
  }

  @Test("a timeline is drawn with its peak and largest tensors")
  func timeline() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.appending(path: "live.svg").path
    let outcome = try convscope(["memory", "resnet18", "--timeline", path, "--by", "model"])
    #expect(outcome.status == 0)
    #expect(try folder.files == ["live.svg"])
    let svg = try String(contentsOfFile: path, encoding: .utf8)
    #expect(svg.hasPrefix("<?xml") && svg.hasSuffix("</svg>\n"))
    for text in [">peak 6.42 MB<", ">conv1<", ">3.21 MB<", ">layer4<"] { #expect(svg.contains(text), "\(text)") }
  }

  @Test("an order that saves memory is named, node by node")
  func bestOrder() throws {
    let document = try document("regnetx_002", "--best-order")
    let order = try #require(document["order"] as? [String: Any])
    #expect(order["savedBytes"] as? Int == 802_816)
    #expect(order["isOptimal"] as? Bool == true)
    #expect((order["nodes"] as? [String])?.isEmpty == false)
  }

  @Test(
    "mistakes are told in a sentence",
    arguments: [
      (["--fit", "24G"], "--fit: '24G': unknown unit 'G'"),
      (["--fit", "1GB", "--input", "1x3xHxH"], "symbol H has no value"),
      (["--checkpoint", "0"], "--checkpoint 0: a segment has at least 1 block"),
      (["--best-order", "--input", "Nx3x224x224"], "--best-order: the input holds symbols"),
      (["--timeline", "x.svg", "--input", "Nx3x224x224"], "--timeline: the input holds symbols"),
      (["--input", "4000000000x3x40000x40000"], "overflows 64-bit integers"),
    ])
  func mistakes(arguments: [String], message: String) throws {
    let outcome = try convscope(["memory", "resnet18"] + arguments)
    #expect(outcome.status != 0)
    #expect(outcome.standardOutput == "")
    #expect(outcome.standardError.hasPrefix("convscope: "))
    #expect(outcome.standardError.contains(message), "\(outcome.standardError)")
  }
}
