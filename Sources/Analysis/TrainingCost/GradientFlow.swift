import NetworkGraph
import SymbolicIntegers

/// Where the backward pass goes: which gradients of each node are computed.
///
/// A value needs a gradient when a trained parameter is among what it is computed from; its node is reached when an
/// output of the network, or of a head that only training runs, is computed from it. The network's input needs none, so
/// the first layer computes none for it, and nothing below the first trained parameter computes any at all. Operators
/// that are not known pass the gradient on.
struct GradientFlow {
  /// What each node could compute.
  let gradients: [OperatorGradients]
  private let needsGradient: [Bool]
  private let isReached: [Bool]
  private let frozen: FrozenPart

  init(_ graph: Graph, frozen: FrozenPart) {
    self.frozen = frozen
    var gradients: [OperatorGradients] = []
    gradients.reserveCapacity(graph.nodes.count)
    var needsGradient = Array(repeating: false, count: graph.nodes.count)
    var isReached = needsGradient
    for node in graph.nodes {
      gradients.append(BackwardRules.gradients(of: node, in: graph))
      let trains = node.parameters.contains { frozen.trains($0, of: graph) }
      let depends = node.inputs.indices.contains {
        gradients[node.id].inputs[$0] != nil && needsGradient[node.inputs[$0].node]
      }
      let isReal = node.outputs.contains { !$0.isKnown || $0.elementType.isFloatingPoint }
      needsGradient[node.id] = isReal && (trains || depends)
    }
    for output in graph.outputs { isReached[output.value.node] = true }
    var isRead = Array(repeating: false, count: graph.nodes.count)
    for node in graph.nodes.reversed() {
      if node.isTrainingOnly, !isRead[node.id] { isReached[node.id] = true }
      for (position, input) in node.inputs.enumerated() {
        isRead[input.node] = true
        if isReached[node.id], gradients[node.id].inputs[position] != nil { isReached[input.node] = true }
      }
    }
    self.gradients = gradients
    self.needsGradient = needsGradient
    self.isReached = isReached
  }

  /// The positions of inputs, and of parameters, whose gradients the node computes.
  func wanted(at node: Node, in graph: Graph) -> (inputs: [Int], parameters: [Int]) {
    guard isReached[node.id], needsGradient[node.id] else { return ([], []) }
    let possible = gradients[node.id]
    return (
      node.inputs.indices.filter { possible.inputs[$0] != nil && needsGradient[node.inputs[$0].node] },
      possible.parameters.indices.filter {
        possible.parameters[$0] != nil && frozen.trains(node.parameters[$0], of: graph)
      }
    )
  }
}
