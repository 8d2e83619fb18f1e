import NetworkGraph
import SymbolicIntegers

extension LintedNetwork {
  /// Convolutions and linear layers whose output channels are not a multiple of 8; the last layer, which gives classes,
  /// aside, and depthwise ones, which have as many as they are given.
  ///
  /// The remedy rounds the channels of all such layers up and infers every shape anew; a finding's cost is that of its
  /// layer in the network so changed, the wider input included.
  func channelsOfEight() -> [LintFinding] {
    let isFollowed = isFollowed {
      switch $0.operation {
      case .convolution, .transposedConvolution, .linear, .matrixProduct: true
      default: false
      }
    }
    var found: [(node: Node, channels: Int)] = []
    for node in graph.nodes where !node.isTrainingOnly && isLive[node.id] && isFollowed[node.id] {
      guard let channels = graph.ownChannels(of: node)?.constant, channels > 0, channels % 8 != 0 else { continue }
      found.append((node, channels))
    }
    guard !found.isEmpty else { return [] }
    var rounded: GraphRevision?
    var reason = ""
    do throws(GraphError) {
      rounded = try GraphRevision(graph, replacing: graph.withChannelsOfEight)
    } catch {
      reason = "\(error)"
    }
    return found.map { node, channels in
      let wider = channels + 8 - channels % 8
      var remedy = LintFinding.Remedy(action: "\(wider) channels", cost: nil)
      if let rounded {
        let cost = rounded.cost(of: node) - graph.cost(of: node)
        if let failure = cost.failure { remedy.action += " (\(failure))" } else { remedy.cost = cost }
      } else {
        remedy.action += " (does not fit: \(reason))"
      }
      return LintFinding(
        rule: .channelsOfEight, node: node.id,
        message: "\(channels) channels, \(wider - channels) short of \(wider)", remedy: remedy)
    }
  }
}

extension Graph {
  /// Output channels that an operator itself decides on.
  fileprivate func ownChannels(of node: Node) -> Dimension? {
    switch node.operation {
    case .convolution(let operation): isDepthwise(operation, node) ? nil : operation.outputChannels
    case .transposedConvolution(let operation): operation.outputChannels
    case .linear(let operation): operation.outputFeatures
    default: nil
    }
  }

  /// Whether every group has one input channel, of several.
  private func isDepthwise(_ operation: Convolution, _ node: Node) -> Bool {
    operation.groups != 1 && node.inputs.first.map { type(of: $0).shape[1] } == operation.groups
  }

  /// A node's operator with every number of channels it holds rounded up to a multiple of 8, on a new input; nil where
  /// that changes nothing.
  fileprivate func withChannelsOfEight(_ node: Node, _ input: TensorType?) -> (any OperatorSemantics)? {
    func rounded(_ channels: Dimension) -> Dimension {
      channels.constant == nil ? channels : channels.ceilDivided(by: 8) * 8
    }
    switch node.operation {
    case .convolution(var operation):
      if isDepthwise(operation, node), let channels = input?.shape[1] {
        if channels == operation.groups { return nil }
        let multiple = operation.outputChannels.exactlyDivided(by: operation.groups) ?? 1
        operation.groups = channels
        operation.outputChannels = channels * multiple
      } else {
        let channels = rounded(operation.outputChannels)
        if channels == operation.outputChannels { return nil }
        operation.outputChannels = channels
      }
      return operation
    case .transposedConvolution(var operation):
      operation.outputChannels = rounded(operation.outputChannels)
      return operation
    case .linear(var operation):
      operation.outputFeatures = rounded(operation.outputFeatures)
      return operation
    case .split(var operation) where operation.axis == 1:
      operation.sizes = operation.sizes.map(rounded)
      return operation
    default: return nil
    }
  }
}
