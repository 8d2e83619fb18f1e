import NetworkGraph
import SymbolicIntegers

extension LintedNetwork {
  /// Windows smaller than their stride on some axis: a 1x1 convolution with stride 2 reads a quarter of its input.
  func droppedInputs() -> [LintFinding] {
    var findings: [LintFinding] = []
    for node in graph.nodes where !node.isTrainingOnly && isLive[node.id] {
      let window: Window
      switch node.operation {
      case .convolution(let operation): window = operation.slidingWindow
      case .pool(let operation): window = operation.slidingWindow
      default: continue
      }
      guard window.axes.contains(where: { $0.kernel < $0.stride }), let input = input(of: node), input.isKnown else {
        continue
      }
      var read = 1.0
      for axis in window.axes where axis.kernel < axis.stride { read *= Double(axis.kernel) / Double(axis.stride) }
      findings.append(
        LintFinding(
          rule: .droppedInput, node: node.id,
          message: "\(node.semantics.name) \(window) reads \(percent(read)) of its input",
          remedy: remedyForDroppedInput(node, input: input)))
    }
    return findings
  }

  private func percent(_ share: Double) -> String {
    let tenths = Int((share * 1000).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10) %" : "\(tenths / 10).\(tenths % 10) %"
  }

  /// The stride moves to the next convolution, if its window is wide enough, else to an average pool before this one.
  private func remedyForDroppedInput(_ node: Node, input: TensorType) -> LintFinding.Remedy {
    guard case .convolution(let convolution) = node.operation else {
      return LintFinding.Remedy(action: "a window at least as wide as the stride", cost: nil)
    }
    var plain = convolution
    for index in plain.slidingWindow.axes.indices { plain.slidingWindow.axes[index].stride = 1 }
    if let (chain, moved) = nextConvolution(after: node, stride: convolution.slidingWindow) {
      return remedy(
        "move the stride to \(graph.path(of: graph.nodes[chain[chain.count - 1]]))",
        from: [node.operation] + chain.map { graph.nodes[$0].operation },
        to: [.convolution(plain)] + chain.dropLast().map { graph.nodes[$0].operation } + [.convolution(moved)],
        on: input)
    }
    let window = Window(
      convolution.slidingWindow.axes.map { Window.Axis(kernel: $0.stride, stride: $0.stride) }, ceilMode: true)
    return remedy(
      "average pool with the stride before it", from: [node.operation],
      to: [.pool(Pool(.average(countIncludePad: false), window: window)), .convolution(plain)], on: input)
  }

  /// The nodes up to the next convolution, each the only reader of the one before, and that convolution with the stride;
  /// nil where there is none that has no stride and reaches as far.
  private func nextConvolution(after node: Node, stride window: Window) -> (chain: [Int], moved: Convolution)? {
    var chain: [Int] = []
    var current = node.id
    while let next = onlyReader[current], graph.nodes[next].inputs.count == 1 {
      chain.append(next)
      switch graph.nodes[next].operation {
      case .convolution(var convolution):
        let fits = zip(convolution.slidingWindow.axes, window.axes).allSatisfy {
          $0.stride == 1 && $0.kernel >= $1.stride
        }
        guard fits, convolution.slidingWindow.axes.count == window.axes.count else { return nil }
        for index in window.axes.indices { convolution.slidingWindow.axes[index].stride = window.axes[index].stride }
        return (chain, convolution)
      case .batchNorm, .activation, .identity: current = next
      default: return nil
      }
    }
    return nil
  }

  /// Biases whose only reader is a batch norm, which subtracts them again. Without one a layer has its bias fewer
  /// parameters, and as many multiply-accumulates and activations.
  func biasesBeforeNorms() -> [LintFinding] {
    var findings: [LintFinding] = []
    for node in graph.nodes where !node.isTrainingOnly && isLive[node.id] {
      guard let next = onlyReader[node.id], case .batchNorm = graph.nodes[next].operation, let bias = ownBias(of: node),
        !graph.outputs.contains(where: { $0.value.node == node.id })
      else { continue }
      var cost = NetworkDifference.Cost()
      cost.parameters -= bias.spec.shape.elementCount
      findings.append(
        LintFinding(
          rule: .biasBeforeNorm, node: node.id,
          message: "its bias is subtracted again by \(graph.path(of: graph.nodes[next]))",
          remedy: LintFinding.Remedy(action: "leave the bias out", cost: cost)))
    }
    return findings
  }

  /// The bias of a layer, one number for each output channel, that no other layer shares.
  private func ownBias(of node: Node) -> Parameter? {
    switch node.operation {
    case .convolution(let operation) where operation.bias: break
    case .linear(let operation) where operation.bias && node.outputs[0].shape.rank == 2: break
    default: return nil
    }
    guard let index = node.parameters.first(where: { graph.parameters[$0].spec.name == "bias" }),
      graph.parameters[index].node == node.id
    else { return nil }
    return graph.parameters[index]
  }

  /// Dropout while a batch norm is still to come.
  func dropoutsBeforeNorms() -> [LintFinding] {
    let isFollowed = isFollowed { if case .batchNorm = $0.operation { true } else { false } }
    var findings: [LintFinding] = []
    for node in graph.nodes where !node.isTrainingOnly && isLive[node.id] && isFollowed[node.id] {
      guard case .identity(.dropout(let probability)) = node.operation, probability > 0 else { continue }
      findings.append(
        LintFinding(
          rule: .dropoutBeforeNorm, node: node.id,
          message: "dropout of \(probability) before a batch norm: the variance in training is not that in inference",
          remedy: LintFinding.Remedy(action: "drop behind the last batch norm only", cost: NetworkDifference.Cost())))
    }
    return findings
  }
}
