import Analysis
import Architectures
import NetworkGraph
import TestSupport
import Testing

@Suite("Backbones against timm")
struct BackboneTests {
  /// Rows of the table whose model the catalogue has.
  static let rows: [Golden.Row] = ((try? Golden.rows("backbones.csv")) ?? []).filter {
    Catalog.entry(named: $0["model"]) != nil
  }

  @Test("the table is there")
  func tableIsPresent() {
    #expect(Self.rows.count >= 25)
  }

  @Test("strides, channels and parameters are those of timm's feature extractors", arguments: rows.indices)
  func maps(index: Int) throws {
    let row = Self.rows[index]
    let graph = try graph(of: row["model"]).backbone()
    let maps = graph.outputs.map { port in
      let shape = graph.type(of: port.value).shape
      // Channels come last where the sides come before them.
      let channels = shape[1] == shape[2] && shape[3] != shape[2] ? shape[3] : shape[1]
      return "\(port.name.dropFirst("stride".count)):\(channels)"
    }
    #expect(maps.joined(separator: " ") == row["maps"], "\(row["model"])")
    if let parameters = row.number("parameters") {
      #expect(try NetworkAnalysis(graph).total.parameters.constant == parameters, "\(row["model"])")
    }
  }

  @Test("ResNet-50's backbone has 23,508,032 parameters: all but the classifier's 2,049,000")
  func resnet50() throws {
    let total = try NetworkAnalysis(graph(of: "resnet50").backbone()).total
    #expect(total.parameters == 23_508_032)
  }

  @Test(
    "every network that marks stages or a head has a backbone, whose names are the network's", arguments: catalogNames)
  func everyBackbone(name: String) throws {
    let whole = try graph(of: name)
    let backbone: Graph
    do throws(GraphError) {
      backbone = try whole.backbone()
    } catch {
      #expect(error == .noFeatures(graph: name))
      return
    }
    let names = Set(whole.parameters.map { whole.name(of: $0) })
    for parameter in backbone.parameters { #expect(names.contains(backbone.name(of: parameter))) }
    for node in backbone.nodes {
      #expect(node.inputs.allSatisfy { $0.node < node.id })
      #expect(node.parameters.allSatisfy { backbone.parameters.indices.contains($0) })
    }
    let read = Set(backbone.nodes.flatMap { $0.inputs.map(\.node) } + backbone.outputs.map(\.value.node))
    let inputs = backbone.inputs.map(\.value.node)
    #expect(backbone.nodes.allSatisfy { read.contains($0.id) || inputs.contains($0.id) })
  }
}
