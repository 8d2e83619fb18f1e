import NetworkGraph

/// Chains of nodes that one step computes: a product operator and the elementwise operators that alone follow it.
///
/// A chain runs where its first node stands. An operator joins the chain that ends in one of its inputs when nothing
/// else reads that input, when it keeps its shape, and when its other inputs exist before the chain starts. So in a
/// residual block the addition joins the later of its two branches.
struct EpilogueFusion {
  /// The node that continues a node's chain; -1 where none does.
  private(set) var next: [Int32]
  /// The first node of the chain that a node belongs to: the node itself outside chains.
  private(set) var head: [Int32]

  /// No chains.
  init(unfused graph: Graph) {
    next = Array(Int32(-1), count: graph.nodes.count)
    head = graph.nodes.indices.map { Int32($0) }
  }

  /// The chains of the nodes that inference runs.
  init(_ graph: Graph) {
    self.init(unfused: graph)
    let reads = EpilogueFusion.readCounts(graph)
    /// When a node's value exists: the position of its step; -1 for what is there from the start.
    var position = Array(Int32(-1), count: graph.nodes.count)
    for node in graph.nodes where !node.isTrainingOnly {
      if case .source = node.operation { continue }
      position[node.id] = Int32(node.id)
      if node.operation.isView { position[node.id] = node.inputs.first.map { position[$0.node] } ?? -1 }
      guard node.operation.isElementwise || node.operation.isPassing, let type = node.outputs.first else { continue }
      var last: Int?
      for (index, input) in node.inputs.enumerated() {
        let producer = graph.nodes[input.node]
        let chain = head[producer.id]
        guard reads[producer.id] == 1, producer.outputs.count == 1, producer.outputs[0] == type, type.isKnown,
          graph.nodes[Int(chain)].operation.isProduct
        else { continue }
        if last.map({ chain > head[node.inputs[$0].node] }) ?? true { last = index }
      }
      guard let last else { continue }
      let producer = node.inputs[last].node
      let chain = head[producer]
      let areThere = node.inputs.indices.allSatisfy { $0 == last || position[node.inputs[$0].node] < chain }
      guard areThere else { continue }
      next[producer] = Int32(node.id)
      head[node.id] = chain
      position[node.id] = chain
    }
  }

  /// How many inputs of inference nodes, and outputs of the graph, a node's outputs feed.
  private static func readCounts(_ graph: Graph) -> [Int32] {
    var reads = Array(Int32(0), count: graph.nodes.count)
    for node in graph.nodes where !node.isTrainingOnly {
      for input in node.inputs { reads[input.node] &+= 1 }
    }
    for output in graph.outputs { reads[output.value.node] &+= 1 }
    return reads
  }
}

extension Operator {
  /// Whether it sums products, so that a following elementwise operator can work on the sums before they are stored.
  var isProduct: Bool {
    switch self {
    case .convolution, .transposedConvolution, .linear, .matrixProduct: true
    default: false
    }
  }

  /// Whether each element of the output depends on the elements of the inputs at its own position only.
  var isElementwise: Bool {
    switch self {
    case .batchNorm, .activation, .elementwise, .scale, .affine: true
    default: false
    }
  }

  /// Whether inference hands the input on as it is.
  var isPassing: Bool {
    switch self {
    case .identity(.identity), .identity(.dropout), .identity(.stochasticDepth): true
    default: false
    }
  }

  /// Whether the output may be the input's storage read in another way.
  var isView: Bool {
    switch self {
    case .view, .split, .slice, .transpose, .expand: true
    case .identity: true
    default: false
    }
  }
}
