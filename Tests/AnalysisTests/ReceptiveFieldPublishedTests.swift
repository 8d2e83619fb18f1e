import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import TestSupport
import Testing

/// Receptive fields that papers and tables print.
@Suite("Published receptive fields")
struct ReceptiveFieldPublishedTests {
  /// Araujo, Norris and Sim 2019, table 1, and the repository's table; ResNet-50 427 follows torchvision's strides.
  @Test(
    "the last map's field is the published one",
    arguments: [
      ("vgg16", 212, 32), ("vgg11", 150, 32), ("alexnet", 195, 32), ("inception_v3", 1311, 32),
      ("inception_v4", 2071, 32), ("inception_resnet_v2", 3039, 32), ("resnet50", 427, 32),
      ("resnet50_paper", 483, 32), ("resnet101_paper", 1027, 32), ("resnet152_paper", 1507, 32),
      ("googlenet_paper", 715, 32), ("googlenet", 379, 32),
    ])
  func features(name: String, size: Int, stride: Int) throws {
    let graph = try #require(Catalog.entry(named: name)).graph()
    let features = try #require(ReceptiveField(graph).features)
    print(
      name, graph.path(of: graph.nodes[features.node]), features.axes[0].size as Any, features.axes[0].stride as Any,
      features.axes[0].padding as Any, features.axes[0].misalignedAt.map { graph.path(of: graph.nodes[$0]) } as Any)
    for axis in features.axes {
      #expect(axis.size == Dimension(size))
      #expect(axis.stride?.description == "\(stride)")
    }
  }

  @Test func survey() throws {
    for entry in Catalog.entries {
      let graph = try entry.graph()
      let field = ReceptiveField(graph)
      let visible = VisibleField(graph)
      let features = field.features
      let lost = graph.nodes.first { field.field(of: $0.id)?.axes.contains { $0.isLost } ?? false }
      print(
        entry.name,
        features.map { f in
          "\(graph.path(of: graph.nodes[f.node])) \(f.axes.map { "\($0.size?.description ?? "?")/\($0.stride?.description ?? "-")/\($0.padding.map(String.init) ?? "?")/\($0.units)" }) vis \(visible.largest(node: f.node, axis: 0) ?? -1) mis \(f.axes[0].misalignedAt.map { graph.path(of: graph.nodes[$0]) } ?? "-") glob \(f.axes[0].globalCause.map { graph.path(of: graph.nodes[$0]) } ?? "-")"
        } ?? "none", "first", field.firstWholeReader.map { graph.path(of: graph.nodes[$0]) } ?? "-", "lost",
        lost.map { "\(graph.path(of: $0)) \($0.operation.semantics.name)" } ?? "no")
    }
  }
}
