import SymbolicIntegers

/// Global response normalisation: each channel's energy against the mean energy of all channels.
///
/// `x + weight * x * (g / (mean of g over channels + epsilon)) + bias` with `g` the Euclidean norm of a channel's map,
/// per sample. Shape-preserving; weight and bias have one element per channel.
/// Source: Woo et al. 2023, arXiv:2301.00808, section 3.
public struct GlobalResponseNorm: OperatorSemantics {
  /// Whether the input is N x spatial x C instead of N x C x spatial.
  public var isChannelsLast: Bool
  public var epsilon: Double

  public init(isChannelsLast: Bool, epsilon: Double = 1e-6) {
    self.isChannelsLast = isChannelsLast
    self.epsilon = epsilon
  }

  public var name: String { "GlobalResponseNorm" }

  private func channels(_ shape: Shape) -> Dimension { isChannelsLast ? shape[shape.rank - 1] : shape[1] }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let input = try single(inputs)
    guard input.shape.rank >= 3 else { throw .rank(expected: "at least 3 axes", found: input.shape) }
    return inputs
  }

  public func parameters(for inputs: [TensorType]) -> [ParameterSpec] {
    let shape = Shape([channels(inputs[0].shape)])
    return [ParameterSpec("weight", shape), ParameterSpec("bias", shape)]
  }

  public func arithmetic(for inputs: [TensorType], producing outputs: [TensorType]) -> Arithmetic {
    let shape = inputs[0].shape
    let elements = shape.elementCount
    let maps = shape[0] * channels(shape)
    // Norms of the maps; their mean, epsilon and quotients; then x * quotient * weight + bias + x.
    return Arithmetic(
      .reduction, inputElements: elements, outputElements: elements, additions: elements * 3,
      multiplications: elements * 3 + shape[0] + maps, transcendentals: maps)
  }
}

/// Slices along one axis divided by their Euclidean norm, which counts as at least `epsilon`. Shape-preserving.
///
/// Cosine attention compares queries and keys of this form. Source: Liu et al. 2022, arXiv:2111.09883, section 3.2.
public struct UnitNormalization: OperatorSemantics {
  public var axis: Int
  public var epsilon: Double

  public init(axis: Int = -1, epsilon: Double = 1e-12) {
    self.axis = axis
    self.epsilon = epsilon
  }

  public var name: String { "UnitNormalization" }
  public var settings: String { "axis \(axis)" }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let input = try single(inputs)
    _ = try input.shape.position(of: axis)
    return inputs
  }

  public func arithmetic(for inputs: [TensorType], producing outputs: [TensorType]) -> Arithmetic {
    let shape = inputs[0].shape
    let elements = shape.elementCount
    var slices: Dimension = 1
    let position = shape.normalized(axis: axis)
    for (index, dimension) in shape.dimensions.enumerated() where index != position { slices *= dimension }
    return Arithmetic(
      .reduction, inputElements: elements, outputElements: elements, additions: elements - slices,
      multiplications: elements * 2, comparisons: slices, transcendentals: slices)
  }
}
