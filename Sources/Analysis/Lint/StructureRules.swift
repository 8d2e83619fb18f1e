import NetworkGraph
import SymbolicIntegers

extension LintedNetwork {
  /// Layers that no output depends on: one finding for each end, with what leads to it alone.
  func deadBranches() -> [LintFinding] {
    var isClaimed = Array(false, count: graph.nodes.count)
    var findings: [LintFinding] = []
    for end in graph.nodes where !end.isTrainingOnly && !isLive[end.id] && !isRead[end.id] {
      if case .source = end.operation { continue }
      var waiting = [end.id]
      var branch: [Int] = []
      while let id = waiting.popLast() {
        let node = graph.nodes[id]
        guard !isClaimed[id], !isLive[id], !node.isTrainingOnly else { continue }
        isClaimed[id] = true
        branch.append(id)
        waiting += node.inputs.map(\.node)
      }
      let measures = analysis.measures(of: branch)
      var cost = NetworkDifference.Cost()
      cost.parameters -= measures.parameters
      cost.operations -= CountingConvention.macs.count(measures.operations)
      cost.activations -= measures.activations
      findings.append(
        LintFinding(
          rule: .deadBranch, node: end.id,
          message: branch.count == 1
            ? "its output is not used" : "the last of \(branch.count) layers whose output is not used",
          remedy: LintFinding.Remedy(action: branch.count == 1 ? "remove it" : "remove them", cost: cost)))
    }
    return findings
  }

  /// A classifier, linear layers behind which nothing else has weights, with more than half of the parameters.
  func heavyClassifier() -> [LintFinding] {
    let isFollowed = isFollowed {
      switch $0.operation {
      case .convolution, .transposedConvolution, .matrixProduct, .batchNorm, .layerNorm, .groupNorm, .elementwise: true
      default: false
      }
    }
    let layers = graph.nodes.filter { node in
      if case .linear = node.operation {
        !node.isTrainingOnly && isLive[node.id] && !isFollowed[node.id]
      } else {
        false
      }
    }
    let parameters = analysis.measures(of: layers.map(\.id)).parameters
    guard let first = layers.first, let held = parameters.constant, let all = analysis.total.parameters.constant,
      all > 0, held > all / 2, held < all
    else { return [] }
    let share = Int((Double(held) / Double(all) * 100).rounded())
    let count = layers.count == 1 ? "one linear layer holds" : "\(layers.count) linear layers hold"
    return [
      LintFinding(
        rule: .heavyClassifier, node: first.id, message: "\(count) \(share) % of the parameters",
        remedy: remedyForClassifier(layers))
    ]
  }

  /// A last map of which no unit sees the whole image. The remedy is the largest image of which one does.
  func smallReceptiveField() -> [LintFinding] {
    guard let features = field.features, let sides = field.sides(of: features) else { return [] }
    let numbers = sides.compactMap { side in
      side.seen.constant.flatMap { seen in side.image.constant.map { (seen, $0) } }
    }
    guard numbers.count == sides.count, numbers.contains(where: { $0.0 < $0.1 }), numbers.allSatisfy({ $0.0 > 0 })
    else {
      return []
    }
    let seen = numbers.map { "\(min($0.0, $0.1))" }.joined(separator: "x")
    let image = numbers.map { "\($0.1)" }.joined(separator: "x")
    var remedy = LintFinding.Remedy(action: "an image of at most \(seen)", cost: nil)
    do throws(GraphError) {
      let smaller = try GraphRevision(graph) { [imageType = field.imageType] node, _ in
        guard case .source(var source) = node.operation, source.kind == .input, source.type == imageType else {
          return nil
        }
        for axis in numbers.indices { source.type.shape[axis + 2] = Dimension(min(numbers[axis].0, numbers[axis].1)) }
        return source
      }
      remedy.cost = smaller.cost - analysis.cost
    } catch {
      remedy.action += " (\(error))"
    }
    return [
      LintFinding(
        rule: .smallReceptiveField, node: features.node, message: "its units see \(seen) of \(image)", remedy: remedy)
    ]
  }

  /// Global average pooling in place of flattening a map; where maps are pooled already, half of the hidden units, or a
  /// hidden layer that factors the only one.
  private func remedyForClassifier(_ layers: [Node]) -> LintFinding.Remedy {
    let layer = layers[0]
    var current = layer.inputs.first
    while let value = current {
      let type = graph.type(of: value)
      if type.isKnown, type.shape.rank > 2 {
        let positions = Dimension.product(type.shape.spatial)
        guard positions != 1 else { break }
        let flattened = Operator.view(.flatten(from: 1, through: -1))
        return remedy(
          "pool each of the \(type.shape[1]) maps to its mean instead of flattening \(type)",
          from: [flattened, layer.operation],
          to: [.adaptivePool(AdaptivePool(.average(countIncludePad: true))), flattened, layer.operation], on: type)
      }
      switch graph.nodes[value.node].operation {
      case .view, .identity: current = graph.nodes[value.node].inputs.first
      default: current = nil
      }
    }
    guard let input = input(of: layer), case .linear(var hidden) = layer.operation else {
      return LintFinding.Remedy(action: "a narrower layer", cost: nil)
    }
    guard layers.count > 1, let next = graph.nodes[layers[1].id].inputs.first, graph.type(of: next) == layer.outputs[0]
    else {
      let rank = input.shape.dimensions[input.shape.rank - 1].floorDivided(by: 4)
      return remedy(
        "factor it into two layers through \(rank) units", from: [layer.operation],
        to: [.linear(Linear(outputFeatures: rank, bias: false)), layer.operation], on: input)
    }
    hidden.outputFeatures = hidden.outputFeatures.floorDivided(by: 2)
    return remedy(
      "half of its \(layer.outputs[0].shape[layer.outputs[0].shape.rank - 1]) hidden units",
      from: [layer.operation, layers[1].operation], to: [.linear(hidden), layers[1].operation], on: input)
  }
}

extension ReceptiveField {
  /// The type of the image where it is N x C x spatial.
  fileprivate var imageType: TensorType? {
    image.map { graph.type(of: $0.value) }.flatMap { $0.shape.rank == imageSides.count + 2 ? $0 : nil }
  }
}

extension NetworkAnalysis {
  fileprivate var cost: NetworkDifference.Cost {
    var cost = NetworkDifference.Cost()
    cost.parameters = total.parameters
    cost.operations = CountingConvention.macs.count(total.operations)
    cost.activations = total.activations
    return cost
  }
}
