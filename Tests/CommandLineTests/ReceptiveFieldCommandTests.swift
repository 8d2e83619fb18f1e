import Foundation
import TestSupport
import Testing

/// `convscope receptive-field` as a whole.
@Suite struct ReceptiveFieldCommandTests {
  @Test(arguments: [
    ("receptive-field-vgg16.txt", ["vgg16"]),
    ("receptive-field-googlenet.csv", ["googlenet_paper", "--format", "csv"]),
    ("receptive-field-lenet5.json", ["lenet5", "--format", "json", "--unit", "0,0"]),
    ("receptive-field-efficientnet_b0-layer.txt", ["efficientnet_b0", "--layer", "features.4", "--unit", "3,3"]),
    (
      "receptive-field-tf_efficientnet_b0-symbolic.md",
      ["tf_efficientnet_b0", "--input", "1x3xHxW", "--format", "markdown"]
    ),
    ("receptive-field-nasnetamobile.txt", ["nasnetamobile"]),
    ("receptive-field-swin_t.txt", ["swin_t"]),
    ("receptive-field-small.txt", ["resnet18", "--input", "1x3x32x32"]),
  ])
  func outputIsTheCommittedOne(name: String, arguments: [String]) throws {
    let outcome = try convscope(["receptive-field"] + arguments)
    #expect(outcome.status == 0)
    #expect(outcome.standardError == "")
    try expectSnapshot(outcome.standardOutput, name)
  }

  /// Simonyan and Zisserman's network D: 212 pixels at stride 32 (Araujo, Norris and Sim 2019, table 1).
  @Test func documentHoldsTheFeatures() throws {
    struct Document: Decodable {
      struct Features: Decodable {
        var node: String
        var size: [Int]
        var stride: [Int]
        var padding: [Int]
      }
      struct Node: Decodable {
        var name: String
        var size: [Int]
        var clippedSize: [Int]
        var globalCause: String?
      }
      var features: Features
      var nodes: [Node]
    }
    let text = try convscope("receptive-field", "vgg16", "--format", "json").standardOutput
    let document = try JSONDecoder().decode(Document.self, from: Data(text.utf8))
    #expect(document.features.node == "features.30")
    #expect(document.features.size == [212, 212])
    #expect(document.features.stride == [32, 32])
    #expect(document.features.padding == [90, 90])
    let last = try #require(document.nodes.last)
    // Seven units of stride 32 together; nothing more than the image is there to see.
    #expect(last.size == [212 + 6 * 32, 212 + 6 * 32] && last.clippedSize == [224, 224])
    #expect(last.globalCause == "classifier.0")
  }

  @Test func pictureShowsWhatTheTableSays() throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "box.svg")
    let outcome = try convscope("receptive-field", "vgg16", "--unit", "1,5", "--draw", file.path)
    #expect(outcome.status == 0)
    #expect(outcome.standardOutput.contains("-58 to 153"))
    let picture = try String(contentsOf: file, encoding: .utf8)
    #expect(picture.hasPrefix("<?xml") && picture.hasSuffix("</svg>\n"))
    #expect(picture.contains("vgg16: unit (1, 5) of 7 x 7 in features.30"))
    #expect(picture.contains("rows -58 to 153, columns 70 to 281, 212 x 212 pixels"))
    #expect(picture.contains("rows 0 to 153, columns 70 to 223, 154 x 154 of 224 x 224 pixels"))
    #expect(try folder.files == ["box.svg"])
  }

  @Test(arguments: [
    (["resnet50", "--layer", "layer9"], "has no layer 'layer9'"),
    (["resnet50", "--unit", "7,0"], "the map has 7x7 units, counted from 0"),
    (["resnet50", "--unit", "1"], "give 2 whole numbers, such as 3,3"),
    (["resnet50", "--unit", "0,99999999999999999999"], "give 2 whole numbers"),
    (["resnet50", "--unit=-1,0"], "the map has 7x7 units"),
    (["resnet50", "--layer", "fc", "--unit", "1,1"], "the map has 1x1 units"),
    (["resnet50", "--input", "1x3xHxW", "--draw", "-"], "needs an image of two sides that are numbers"),
  ])
  func mistakesAreNamed(arguments: [String], message: String) throws {
    let outcome = try convscope(["receptive-field"] + arguments)
    #expect(outcome.status == 64)
    #expect(outcome.standardError.contains(message), "\(outcome.standardError)")
    #expect(outcome.standardOutput == "")
  }
}
