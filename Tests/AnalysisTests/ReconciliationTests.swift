import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import TestSupport
import Testing

@Suite("Reconciliation")
struct ReconciliationTests {
  private func reconciliation(_ model: String, side: Int? = nil) throws -> Reconciliation {
    let entry = try #require(Catalog.entry(named: model))
    return try Reconciliation(entry.graph(input: side.map { [1, 3, Dimension($0), Dimension($0)] }))
  }

  @Test(
    "differences sum exactly to the total difference, for every catalogued network",
    arguments: Catalog.entries.map(\.name))
  func sums(model: String) throws {
    let found = try reconciliation(model)
    let analysis = try NetworkAnalysis(found.graph)
    #expect(found.reference.total == CountingConvention.macs.count(analysis.total.operations))
    for account in found.conventions + found.tools {
      #expect(Dimension.sum(account.attributions.map(\.difference)) == account.difference, "\(account.name)")
      let base = try #require(CountingConvention.named(account.base))
      #expect(base.count(analysis.total.operations) + account.difference == account.total, "\(account.name)")
      #expect(account.attributions.allSatisfy { $0.difference != 0 && $0.nodes > 0 })
    }
    for account in found.conventions {
      let convention = try #require(CountingConvention.named(account.name))
      #expect(convention.count(analysis.total.operations) == account.total, "\(account.name)")
    }
  }

  @Test("thop counts 44,455,936 more for ResNet-50's batch norms: four for each of their elements")
  func batchNorms() throws {
    let found = try reconciliation("resnet50")
    let thop = try #require(found.conventions.first { $0.name == "thop" })
    let norms = try #require(thop.attributions.first)
    #expect(norms.operators == "batch norm")
    #expect(norms.nodes == 53)
    #expect(norms.rule == .symbol("n") * 4)
    #expect(norms.difference == 44_455_936)
    // The twin: elements of every norm's output, by the graph.
    var elements = 0
    for node in found.graph.nodes {
      guard case .batchNorm = node.operation else { continue }
      elements += try node.outputs[0].shape.dimensions.reduce(1) { $0 * (try #require($1.constant)) }
    }
    #expect(elements * 4 == 44_455_936)
  }

  static let networks: [String] =
    (try? Golden.rows("tool_prints.csv").map { $0["case"] }.filter { $0.contains("@") }) ?? []

  @Test("what tools print is what they were measured to print", arguments: networks)
  func prints(network: String) throws {
    let row = try #require(Golden.rows("tool_prints.csv").first { $0["case"] == network })
    let parts = network.split(separator: "@")
    // torchvision's GoogLeNet without its heads; tools measure only what runs.
    let found = try reconciliation(String(parts[0]).replacing("googlenet_aux", with: "googlenet"), side: Int(parts[1]))
    #expect(!found.tools.isEmpty)
    for tool in found.tools {
      let name = tool.name.replacing(" prints", with: "")
      #expect(tool.total.constant == row.number(name), "\(name)")
    }
  }

  @Test("the table of measurements is there")
  func tableIsPresent() { #expect(Self.networks.count >= 20) }

  @Test("single operators that tools get wrong print what was measured")
  func operators() throws {
    func prints(_ shape: Shape, _ body: (Feature) -> Feature) throws -> [String: Int] {
      let found = try Reconciliation(Graph(name: "test", input: TensorType(shape), body))
      return Dictionary(
        uniqueKeysWithValues: found.tools.map { ($0.name.replacing(" prints", with: ""), $0.total.constant ?? -1) })
    }
    let transposed = TransposedConvolution(
      outputChannels: 12, window: Window(rank: 2, kernel: 3, stride: 2, padding: 1), outputPadding: 1, bias: false)
    let cases: [(String, [String: Int])] = [
      (
        "convT 3x3 s2 8>12 nobias",
        try prints([1, 8, 16, 16]) { $0.apply(.transposedConvolution(transposed), "up") }
      ),
      ("Linear 3d tok", try prints([1, 5, 32]) { $0.linear("fc", 10, bias: false) }),
      ("BN eval", try prints([1, 8, 16, 16]) { $0.batchNorm("bn") }),
      ("ReLU", try prints([1, 8, 16, 16]) { $0.relu() }),
      ("SiLU", try prints([1, 8, 16, 16]) { $0.activation(.silu, "act") }),
      ("GELU", try prints([1, 8, 16, 16]) { $0.activation(.gelu, "act") }),
      ("MaxPool2", try prints([1, 8, 16, 16]) { $0.maxPool("pool", kernel: 2, stride: 2) }),
      ("AdaptiveAvg1", try prints([1, 8, 16, 16]) { $0.adaptiveAveragePool("pool") }),
    ]
    for (name, printed) in cases {
      let row = try #require(Golden.rows("tool_prints.csv").first { $0["case"] == name })
      for (tool, count) in printed { #expect(row.number(tool) == count, "\(name) by \(tool)") }
    }
  }

  @Test("a reason is given wherever a tool departs, and the transposed convolution is four times its work at stride 2")
  func reasons() throws {
    let transposed = TransposedConvolution(
      outputChannels: 12, window: Window(rank: 2, kernel: 3, stride: 2, padding: 1), outputPadding: 1)
    let graph = try Graph(name: "up", input: TensorType([1, 8, .symbol("h"), .symbol("w")])) {
      $0.apply(.transposedConvolution(transposed), "up")
    }
    let found = try Reconciliation(graph)
    let thop = try #require(found.tools.first { $0.name == "thop prints" })
    #expect(thop.total == found.reference.total * 4)
    #expect(thop.attributions.map(\.nodes) == [1])
    #expect(thop.attributions.allSatisfy { !$0.reason.isEmpty })
  }

  @Test("counts of symbolic networks reconcile as formulas")
  func symbolic() throws {
    let entry = try #require(Catalog.entry(named: "mobilenet_v3_small"))
    let found = try Reconciliation(entry.graph(input: [.symbol("N"), 3, .symbol("H"), .symbol("W")]))
    for account in found.conventions + found.tools {
      #expect(Dimension.sum(account.attributions.map(\.difference)) == account.difference)
      #expect(!account.total.isConstant)
    }
  }

  @Test("totals beyond 64 bits are refused")
  func overflow() throws {
    let graph = try Graph(name: "wide", input: TensorType([1, 3, 2_000_000_000, 200_000])) {
      $0.conv("conv", 1_000_000, kernel: 1)
    }
    #expect(throws: GraphError.self) { try Reconciliation(graph) }
  }
}
