import Foundation
import TestSupport
import Testing

@Suite struct StateDictionaryTests {
  private struct Tensor: Decodable {
    var name: String
    var shape: [Int]
    var elementType: String
    var kind: String
  }

  @Test(arguments: ["resnet50", "efficientnet_b0"])
  func namesAndShapesAreTheReferences(model: String) throws {
    let outcome = try convscope("show", model, "--state-dict", "--format", "json")
    #expect(outcome.status == 0)
    let tensors = try JSONDecoder().decode([Tensor].self, from: Data(outcome.standardOutput.utf8))
    let reference = try Golden.rows("state_dict/\(model).csv")
    #expect(tensors.map(\.name) == reference.map { $0["name"] })
    #expect(tensors.map { $0.shape.map(String.init).joined(separator: "x") } == reference.map { $0["shape"] })
    for tensor in tensors {
      let isCounter = tensor.name.hasSuffix("num_batches_tracked")
      let isBuffer = tensor.name.contains("running_")
      #expect(tensor.kind == (isCounter ? "counter" : isBuffer ? "buffer" : "parameter"))
      #expect(tensor.elementType == (isCounter ? "int64" : "float32"))
    }
    let total = tensors.filter { $0.kind == "parameter" }.reduce(0) { $0 + $1.shape.reduce(1, *) }
    #expect(total == (model == "resnet50" ? 25_557_032 : 5_288_548))
  }

  @Test func csvAndJSONListTheSameTensors() throws {
    let csv = try convscope("show", "resnet18", "--state-dict", "--format", "csv").standardOutput
    let lines = csv.split(separator: "\n")
    #expect(lines[0] == "name,shape,element_type,kind")
    #expect(lines[1] == "conv1.weight,64x3x7x7,float32,parameter")
    #expect(lines.count == 1 + 122)
  }

  @Test func aBackboneHasNoClassifier() throws {
    let csv = try convscope("show", "resnet18", "--state-dict", "--features", "--format", "csv").standardOutput
    #expect(csv.split(separator: "\n").count == 1 + 120)
    #expect(!csv.contains("fc.weight"))
  }
}
