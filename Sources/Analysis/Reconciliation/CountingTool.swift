import NetworkGraph
import SymbolicIntegers

/// What a program prints for a network where it departs from the convention it means to follow.
///
/// A tool is its convention and a correction for each node, with the reason: counts here stay right, and a user who sees
/// another number learns where it comes from. Rules were read from measurements of single operators and networks with the
/// versions named (Tests/Golden/tool_prints.csv).
struct CountingTool: Sendable {
  let name: String
  let definition: String
  let convention: CountingConvention
  /// Whether the rules hold for products of computed tensors too.
  var knowsAttention = true
  /// What the tool counts for a node, and why that is not its convention's count; nil where it is.
  let departure: @Sendable (Node, Arithmetic, Context) -> (count: Dimension, reason: String)?

  /// What a rule needs to know beside the node.
  struct Context {
    var graph: Graph
    /// Scopes that hold a module of torch's own multi-head attention.
    var attentionScopes: Set<Int>

    /// Such a module is known by its joint projection, whose tensors are `in_proj_weight` and `in_proj_bias`.
    init(_ graph: Graph) {
      self.graph = graph
      attentionScopes = []
      for parameter in graph.parameters where parameter.separator == "_" && parameter.givenName == nil {
        attentionScopes.insert(graph.nodes[parameter.node].scope)
      }
    }

    func isInAttention(_ node: Node) -> Bool { !attentionScopes.isEmpty && attentionScopes.contains(node.scope) }
  }

  /// Whether the rules were found to hold for such networks.
  func knows(_ graph: Graph) -> Bool {
    knowsAttention
      || !graph.nodes.contains { if case .matrixProduct = $0.operation { true } else { false } }
  }

  static let all = [thop, torchinfo, fvcore, flopCounterMode, ptflops]
}

/// What a tool adds to its convention's count and leaves out of it, node by node.
struct Departures {
  /// Nodes that the tool treats alike.
  private struct Part {
    var kind: Arithmetic.Kind
    var reason: String
    var nodes: Int
    var difference: Dimension
  }

  private let tool: CountingTool
  private var parts: [Part] = []

  init(_ tool: CountingTool) { self.tool = tool }

  /// Looks at one node, which does `work`.
  mutating func add(_ node: Node, _ work: Arithmetic, _ context: CountingTool.Context) {
    guard let (count, reason) = tool.departure(node, work, context) else { return }
    let difference = count - tool.convention.count(work, origin: node.origin)
    guard difference != 0 else { return }
    if let index = parts.firstIndex(where: { $0.kind == work.kind && $0.reason == reason }) {
      parts[index].nodes += 1
      parts[index].difference += difference
    } else {
      parts.append(Part(kind: work.kind, reason: reason, nodes: 1, difference: difference))
    }
  }

  /// - Parameter tally: the work of the nodes.
  func account(of tally: OperationTally) throws(GraphError) -> Reconciliation.Account {
    let difference = Dimension.sum(parts.lazy.map(\.difference))
    var attributions = parts.map {
      Reconciliation.Attribution(
        operators: $0.kind.title, nodes: $0.nodes, terms: nil, reason: $0.reason, difference: $0.difference)
    }
    attributions.sortBySize()
    let account = Reconciliation.Account(
      name: tool.name, unit: tool.convention.unit, definition: tool.definition, base: tool.convention.name,
      total: tool.convention.count(tally) + difference, difference: difference, attributions: attributions)
    if let failure = account.failure { throw failure }
    return account
  }
}

extension CountingTool {
  /// A transposed convolution counted as a convolution: output positions times the weight, not input positions.
  private static func transposedByOutput(_ node: Node, _ work: Arithmetic, _ context: Context) -> Dimension? {
    guard case .transposedConvolution = node.operation, let output = node.outputs.first else { return nil }
    let inputPositions = Dimension.product(context.graph.inputTypes(of: node)[0].shape.spatial)
    return work.multiplyAdds.exactlyDivided(by: inputPositions).map { $0 * .product(output.shape.spatial) }
  }

  private static let transposedReason = "counts outputs times taps, as of a convolution: stride^2 times the work"

  /// thop 0.1.1
  static let thop = CountingTool(
    name: "thop prints", definition: "hooks on exact module types", convention: .thop
  ) { node, work, context in
    if let count = transposedByOutput(node, work, context), node.origin == .module { return (count, transposedReason) }
    guard work.kind.isProduct else { return nil }
    switch node.origin {
    case .module: return nil
    case .derivedModule: return (0, "sees no class derived from the framework's")
    case .function:
      return work.kind == .matrixProduct
        ? (0, "sees no product of two computed tensors, as in attention") : (0, "sees no function, only modules")
    }
  }

  /// torchinfo 1.8.0
  static let torchinfo = CountingTool(
    name: "torchinfo prints", definition: "\"mult-adds\": weights and biases times positions of convolutions",
    convention: .macsBias
  ) { node, work, context in
    guard node.origin != .function else {
      return work.kind.isProduct ? (0, "sees no function, only modules") : nil
    }
    if let count = transposedByOutput(node, work, context) { return (count + work.biasAdditions, transposedReason) }
    if case .convolution = node.operation { return nil }
    var tensors: Dimension = 0
    for index in node.parameters where context.graph.parameters[index].spec.kind == .trainable {
      tensors += context.graph.parameters[index].spec.shape.elementCount
    }
    let batch = node.outputs.first?.shape.dimensions.first ?? 1
    if work.kind == .linear {
      return (tensors * batch, "counts each weight once an image, whatever the number of tokens")
    }
    return tensors == 0 ? nil : (tensors * batch, "counts each parameter once, however many elements it acts on")
  }

  /// fvcore 0.1.5
  static let fvcore = CountingTool(
    name: "fvcore prints", definition: "handles for traced operators", convention: .fvcore
  ) { node, work, context in
    guard work.kind == .matrixProduct, context.isInAttention(node) else { return nil }
    return (0, "does not look into fused attention")
  }

  /// torch 2
  static let flopCounterMode = CountingTool(
    name: "FlopCounterMode prints", definition: "torch.utils.flop_counter with the attention fast path",
    convention: .flops
  ) { node, work, context in
    guard work.kind.isProduct, context.isInAttention(node) else { return nil }
    return (0, "the fast path of multi-head attention is one operator it does not know")
  }

  /// ptflops 0.7.5, its PyTorch backend
  static let ptflops = CountingTool(
    name: "ptflops prints", definition: "macs-bias, norms, and what its hooks of modules and functions see",
    convention: .macsBias, knowsAttention: false
  ) { node, work, _ in
    let elements = work.outputElements
    switch work.kind {
    case .convolution, .transposedConvolution, .linear:
      return node.origin == .module ? nil : (0, "sees no function and no derived class")
    case .batchNorm, .groupNorm, .instanceNorm: return (elements * 2, "2n")
    case .layerNorm: return node.origin == .module ? (elements, "n") : nil
    case .softmax: return (elements, "n")
    case .maxPool, .averagePool, .adaptiveAveragePool:
      return node.origin == .module
        ? (work.inputElements * 2, "inputs counted twice: by the module and by the function that it calls")
        : (work.inputElements, "inputs")
    case .nearestResize, .linearResize:
      return node.origin == .module
        ? (elements * 2, "n counted twice: by the module and by the function that it calls") : (elements, "n")
    case .activation:
      guard case .activation(let activation) = node.operation else { return nil }
      switch activation.function {
      case .hardSwish where activation.inPlace: return nil
      case .relu, .leakyReLU, .preLU, .elu, .gelu, .hardSwish:
        return node.origin == .module
          ? (elements * 2, "n counted twice: by the module and by the function that it calls") : (elements, "n")
      case .relu6, .silu: return (elements, "n")
      default: return nil
      }
    default: return nil
    }
  }
}
