import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import TestSupport
import Testing

/// Models with reference values, in the order of models.csv.
let referenceModels: [String] = (try? Golden.rows("models.csv").map { $0["model"] }) ?? []

/// The graph of a catalogued model. A name may end in its input's sides: `vit_h_14@224`, `swin_t@250x301`.
func graph(of model: String, input: Shape? = nil) throws -> Graph {
  let parts = model.split(separator: "@")
  var input = input
  if parts.count > 1 {
    let sides = try parts[1].split(separator: "x").map { Dimension(try #require(Int($0))) }
    input = [1, 3, sides[0], sides[sides.count - 1]]
  }
  return try #require(Catalog.entry(named: String(parts[0]))).graph(input: input)
}

/// The name of a model's file under Tests/Golden.
func fileName(of model: String) -> String { model.replacing("/", with: "__") + ".csv" }

@Suite("Catalogue against torchvision and timm")
struct ReferenceTests {
  @Test("every model of the reference table is catalogued")
  func referenceIsPresent() {
    #expect(!referenceModels.isEmpty)
    #expect(referenceModels.filter { Catalog.entry(named: String($0.prefix { $0 != "@" })) == nil } == [])
  }

  @Test("parameters, buffers, multiply-accumulates and activations equal the reference", arguments: referenceModels)
  func totals(model: String) throws {
    let row = try #require(Golden.rows("models.csv").first { $0["model"] == model })
    let graph = try graph(of: model)
    let input = graph.type(of: graph.inputs[0].value)
    #expect(input.description == "1x\(row["input_c"])x\(row["input_h"])x\(row["input_w"])")
    let analysis = try NetworkAnalysis(graph)
    let total = analysis.total
    // The reference counts auxiliary heads' tensors, though only training runs them.
    #expect((total.parameters + analysis.trainingOnly.parameters).constant == row.number("params"))
    #expect((total.buffers + analysis.trainingOnly.buffers).constant == row.number("buffers_elements"))
    #expect(CountingConvention.macs.count(total.operations).constant == row.number("macs_conv_linear"))
    let products = entryNodes(analysis.graph) { if case .matrixProduct = $0 { true } else { false } }
    // fvcore does not look into fused attention.
    let unseen: Dimension = row["fvcore_products"] == "1" ? 0 : analysis.measures(of: products).activations
    #expect((total.activations - unseen).constant == row.number("fvcore_activations"))
    let convolutions = entryNodes(analysis.graph) { if case .convolution = $0 { true } else { false } }
    let linears = entryNodes(analysis.graph) { if case .linear = $0 { true } else { false } }
    #expect(analysis.measures(of: convolutions).activations.constant == row.number("conv_activation_elements"))
    for (nodes, column) in [(convolutions, "macs_conv"), (linears, "macs_linear"), (products, "macs_matmul")] {
      #expect(CountingConvention.macs.count(analysis.measures(of: nodes).operations).constant == row.number(column))
    }
  }

  private func entryNodes(_ graph: Graph, where isWanted: (Operator) -> Bool) -> [Int] {
    graph.nodes.filter { !$0.isTrainingOnly && isWanted($0.operation) }.map(\.id)
  }
}
