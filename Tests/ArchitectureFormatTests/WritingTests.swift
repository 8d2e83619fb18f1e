import Analysis
import Architectures
import NetworkGraph
import Testing

@testable import ArchitectureFormat

@Suite struct WritingTests {
  /// Networks whose operators are read back unchanged.
  @Test(arguments: [
    "efficientnet_b0", "efficientnet_v2_s", "mobilenet_v2", "mobilenet_v3_large", "resnet50", "regnet_y_400mf",
    "regnet_x_400mf", "densenet121", "convnext_tiny",
  ])
  func whatIsWrittenIsReadAsTheSameNetwork(name: String) throws {
    let graph = try #require(Catalog.entry(named: name)).graph()
    let text = try DescriptionWriter(graph).text
    let read = try ArchitectureFile.graph(text: text, name: "other")
    let nodes = graph.nodes.filter { !$0.isTrainingOnly }
    #expect(read.nodes.map(\.operation) == nodes.map(\.operation))
    #expect(read.nodes.map(\.outputs) == nodes.map(\.outputs))
    #expect(read.nodes.map(\.inputs) == nodes.map(\.inputs))
    // In another order: a module's own parameter precedes those of its layers, and is a layer of its own here.
    #expect(shapes(read) == shapes(graph))
  }

  /// The shapes of parameters by name.
  private func shapes(_ graph: Graph) -> [String: String] {
    Dictionary(graph.parameters.map { (graph.name(of: $0), "\($0.spec.shape)") }) { first, _ in first + " twice" }
  }

  @Test func whatDescriptionsDoNotHaveIsSaid() throws {
    let graph = try #require(Catalog.entry(named: "dm_nfnet_f0")).graph()
    #expect {
      try DescriptionWriter(graph)
    } throws: {
      "\($0)".hasSuffix("descriptions do not have this Convolution")
    }
  }
}
