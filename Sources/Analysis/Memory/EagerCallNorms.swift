import NetworkGraph
import SymbolicIntegers

/// Normalisations.
extension EagerRules {
  /// Keeps its input, and the batch's mean and deviation of each channel.
  func batchNorm(_ inputs: [EagerOperand]) -> EagerCall {
    let shape = inputs[0].type.shape
    let statistic = shape[1] * Self.statisticBytes
    return EagerCall(
      output: .fresh(channelsLast(inputs[0], shape)), scratch: isTraining ? statistic * 2 : 0,
      kept: [.input(0), .extra(statistic), .extra(statistic)])
  }

  /// Keeps its input, and mean and deviation of each slice, which inference computes too. Over channels of N x C x H x W
  /// it runs on a permuted view, and its result is permuted back.
  func layerNorm(_ norm: LayerNorm, _ inputs: [EagerOperand]) -> EagerCall {
    let shape = inputs[0].type.shape
    let slices: Dimension
    var layout: EagerLayout?
    switch norm.axes {
    case .trailing(let count): slices = Dimension.product(shape.dimensions.dropLast(count))
    case .channels:
      slices = shape[0] * Dimension.product(shape.spatial)
      layout = EagerLayout(dense: shape, order: [0] + (2..<Swift.max(2, shape.rank)) + [1]).unlessRowMajor(shape)
    }
    return normalized(inputs, slices: slices, layout)
  }

  /// Keeps its input, and mean and deviation of each group of each sample.
  func groupNorm(_ norm: GroupNorm, _ inputs: [EagerOperand]) -> EagerCall {
    let shape = inputs[0].type.shape
    return normalized(inputs, slices: shape[0] * (norm.groups ?? shape[1]), channelsLast(inputs[0], shape))
  }

  private func normalized(_ inputs: [EagerOperand], slices: Dimension, _ layout: EagerLayout?) -> EagerCall {
    let statistic = slices * Self.statisticBytes
    return EagerCall(
      output: .fresh(layout), scratch: statistic * 2, kept: [.input(0), .extra(statistic), .extra(statistic)])
  }

  /// Written out: squares, padded by neighbours beyond the first and last channel, averaged; the factor and k; the power;
  /// the quotient. Keeps its input, the padded squares, what the power is taken of, and the power.
  func localResponseNorm(_ norm: LocalResponseNorm, _ inputs: [EagerOperand]) -> EagerCall {
    let type = inputs[0].type
    let map = bytes(type)
    var padded = type.shape
    padded[1] += norm.size - 1
    return EagerCall(
      scratch: map * 2, kept: [.input(0), .extra(bytes(type.with(shape: padded))), .extra(map), .extra(map)])
  }

  /// Written out: norms of the maps, their quotients by the mean norm, the product with the input, the affine form, the
  /// sum. Keeps its input, the norms, the means, the quotients and the product.
  func globalResponseNorm(_ norm: GlobalResponseNorm, _ inputs: [EagerOperand]) -> EagerCall {
    let type = inputs[0].type
    let (map, element) = (bytes(type), elementBytes(type.elementType))
    let channels = norm.isChannelsLast ? type.shape[type.shape.rank - 1] : type.shape[1]
    let norms = type.shape[0] * channels * element
    return EagerCall(
      output: .fresh(dense(inputs[0])), scratch: map + norms * 2,
      kept: [.input(0), .extra(norms), .extra(type.shape[0] * element), .extra(norms), .extra(map)])
  }

  /// Keeps its input, the norms, and the norms after their lower bound.
  func unitNormalization(_ norm: UnitNormalization, _ inputs: [EagerOperand]) -> EagerCall {
    var shape = inputs[0].type.shape
    if let axis = shape.normalized(axis: norm.axis) { shape[axis] = 1 }
    let norms = bytes(inputs[0].type.with(shape: shape))
    return EagerCall(
      output: .fresh(dense(inputs[0])), scratch: norms, kept: [.input(0), .extra(norms), .extra(norms)])
  }
}
