import NetworkGraph

/// The part of a graph that inference runs, in the order of a file: without nodes that only training runs and without
/// identities, and each source directly before the first node that reads it.
struct InferenceGraph {
  let graph: Graph
  /// The inputs, then everything that is left.
  private(set) var nodes: [Int] = []
  /// The outputs that inference computes, each the value behind identities.
  private(set) var outputs: [Port] = []
  /// What stands for each node's first output: itself, or what an identity passes on.
  private var passed: [Value] = []

  init(_ graph: Graph) {
    self.graph = graph
    passed.reserveCapacity(graph.nodes.count)
    var isPlaced = Array(repeating: false, count: graph.nodes.count)
    func isSource(_ node: Node) -> Bool {
      if case .source = node.operation { true } else { false }
    }
    for input in graph.inputs {
      nodes.append(input.value.node)
      isPlaced[input.value.node] = true
    }
    for node in graph.nodes {
      passed.append(Value(node: node.id))
      if let input = node.passedOn {
        passed[node.id] = resolved(input)
        continue
      }
      guard !node.isTrainingOnly, !isSource(node) else { continue }
      place(node.inputs, &isPlaced)
      nodes.append(node.id)
    }
    for var port in graph.outputs where !graph.nodes[port.value.node].isTrainingOnly {
      port.value = resolved(port.value)
      outputs.append(port)
    }
    place(outputs.map(\.value), &isPlaced)
  }

  /// Places the sources among `values` that are not yet.
  private mutating func place(_ values: [Value], _ isPlaced: inout [Bool]) {
    for read in values {
      let value = resolved(read)
      guard case .source = graph.nodes[value.node].operation, !isPlaced[value.node] else { continue }
      nodes.append(value.node)
      isPlaced[value.node] = true
    }
  }

  /// The value behind identities.
  func resolved(_ value: Value) -> Value { value.output == 0 ? passed[value.node] : value }
}

extension Node {
  /// The input that a node passes on as it is; nil for a node that does anything.
  fileprivate var passedOn: Value? {
    guard case .identity(let identity) = operation else { return nil }
    switch identity {
    case .identity, .dropout, .stochasticDepth: return inputs.first
    case .cast: return nil
    }
  }
}
