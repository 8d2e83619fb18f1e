import NetworkGraph
import Testing

@testable import Diagrams

@Suite struct DrawnEdgesTests {
  /// The inputs that drawn edges stand for: an edge from an earlier concatenation stands for all of its inputs.
  private func expanded(_ node: Int, _ edges: DrawnEdges, _ graph: Graph) -> [Int] {
    guard graph.nodes[node].isConcatenation else { return edges.incoming[node].map(\.source) }
    return edges.incoming[node].flatMap { edge in
      edge.isShortcut && !graph.nodes[node].inputs.contains(Value(node: edge.source))
        ? expanded(edge.source, edges, graph) : [edge.source]
    }
  }

  @Test func laddersStandForTheTrueInputs() throws {
    let graph = try SampleNetworks.dense()
    let edges = DrawnEdges(of: graph)
    for node in graph.nodes {
      #expect(expanded(node.id, edges, graph) == node.inputs.map(\.node))
    }
  }

  @Test func denseBlocksBecomeLadders() throws {
    let graph = try SampleNetworks.dense()
    let edges = DrawnEdges(of: graph)
    #expect(edges.incoming.allSatisfy { $0.count <= 2 })
    let trueEdges = graph.nodes.reduce(0) { $0 + $1.inputs.count }
    let drawn = edges.incoming.reduce(0) { $0 + $1.count }
    // 98 dense layers: the true edges grow with the square of a block's depth, the drawn ones do not.
    #expect(trueEdges > 2500)
    #expect(drawn < 1000)
  }

  @Test func anotherAxisOrOrderIsNoLadder() throws {
    let builder = GraphBuilder(name: "g")
    let x = builder.input("x", TensorType([1, 4, 8, 8]))
    let (a, b, c) = (x.relu("a"), x.relu("b"), x.relu("c"))
    let joined = [
      Feature.concatenate([a, b], name: "ab"), Feature.concatenate([b, a, c], name: "bac"),
      Feature.concatenate([a, b, c], axis: 2, name: "tall"), Feature.concatenate([a, b, c], name: "abc"),
    ]
    let graph = try builder.finish(outputs: joined.map { ("\($0.value.node)", $0) })
    let edges = DrawnEdges(of: graph)
    let sources = joined.map { edges.incoming[$0.value.node].map(\.source) }
    let (na, nb, nc) = (a.value.node, b.value.node, c.value.node)
    #expect(sources == [[na, nb], [nb, na, nc], [na, nb, nc], [joined[0].value.node, nc]])
  }

  @Test func theShortcutOfAResidualBlockIsItsInput() throws {
    let graph = try SampleNetworks.residual(depths: [2])
    let edges = DrawnEdges(of: graph)
    let additions = graph.nodes.filter { $0.name == "add" }.map { edges.incoming[$0.id] }
    // The first block projects its shortcut; the second takes its input as it is.
    #expect(additions.map { $0.map(\.isShortcut) } == [[false, false], [false, true]])
    let second = try #require(additions.last?.last)
    #expect(graph.path(of: graph.nodes[second.source]) == "layer1.0.relu3")
  }
}
