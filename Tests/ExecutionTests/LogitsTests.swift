import Architectures
import Execution
import Foundation
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// Networks run with weights and an input that follow from names, as PyTorch ran them in float64.
@Suite("Logits")
struct LogitsTests {
  struct Expectation: CustomTestStringConvertible, Sendable {
    var model: String
    var side: Int
    var gain: Double
    /// Relative distance of PyTorch's own float32 run.
    var error: Double
    var logits: [Double]

    var testDescription: String { model }

    static let all: [Expectation] = {
      let rows = (try? Golden.rows("numeric/logits.csv")) ?? []
      return rows.map { row in
        Expectation(
          model: row["model"].split(separator: "/").last.map(String.init) ?? "", side: row.number("side") ?? 0,
          gain: Double(row["gain"]) ?? 0, error: Double(row["error"]) ?? 0,
          logits: row["logits"].split(separator: " ").compactMap { Double($0) })
      }
    }()

    /// Networks that run in about a second, of as many families as there are such; all of them when asked.
    static let chosen: [Expectation] = {
      if ProcessInfo.processInfo.environment["CONVSCOPE_THOROUGH"] != nil { return all }
      let quick: Set = [
        "alexnet", "squeezenet1_1", "mobilenet_v3_small", "mnasnet0_5", "shufflenet_v2_x0_5", "regnetx_002",
        "regnet_y_400mf", "ghostnet_100", "convnext_atto", "tf_efficientnet_b0", "semnasnet_100", "mobilenetv1_100",
        "vit_tiny_patch16_224", "resnet18", "nf_resnet50",
      ]
      return all.filter { quick.contains($0.model) }
    }()
  }

  @Test func thereIsAnExpectationForEachChosenNetwork() {
    #expect(Expectation.all.count == 81)
    #expect(Expectation.chosen.count >= 14)
    #expect(Expectation.all.allSatisfy { $0.logits.count == 1000 })
  }

  @Test("reference = PyTorch in float64", arguments: Expectation.chosen)
  func referenceKernelsGiveTheLogits(_ expected: Expectation) throws {
    let entry = try #require(Catalog.entry(named: expected.model))
    let graph = try entry.graph(input: [1, 3, .init(expected.side), .init(expected.side)])
    let state = try ModelState(graph, from: SyntheticTensors(gain: expected.gain))
    let executor = try ReferenceExecutor(graph, state: state)
    let output = try executor.run([SyntheticTensors.input([1, 3, expected.side, expected.side])])[0]
    let error = relativeError(output.values, expected.logits)
    #expect(error <= max(2e-5, 3 * expected.error))
  }
}

/// The Euclidean norm of the difference over that of what is expected.
func relativeError(_ values: [Float], _ expected: [Double]) -> Double {
  guard values.count == expected.count else { return .infinity }
  let difference = zip(values, expected).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
  let norm = expected.reduce(0) { $0 + $1 * $1 }
  return (difference / norm).squareRoot()
}
