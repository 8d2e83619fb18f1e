import SymbolicIntegers

/// Batch normalisation with stored statistics: `(x - mean) / sqrt(variance + epsilon) * weight + bias` per channel.
///
/// Shape-preserving, N x C x any axes. In evaluation this is one multiplication and one addition per element.
/// Source: Ioffe and Szegedy 2015, arXiv:1502.03167.
public struct BatchNorm: OperatorSemantics {
  public var epsilon: Double
  /// Whether a learnt weight and bias follow.
  public var affine: Bool

  public init(epsilon: Double = 1e-5, affine: Bool = true) {
    self.epsilon = epsilon
    self.affine = affine
  }

  public var name: String { "BatchNorm" }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let input = try known(inputs, 0)
    guard input.shape.rank >= 2 else { throw .rank(expected: "at least 2 axes (batch, channels)", found: input.shape) }
    return keptType(inputs)
  }

  public func parameters(for inputs: [TensorType]) -> [ParameterSpec] {
    guard inputs.count == 1 else { return [] }
    let channels = Shape([inputs[0].shape[1]])
    var specs: [ParameterSpec] = []
    specs.reserveCapacity(5)
    if affine {
      specs.append(ParameterSpec("weight", channels))
      specs.append(ParameterSpec("bias", channels))
    }
    specs.append(ParameterSpec("running_mean", channels, .buffer))
    specs.append(ParameterSpec("running_var", channels, .buffer))
    specs.append(ParameterSpec("num_batches_tracked", [], .counter, .int64))
    return specs
  }

  public func arithmetic(for inputs: [TensorType], producing outputs: [TensorType]) -> Arithmetic {
    let elements = inputs[0].shape.elementCount
    return Arithmetic(
      .batchNorm, inputElements: elements, outputElements: elements, additions: elements, multiplications: elements)
  }
}

/// Layer normalisation: mean and variance over some axes of each sample, then a learnt weight and bias.
///
/// Shape-preserving. Source: Ba, Kiros and Hinton 2016, arXiv:1607.06450.
public struct LayerNorm: OperatorSemantics {
  /// The axes that are normalised together.
  public enum Axes: Hashable, Sendable {
    /// The last `count` axes; weight and bias have their shape.
    case trailing(count: Int)
    /// The channel axis of N x C x spatial; weight and bias have C elements.
    case channels
  }

  public var axes: Axes
  public var epsilon: Double
  public var weight: Bool
  public var bias: Bool
  /// Whether the mean and the reciprocal of the deviation, `1 / sqrt(variance + epsilon)`, are outputs too, with axes of
  /// size 1 where they were taken over. Source: ONNX operator specification, LayerNormalization.
  public var givesStatistics: Bool

  public init(
    axes: Axes = .trailing(count: 1), epsilon: Double = 1e-5, weight: Bool = true, bias: Bool = true,
    givesStatistics: Bool = false
  ) {
    self.axes = axes
    self.epsilon = epsilon
    self.weight = weight
    self.bias = bias
    self.givesStatistics = givesStatistics
  }

  public var name: String { "LayerNorm" }
  public var settings: String { givesStatistics ? "with statistics" : "" }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let input = try known(inputs, 0)
    switch axes {
    case .trailing(let count):
      guard count >= 1, count <= input.shape.rank else {
        throw .rank(expected: "at least \(count) axes", found: input.shape)
      }
    case .channels:
      guard input.shape.rank >= 2 else { throw .rank(expected: "at least 2 axes", found: input.shape) }
    }
    guard givesStatistics else { return keptType(inputs) }
    var statistics = input
    for axis in normalizedAxes(ofRank: input.shape.rank) { statistics.shape[axis] = 1 }
    return [input, statistics, statistics]
  }

  /// The positions of the axes that are normalised together in a tensor of `rank` axes, which the operator accepts.
  public func normalizedAxes(ofRank rank: Int) -> Range<Int> {
    switch axes {
    case .trailing(let count): rank - count..<rank
    case .channels: 1..<2
    }
  }

  private func normalizedShape(_ input: Shape) -> Shape {
    switch axes {
    case .trailing(let count): Shape(Array(input.dimensions.suffix(count)))
    case .channels: [input[1]]
    }
  }

  public func parameters(for inputs: [TensorType]) -> [ParameterSpec] {
    guard inputs.count == 1 else { return [] }
    let shape = normalizedShape(inputs[0].shape)
    return (weight ? [ParameterSpec("weight", shape)] : []) + (bias ? [ParameterSpec("bias", shape)] : [])
  }

  public func arithmetic(for inputs: [TensorType], producing outputs: [TensorType]) -> Arithmetic {
    let shape = inputs[0].shape
    return statisticsArithmetic(
      .layerNorm, elements: shape.elementCount, perSlice: normalizedShape(shape).elementCount, weight: weight,
      bias: bias)
  }
}

/// Group normalisation: mean and variance over groups of channels and all positions of each sample.
///
/// One channel per group is instance normalisation. Input N x C x spatial, shape-preserving.
/// Source: Wu and He 2018, arXiv:1803.08494.
public struct GroupNorm: OperatorSemantics {
  /// Channels are split into so many groups; nil means one group per channel (instance norm).
  public var groups: Dimension?
  public var epsilon: Double
  public var affine: Bool

  public init(groups: Dimension?, epsilon: Double = 1e-5, affine: Bool = true) {
    self.groups = groups
    self.epsilon = epsilon
    self.affine = affine
  }

  public var name: String { groups == nil ? "InstanceNorm" : "GroupNorm" }
  public var settings: String { groups.map { "groups \($0)" } ?? "" }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let input = try known(inputs, 0)
    guard input.shape.rank >= 2 else { throw .rank(expected: "at least 2 axes (batch, channels)", found: input.shape) }
    try requireDivisible(input.shape[1], "channels", by: groups ?? input.shape[1])
    return keptType(inputs)
  }

  public func parameters(for inputs: [TensorType]) -> [ParameterSpec] {
    guard affine, inputs.count == 1 else { return [] }
    let channels = Shape([inputs[0].shape[1]])
    return [ParameterSpec("weight", channels), ParameterSpec("bias", channels)]
  }

  public func arithmetic(for inputs: [TensorType], producing outputs: [TensorType]) -> Arithmetic {
    let shape = inputs[0].shape
    let groups = groups ?? shape[1]
    let perSlice = shape.elementCount.exactlyDivided(by: shape[0] * groups) ?? 1
    return statisticsArithmetic(
      self.groups == nil ? .instanceNorm : .groupNorm, elements: shape.elementCount, perSlice: perSlice,
      weight: affine, bias: affine)
  }
}

/// Work of a normalisation that computes its statistics: mean (n additions), centring (n), squares and their sum
/// (n multiplications, n additions), scaling (n multiplications), then weight and bias; per slice one division for
/// the mean, one for the variance, an addition of epsilon and a square root with its reciprocal.
private func statisticsArithmetic(
  _ kind: Arithmetic.Kind, elements: Dimension, perSlice: Dimension, weight: Bool, bias: Bool
) -> Arithmetic {
  let slices = elements.exactlyDivided(by: perSlice) ?? elements
  return Arithmetic(
    kind, inputElements: elements, outputElements: elements, additions: elements * (bias ? 4 : 3) - slices,
    multiplications: elements * (weight ? 3 : 2) + slices * 3, transcendentals: slices)
}

/// Local response normalisation across channels: `x / (k + alpha / size * sum of squares of size neighbours) ^ beta`.
///
/// Shape-preserving. Source: Krizhevsky et al. 2012, section 3.3; the division of alpha by size is Caffe's and ONNX's.
public struct LocalResponseNorm: OperatorSemantics {
  public var size: Int
  public var alpha: Double
  public var beta: Double
  public var k: Double

  public init(size: Int, alpha: Double = 1e-4, beta: Double = 0.75, k: Double = 1) {
    self.size = size
    self.alpha = alpha
    self.beta = beta
    self.k = k
  }

  public var name: String { "LocalResponseNorm" }
  public var settings: String { "size \(size)" }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let input = try single(inputs)
    guard size > 0 else { throw .setting("size must be positive", found: "\(size)") }
    guard input.shape.rank >= 2 else { throw .rank(expected: "at least 2 axes (batch, channels)", found: input.shape) }
    return keptType(inputs)
  }

  public func arithmetic(for inputs: [TensorType], producing outputs: [TensorType]) -> Arithmetic {
    let elements = inputs[0].shape.elementCount
    // Squares, their sums over the neighbours, the factor alpha / size with k, the power, the division.
    return Arithmetic(
      .localResponseNorm, inputElements: elements, outputElements: elements, additions: elements * size,
      multiplications: elements * 3, transcendentals: elements)
  }
}
