import SymbolicIntegers

/// Elementwise nonlinearity. Shape-preserving.
public struct Activation: OperatorSemantics {
  /// The function applied to each element `x`.
  public enum Function: Hashable, Sendable {
    /// max(x, 0)
    case relu
    /// min(max(x, 0), 6); Howard et al. 2017, arXiv:1704.04861
    case relu6
    /// min(max(x, lower), upper)
    case clip(lower: Double, upper: Double)
    /// x for x >= 0, slope * x below
    case leakyReLU(slope: Double)
    /// Leaky ReLU with a learnt slope of the given shape; He et al. 2015, arXiv:1502.01852
    case preLU(slope: Shape)
    /// x for x > threshold, 0 below
    case thresholdedReLU(threshold: Double)
    case sigmoid
    /// min(max(alpha * x + beta, 0), 1)
    case hardSigmoid(alpha: Double, beta: Double)
    case tanh
    /// x * sigmoid(x); Ramachandran et al. 2017, arXiv:1710.05941
    case silu
    /// x * min(max(x / 6 + 1 / 2, 0), 1); Howard et al. 2019, arXiv:1905.02244
    case hardSwish
    /// x * (1 + erf(x / sqrt 2)) / 2; Hendrycks and Gimpel 2016, arXiv:1606.08415
    case gelu
    /// The tanh approximation of ``gelu``
    case geluTanh
    /// x * tanh(softplus(x)); Misra 2019, arXiv:1908.08681
    case mish
    /// log(1 + exp x)
    case softplus
    /// x / (1 + |x|)
    case softsign
    /// x for x >= 0, alpha * (exp x - 1) below
    case elu(alpha: Double)
    /// scale * elu; Klambauer et al. 2017, arXiv:1706.02515
    case selu(alpha: Double, scale: Double)
    /// max(0, x) + min(0, alpha * (exp(x / alpha) - 1))
    case celu(alpha: Double)
  }

  public var function: Function
  /// Whether the reference implementation overwrites its input.
  public var inPlace: Bool

  public init(_ function: Function, inPlace: Bool = false) {
    self.function = function
    self.inPlace = inPlace
  }

  public var name: String {
    switch function {
    case .relu: "ReLU"
    case .relu6: "ReLU6"
    case .clip: "Clip"
    case .leakyReLU: "LeakyReLU"
    case .preLU: "PReLU"
    case .thresholdedReLU: "ThresholdedReLU"
    case .sigmoid: "Sigmoid"
    case .hardSigmoid: "HardSigmoid"
    case .tanh: "Tanh"
    case .silu: "SiLU"
    case .hardSwish: "HardSwish"
    case .gelu: "GELU"
    case .geluTanh: "GELUTanh"
    case .mish: "Mish"
    case .softplus: "Softplus"
    case .softsign: "Softsign"
    case .elu: "ELU"
    case .selu: "SELU"
    case .celu: "CELU"
    }
  }

  public var settings: String {
    switch function {
    case .clip(let lower, let upper): "\(lower) to \(upper)"
    case .leakyReLU(let slope): "slope \(slope)"
    default: ""
    }
  }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let input = try known(inputs, 0)
    if case .preLU(let slope) = function {
      guard inputs.count <= 2 else { throw .inputCount(expected: "1 or 2 inputs", found: inputs.count) }
      // One slope per channel is written C; it lies along axis 1.
      let perChannel = slope.rank == 1 && input.shape.rank >= 2 && slope[0] == input.shape[1]
      if !perChannel {
        let result = try broadcast([input.shape, slope])
        guard result == input.shape else {
          throw .mismatch(rule: "the slope must broadcast to the input", left: "\(slope)", right: "\(input.shape)")
        }
      }
      return keptType(inputs)
    }
    _ = try single(inputs)
    return inputs
  }

  public func parameters(for inputs: [TensorType]) -> [ParameterSpec] {
    guard case .preLU(let slope) = function, inputs.count == 1 else { return [] }
    return [ParameterSpec("weight", slope)]
  }

  /// Additions, multiplications, comparisons and transcendentals per element, as the definition above is written.
  private var cost: (additions: Int, multiplications: Int, comparisons: Int, transcendentals: Int) {
    switch function {
    case .relu, .thresholdedReLU: (0, 0, 1, 0)
    case .relu6, .clip: (0, 0, 2, 0)
    case .leakyReLU, .preLU: (0, 1, 1, 0)
    case .sigmoid: (1, 1, 0, 1)
    case .hardSigmoid: (1, 1, 2, 0)
    case .tanh: (0, 0, 0, 1)
    case .silu: (1, 2, 0, 1)
    case .hardSwish: (1, 2, 2, 0)
    case .gelu: (1, 3, 0, 1)
    case .geluTanh: (2, 6, 0, 1)
    case .mish: (1, 1, 0, 3)
    case .softplus: (1, 0, 0, 2)
    case .softsign: (1, 1, 1, 0)
    case .elu: (1, 1, 1, 1)
    case .selu: (1, 2, 1, 1)
    case .celu: (2, 2, 2, 1)
    }
  }

  public func arithmetic(for inputs: [TensorType], producing outputs: [TensorType]) -> Arithmetic {
    let elements = outputs[0].shape.elementCount
    let cost = cost
    return Arithmetic(
      .activation, inputElements: elements, outputElements: elements, additions: elements * cost.additions,
      multiplications: elements * cost.multiplications, comparisons: elements * cost.comparisons,
      transcendentals: elements * cost.transcendentals)
  }
}

/// Softmax along one axis: `exp(x - max) / sum exp(x - max)`, or its logarithm. Shape-preserving.
public struct Softmax: OperatorSemantics {
  public var axis: Int
  public var logarithm: Bool

  public init(axis: Int = -1, logarithm: Bool = false) {
    self.axis = axis
    self.logarithm = logarithm
  }

  public var name: String { logarithm ? "LogSoftmax" : "Softmax" }
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
      .softmax, inputElements: elements, outputElements: elements, additions: elements * 2 - slices,
      multiplications: logarithm ? 0 : elements, comparisons: elements - slices,
      transcendentals: logarithm ? elements + slices : elements, taps: slices)
  }
}
