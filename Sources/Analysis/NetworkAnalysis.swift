import NetworkGraph
import SymbolicIntegers

/// The measures of a graph: whole, and by stage, operator or layer.
///
/// Nodes that only training runs are measured apart. Cost: one pass over the nodes.
public struct NetworkAnalysis: Sendable {
  public let graph: Graph
  /// What inference uses.
  public let total: Measures
  /// What only training uses.
  public let trainingOnly: Measures

  /// - Throws: ``GraphError/total(quantity:_:)`` when a total leaves the range of 64-bit integers.
  public init(_ graph: Graph) throws(GraphError) {
    var total = Measures()
    var trainingOnly = Measures()
    for node in graph.nodes {
      if node.isTrainingOnly { trainingOnly.add(node, of: graph) } else { total.add(node, of: graph) }
    }
    if let failure = total.failure ?? trainingOnly.failure { throw failure }
    self.graph = graph
    self.total = total
    self.trainingOnly = trainingOnly
  }

  /// The measures of one node.
  public func measures(of node: Node) -> Measures {
    var measures = Measures()
    measures.add(node, of: graph)
    return measures
  }

  /// The measures of some nodes together.
  public func measures(of nodes: some Sequence<Int>) -> Measures {
    var measures = Measures()
    for id in nodes { measures.add(graph.nodes[id], of: graph) }
    return measures
  }

  /// Operators whose meaning is not known, with their number, most frequent first.
  public var unsupported: [Unsupported] {
    var result: [Unsupported] = []
    for node in graph.nodes {
      guard case .opaque(let opaque) = node.operation else { continue }
      if let index = result.firstIndex(where: { $0.operatorName == opaque.operatorName && $0.reason == opaque.reason })
      {
        result[index].count += 1
      } else {
        result.append(Unsupported(operatorName: opaque.operatorName, reason: opaque.reason, count: 1))
      }
    }
    return result.sorted { ($1.count, $0.operatorName) < ($0.count, $1.operatorName) }
  }
}

/// An operator that could not be read, and how often it occurs.
public struct Unsupported: Hashable, Sendable {
  public var operatorName: String
  public var reason: String
  public var count: Int
}
