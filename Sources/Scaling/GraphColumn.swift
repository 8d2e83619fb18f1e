import Analysis
import NetworkGraph

/// A figure of a network that takes more than its costs: the network is built at every point.
public enum GraphColumn: String, Sendable, CaseIterable {
  /// The most bytes alive at once when the reference implementation runs inference, weights left out.
  case peakMemory
  /// Pixels along one side that a unit of the last feature map can see on an image without ends; 0 where it sees the
  /// whole image.
  case receptiveField
  /// Operators of inference.
  case nodes

  func value(of graph: Graph) throws(GraphError) -> Int {
    switch self {
    case .peakMemory: return try EagerMemory(graph).peakBytes.constant ?? 0
    case .receptiveField:
      return ReceptiveField(graph).features?.axes.first { $0.isLocal }?.size?.constant ?? 0
    case .nodes: return graph.nodes.count { !$0.isTrainingOnly && !$0.inputs.isEmpty }
    }
  }
}
