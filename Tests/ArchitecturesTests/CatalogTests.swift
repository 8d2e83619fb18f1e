import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import Testing

let catalogNames = Catalog.entries.map(\.name)

@Suite("Catalogue")
struct CatalogTests {
  @Test("names are unique, and each finds its entry")
  func names() {
    #expect(Set(catalogNames).count == catalogNames.count)
    for name in catalogNames { #expect(Catalog.entry(named: name)?.name == name) }
    #expect(Catalog.entry(named: "resnet51") == nil)
    #expect(Catalog.entry(named: "ResNet50") == nil)
  }

  @Test("families stand oldest first")
  func ages() {
    var families: [(name: String, year: Int)] = []
    for entry in Catalog.entries where families.last?.name != entry.family {
      families.append((entry.family, entry.paper.year))
    }
    // Wide ResNet and ResNeXt follow ResNet, of whose code they are settings.
    let leaders = families.filter { !["Wide ResNet", "ResNeXt"].contains($0.name) }
    #expect(leaders.map(\.year) == leaders.map(\.year).sorted())
    #expect(Set(families.map(\.name)).count == families.count)
  }

  @Test("every model is a valid graph", arguments: catalogNames)
  func walk(name: String) throws {
    let graph = try graph(of: name)
    #expect(graph.name == name)
    #expect(graph.inputs.count == 1 && graph.outputs.count == 1)
    #expect(graph.nodes.map(\.id) == Array(graph.nodes.indices))
    for node in graph.nodes {
      for input in node.inputs {
        #expect(input.node < node.id)
        #expect(graph.nodes[input.node].outputs.indices.contains(input.output))
      }
      #expect(node.outputs.allSatisfy { $0.isKnown && $0.shape.isConstant })
    }
    let paths = graph.nodes.map { graph.path(of: $0) }
    #expect(Set(paths).count == paths.count)
    let parameters = graph.parameters.map { graph.name(of: $0) }
    #expect(Set(parameters).count == parameters.count)
    #expect(!parameters.contains { $0.contains("..") || $0.hasPrefix(".") || $0.hasSuffix(".") })
    // Every node but the last is read, and the last is the output: nothing computed is lost, but for the ends of
    // auxiliary heads.
    let unread = graph.consumers().enumerated().filter { $1.isEmpty && !graph.nodes[$0].isTrainingOnly }.map(\.offset)
    #expect(unread == [graph.outputs[0].value.node])
    let classes: Dimension = name.hasPrefix("lenet5") ? 10 : 1000
    #expect(graph.type(of: graph.outputs[0].value).shape == [1, classes])
  }

  @Test("an unknown name suggests the nearest ones, closest first")
  func suggestions() {
    #expect(Catalog.suggestions(for: "resnet51").first.map { $0.hasPrefix("resnet") } == true)
    #expect(Catalog.suggestions(for: "ResNet50").first == "resnet50")
    #expect(Catalog.suggestions(for: "resnet-50").first == "resnet50")
    #expect(Catalog.suggestions(for: "efficentnet_b0").first == "efficientnet_b0")
    #expect(Catalog.suggestions(for: "mobilenetv2").first == "mobilenet_v2")
    #expect(Catalog.suggestions(for: "densenet").allSatisfy { $0.hasPrefix("densenet") })
    #expect(Catalog.suggestions(for: "vgg", count: 2).count <= 2)
    #expect(Catalog.suggestions(for: "").isEmpty)
    #expect(Catalog.suggestions(for: "something else entirely").isEmpty)
    #expect(Catalog.suggestions(for: String(repeating: "x", count: 100_000)).isEmpty)
  }

  @Test("an input that a network cannot take is refused with both sides of the mismatch")
  func wrongInputs() throws {
    let resnet = try #require(Catalog.entry(named: "resnet50"))
    func message(_ shape: Shape) -> String {
      do throws(GraphError) {
        _ = try resnet.graph(input: shape)
        return "accepted"
      } catch {
        return "\(error)"
      }
    }
    #expect(message([3, 224, 224]) == "input input of shape 3x224x224: resnet50 takes 4 axes, as in 1x3x224x224")
    #expect(message([1, 3, 0, 224]) == "input input of shape 1x3x0x224: every axis must be positive")
    #expect(message([1, 3, -5, 224]) == "input input of shape 1x3x(-5)x224: every axis must be positive")
    #expect(message([1, 3, 1, 1]) == "accepted")
    let vgg = try #require(Catalog.entry(named: "vgg16"))
    #expect(throws: GraphError.self) { try vgg.graph(input: [1, 3, 31, 32]) }
    #expect(throws: Never.self) { try vgg.graph(input: [1, 3, 32, 32]) }
    let huge = try #require(Catalog.entry(named: "vgg16")).graph(input: [1, 3, 3_000_000_000, 3_000_000_000])
    #expect(throws: GraphError.self) { try NetworkAnalysis(huge) }
  }
}
