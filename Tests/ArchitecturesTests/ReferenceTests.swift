import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import TestSupport
import Testing

/// Models with reference values, in the order of models.csv.
let referenceModels: [String] = (try? Golden.rows("models.csv").map { $0["model"] }) ?? []

/// The graph of a catalogued model.
func graph(of model: String, input: Shape? = nil) throws -> Graph {
  try #require(Catalog.entry(named: model)).graph(input: input)
}

@Suite("Catalogue against torchvision")
struct ReferenceTests {
  @Test("every family of the reference table is catalogued")
  func referenceIsPresent() {
    #expect(referenceModels.count == 43)
  }

  @Test("parameters, buffers, multiply-accumulates and activations equal the reference", arguments: referenceModels)
  func totals(model: String) throws {
    let row = try #require(Golden.rows("models.csv").first { $0["model"] == model })
    let entry = try #require(Catalog.entry(named: model))
    #expect(entry.input.description == "1x\(row["input_c"])x\(row["input_h"])x\(row["input_w"])")
    let analysis = try NetworkAnalysis(entry.graph())
    let total = analysis.total
    // The reference counts auxiliary heads' parameters, though only training runs them.
    #expect((total.parameters + analysis.trainingOnly.parameters).constant == row.number("params"))
    #expect((total.buffers + analysis.trainingOnly.buffers).constant == row.number("buffers_elements"))
    #expect(CountingConvention.macs.count(total.operations).constant == row.number("macs_conv_linear"))
    #expect(row.number("macs_matmul") == 0)
    #expect(total.activations.constant == row.number("fvcore_activations"))
    let convolutions = entryNodes(analysis.graph) { if case .convolution = $0 { true } else { false } }
    let linears = entryNodes(analysis.graph) { if case .linear = $0 { true } else { false } }
    #expect(analysis.measures(of: convolutions).activations.constant == row.number("conv_activation_elements"))
    for (nodes, column) in [(convolutions, "macs_conv"), (linears, "macs_linear")] {
      #expect(CountingConvention.macs.count(analysis.measures(of: nodes).operations).constant == row.number(column))
    }
  }

  private func entryNodes(_ graph: Graph, where isWanted: (Operator) -> Bool) -> [Int] {
    graph.nodes.filter { isWanted($0.operation) }.map(\.id)
  }
}
