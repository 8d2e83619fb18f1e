import NetworkGraph
import SymbolicIntegers
import Testing

/// A graph with operators replaced has the types, shapes and work of the graph that would have been built with them.
@Suite("Revised graphs")
struct RevisionTests {
  private func network(channels: Dimension, side: Dimension = 32) throws -> Graph {
    try Graph(name: "net", input: TensorType([batch, 3, side, side])) { x in
      x.scope("body") { x in
        let y = x.conv("conv1", channels, kernel: 3, stride: 2, padding: 1).batchNorm("norm")
        return y.conv("conv2", 16, kernel: 1).relu("act").adaptiveAveragePool("pool").flatten("flatten").linear(
          "head", 10)
      }
    }
  }

  private func withChannels(_ channels: Dimension, _ graph: Graph) throws -> GraphRevision {
    try GraphRevision(graph) { node, _ in
      guard node.name == "conv1", case .convolution(var operation) = node.operation else { return nil }
      operation.outputChannels = channels
      return operation
    }
  }

  private func expectEqual(_ revised: GraphRevision, _ built: Graph) {
    #expect(revised.outputs == built.nodes.map(\.outputs))
    #expect(revised.shapes == built.parameters.map(\.spec.shape))
    #expect(revised.graph.nodes.map { revised.arithmetic(of: $0) } == built.nodes.map { built.arithmetic(of: $0) })
  }

  @Test("other channels give the graph built with them", arguments: [1, 8, 21, .symbol("C")] as [Dimension])
  func channels(_ channels: Dimension) throws {
    try expectEqual(withChannels(channels, network(channels: 6)), network(channels: channels))
  }

  @Test("another image gives the graph built on it", arguments: [7, 224, .symbol("H")] as [Dimension])
  func image(_ side: Dimension) throws {
    let revised = try GraphRevision(network(channels: 6)) { node, _ in
      guard case .source(var source) = node.operation else { return nil }
      (source.type.shape[2], source.type.shape[3]) = (side, side)
      return source
    }
    try expectEqual(revised, network(channels: 6, side: side))
  }

  @Test("nothing replaced, nothing changed")
  func identity() throws {
    let graph = try network(channels: 6)
    try expectEqual(GraphRevision(graph) { _, _ in nil }, graph)
  }

  @Test("operators that do not fit are refused by name, and so are tensors shared by two modules")
  func misfits() throws {
    let residual = try Graph(name: "residual", input: TensorType([1, 6, 8, 8])) { x in
      x.scope("block") { $0.conv("conv1", 6, kernel: 1) + $0 }
    }
    func refusal(_ graph: Graph) -> String? {
      do throws(GraphError) {
        _ = try GraphRevision(graph) { node, _ in
          guard node.name == "conv1", node.call == 0, case .convolution(var operation) = node.operation else {
            return nil
          }
          operation.outputChannels = 7
          return operation
        }
        return nil
      } catch {
        return "\(error)"
      }
    }
    let sentence = try #require(refusal(residual))
    #expect(sentence.hasPrefix("block.add") && sentence.contains("1x7x8x8") && sentence.contains("1x6x8x8"))
    let shared = try Graph(name: "shared", input: TensorType([1, 6, 8, 8])) { x in
      x.scope("block") { $0.conv("conv1", 6, kernel: 1).conv("conv1", 6, kernel: 1) }
    }
    #expect(try #require(refusal(shared)).contains("weight 7x6x1x1"))
  }
}
