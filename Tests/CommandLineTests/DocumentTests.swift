import Foundation
import Testing

/// The keys that programs rely on.
@Suite struct DocumentTests {
  private func analysis(_ arguments: String...) throws -> [String: Any] {
    let outcome = try convscope(["analyze"] + arguments + ["--format", "json"])
    #expect(outcome.status == 0, "\(outcome.standardError)")
    let object = try JSONSerialization.jsonObject(with: Data(outcome.standardOutput.utf8))
    return try #require(object as? [String: Any])
  }

  @Test func analysisHasItsKeys() throws {
    let document = try analysis("resnet50")
    #expect(document["schema"] as? String == "convscope.analysis/1")
    #expect(document["model"] as? String == "resnet50")
    let input = try #require((document["input"] as? [[String: Any]])?.first)
    #expect(input["name"] as? String == "input")
    #expect(input["shape"] as? [Int] == [1, 3, 224, 224])
    let parameters = try #require(document["parameters"] as? [String: Int])
    #expect(parameters["total"] == 25_557_032)
    #expect(parameters["trainable"] == 25_557_032)
    #expect(parameters["buffers"] == 53_120)
    let operations = try #require(document["operations"] as? [String: Int])
    #expect(operations["macs"] == 4_089_184_256)
    #expect(operations["macs-bias"] == 4_089_185_256)
    #expect(operations["flops"] == 8_178_368_512)
    #expect(operations["fvcore"] == 4_111_512_576)
    #expect(operations["thop"] == 4_133_742_592)
    let activations = try #require(document["activations"] as? [String: Int])
    #expect(activations["elements"] == 11_114_984)
    #expect(activations["bytes"] == 4 * 11_114_984)
    #expect((document["unsupported"] as? [Any])?.isEmpty == true)
    let nodes = try #require(document["nodes"] as? [[String: Any]])
    let conv = try #require(nodes.first { $0["name"] as? String == "layer1.0.conv2" })
    #expect(conv["operator"] as? String == "Convolution")
    #expect(conv["inputs"] as? [String] == ["layer1.0.relu"])
    #expect(conv["outputShape"] as? [Int] == [1, 64, 56, 56])
    #expect(conv["parameters"] as? Int == 36_864)
    #expect(conv["macs"] as? Int == 115_605_504)
  }

  @Test func symbolicNumbersAreFormulas() throws {
    let document = try analysis("resnet50", "--input", "1x3xHxW")
    let nodes = try #require(document["nodes"] as? [[String: Any]])
    let last = try #require(nodes.last { $0["name"] as? String == "layer4.2.relu:2" })
    let shape = try #require(last["outputShape"] as? [Any])
    #expect(shape[1] as? Int == 2048)
    #expect(shape[2] as? String == "floor((H+31)/32)")
    #expect((document["operations"] as? [String: Any])?["macs"] is String)
  }

  @Test func oneAnswerInEveryFormat() throws {
    let csv = try convscope("analyze", "mobilenet_v2", "--format", "csv").standardOutput.split(separator: "\n")
    let row = Dictionary(uniqueKeysWithValues: zip(csv[0].split(separator: ","), csv[1].split(separator: ",")))
    #expect(row["macs"] == "300774272")
    #expect(row["parameters"] == "3504872")
    let table = try convscope("analyze", "mobilenet_v2").standardOutput
    #expect(table.contains("300,774,272"))
    #expect(table.contains("3,504,872"))
  }
}
