import NetworkGraph
import SymbolicIntegers

/// Normalisations. h stands for the normalised input (x - mean) / deviation, M for the elements that share a mean.
extension BackwardRules {
  /// Batch normalisation in training, over C channels of M elements:
  /// `db = sum of dy`, `dw = sum of dy h`, `dx = w / deviation * (dy - db / M - h dw / M)`.
  ///
  /// h is computed again from x, mean and deviation. The two sums are dw and db themselves, and dx needs them whether
  /// the weights are trained or not. Source: Ioffe and Szegedy 2015, arXiv:1502.03167, section 3.
  static func batchNorm(_ call: Call) -> OperatorGradients {
    let elements = call.inputElements
    let channels = call.inputs[0].shape[1]
    let isAffine = call.inputs.count > 1 || call.parameter("weight") != 0
    let sums = Arithmetic(
      .batchNorm, additions: elements + (elements - channels) * 2, multiplications: elements * 2)
    let input = Arithmetic(
      .batchNorm, additions: elements * 2, multiplications: elements * 2 + channels * (isAffine ? 3 : 2))
    let done = TrainingKernel(Arithmetic(.batchNorm))
    return OperatorGradients(
      shared: TrainingKernel(sums, moves: elements * 2 + channels * 4),
      inputs: [TrainingKernel(input, moves: elements * 3 + channels * 5)] + call.inputs.dropFirst().map { _ in done },
      parameters: call.gradients(["weight": done, "bias": done]))
  }

  static func layerNorm(_ norm: LayerNorm, _ call: Call) -> OperatorGradients {
    let shape = call.inputs[0].shape
    let slices: Dimension
    switch norm.axes {
    case .trailing(let count): slices = Dimension.product(shape.dimensions.dropLast(count))
    case .channels: slices = shape[0] * Dimension.product(shape.spatial)
    }
    return normalized(.layerNorm, call, slices: slices, isWeighted: norm.weight)
  }

  static func groupNorm(_ norm: GroupNorm, _ call: Call) -> OperatorGradients {
    let shape = call.inputs[0].shape
    return normalized(call.forward.kind, call, slices: shape[0] * (norm.groups ?? shape[1]), isWeighted: norm.affine)
  }

  /// Norms whose mean is over part of a sample: h again; `dw = sum of dy h` and `db = sum of dy` over what shares a
  /// weight; dx by ``normalizedInput(_:elements:slices:isWeighted:)``.
  private static func normalized(
    _ kind: Arithmetic.Kind, _ call: Call, slices: Dimension, isWeighted: Bool
  ) -> OperatorGradients {
    let elements = call.inputElements
    // Exporters hand the weights over as inputs.
    let weights = call.inputs.count > 1 ? call.elements(1) : call.parameter("weight")
    let biases = call.inputs.count > 1 ? call.elements(2) : call.parameter("bias")
    let weight = TrainingKernel(
      Arithmetic(kind, additions: elements - weights, multiplications: elements), moves: elements * 2 + weights)
    let bias = TrainingKernel(Arithmetic(kind, additions: elements - biases), moves: elements + biases)
    let input = normalizedInput(kind, elements: elements, slices: slices, isWeighted: isWeighted)
    return OperatorGradients(
      shared: normalizedValues(kind, elements: elements),
      inputs: Array([input, weight, bias].prefix(call.inputs.count)),
      parameters: call.gradients(["weight": weight, "bias": bias]))
  }

  /// h from x, its mean and its deviation: a subtraction and a product for each element.
  static func normalizedValues(_ kind: Arithmetic.Kind, elements: Dimension) -> TrainingKernel {
    TrainingKernel(Arithmetic(kind, additions: elements, multiplications: elements), moves: elements * 2)
  }

  /// With g = dy w: `dx = (g - mean of g - h * mean of g h) / deviation`, means over the M elements of a slice.
  static func normalizedInput(
    _ kind: Arithmetic.Kind, elements: Dimension, slices: Dimension, isWeighted: Bool
  ) -> TrainingKernel {
    TrainingKernel(
      Arithmetic(
        kind, additions: (elements - slices) * 2 + elements * 2,
        multiplications: elements * (isWeighted ? 4 : 3) + slices * 2),
      moves: elements * 3 + slices * 2)
  }

  /// With s = k + alpha / size * sum of squares and p = s ^ beta, which the forward pass keeps:
  /// `dx = dy / p - x * (2 alpha beta / size) * sum over neighbours of (dy / p) * x / s`.
  static func localResponseNorm(_ norm: LocalResponseNorm, _ call: Call) -> OperatorGradients {
    let elements = call.inputElements
    return OperatorGradients(
      inputs: [
        TrainingKernel(
          Arithmetic(.localResponseNorm, additions: elements * norm.size, multiplications: elements * 5),
          moves: elements * 5)
      ])
  }

  /// y = x + w x q + b with q = g / d, g the norm of a map and d the mean of g over channels plus epsilon:
  /// `dw = sum of dy x q`, `db = sum of dy`; with h = dy w, `dq = sum of h x` over the map and
  /// `dg = (dq - mean over channels of dq q) / d`, `dx = dy + h q + x dg / g`.
  static func globalResponseNorm(_ norm: GlobalResponseNorm, _ call: Call) -> OperatorGradients {
    let shape = call.inputs[0].shape
    let elements = call.inputElements
    let (samples, channels) = (shape[0], norm.isChannelsLast ? shape[shape.rank - 1] : shape[1])
    let maps = samples * channels
    let weight = Arithmetic(.reduction, additions: elements - channels, multiplications: elements * 2)
    let bias = Arithmetic(.reduction, additions: elements - channels)
    let input = Arithmetic(
      .reduction, additions: elements * 3 + maps - samples, multiplications: elements * 4 + maps * 3 + samples)
    return OperatorGradients(
      inputs: [TrainingKernel(input, moves: elements * 3 + maps * 2 + channels)],
      parameters: call.gradients([
        "weight": TrainingKernel(weight, moves: elements * 2 + maps + channels),
        "bias": TrainingKernel(bias, moves: elements + channels),
      ]))
  }

  /// y = x / norm: `dx = (dy - y * sum of dy y) / norm`, y computed again. Where the norm is below its bound the sum has
  /// no part; it is counted.
  static func unitNormalization(_ norm: UnitNormalization, _ call: Call) -> OperatorGradients {
    let elements = call.inputElements
    let slices = self.slices(of: call.inputs[0].shape, along: norm.axis)
    return OperatorGradients(
      inputs: [
        TrainingKernel(
          Arithmetic(.reduction, additions: elements * 2 - slices, multiplications: elements * 4),
          moves: elements * 3 + slices)
      ])
  }

  /// The number of lines of a shape along one axis.
  static func slices(of shape: Shape, along axis: Int) -> Dimension {
    let position = shape.normalized(axis: axis)
    return Dimension.product(shape.dimensions.indices.lazy.filter { $0 != position }.map { shape[$0] })
  }
}
