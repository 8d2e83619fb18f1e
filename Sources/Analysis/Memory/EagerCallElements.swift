import NetworkGraph
import SymbolicIntegers

/// Operators on single elements, and reductions.
extension EagerRules {
  /// What the gradient of a nonlinearity is computed from.
  private enum Source {
    case input, output
    /// The output where it overwrites the input, since both have the same sign there; else the input.
    case outputInPlace
  }

  /// Keeps its input or its output, whichever its derivative is a function of. One that overwrites an input it needs
  /// copies it first (ReLU6, SiLU, hard swish), and one that needs its output does not (ReLU).
  func activation(_ activation: Activation, _ inputs: [EagerOperand], _ output: TensorType) -> EagerCall {
    let source: Source
    var extra: EagerCall.Kept?
    switch activation.function {
    case .relu, .sigmoid, .tanh: source = .output
    case .leakyReLU, .elu, .selu, .celu: source = .outputInPlace
    case .softsign:
      // Written out as a quotient, whose divisor is a tensor of its own.
      source = .input
      extra = .extra(bytes(output))
    case .preLU:
      source = .input
      if inputs.count > 1 { extra = .input(1) }
    case .relu6, .clip, .thresholdedReLU, .hardSigmoid, .silu, .hardSwish, .gelu, .geluTanh, .mish, .softplus:
      source = .input
    }
    let first: EagerCall.Kept
    if activation.inPlace {
      if case .input = source { first = .extra(bytes(output)) } else { first = .output }
    } else {
      if case .output = source { first = .output } else { first = .input(0) }
    }
    return EagerCall(
      output: activation.inPlace ? .shared(input: 0, inputs[0].layout) : .fresh(dense(inputs[0])),
      kept: extra.map { [first, $0] } ?? [first])
  }

  /// Keeps the factors of a product, each if the other needs a gradient; sums keep nothing.
  func elementwise(_ operation: Elementwise, _ inputs: [EagerOperand], _ output: TensorType) -> EagerCall {
    var call = EagerCall()
    if operation.inPlace {
      call.output = .shared(input: 0, inputs[0].layout)
    } else if let shaped = inputs.first(where: { $0.type.shape == output.shape }) {
      call.output = .fresh(dense(shaped))
    }
    func othersNeedGradient(_ index: Int) -> Bool {
      inputs.indices.contains { $0 != index && inputs[$0].needsGradient }
    }
    switch operation.function {
    case .multiply, .divide:
      for index in inputs.indices {
        let isDivisor = operation.function == .divide && index == 1
        guard othersNeedGradient(index) || isDivisor && inputs[index].needsGradient else { continue }
        call.kept.append(index == 0 && operation.inPlace ? .extra(bytes(output)) : .input(index))
      }
    case .power, .minimum, .maximum:
      call.kept = inputs.indices.map { .input($0) }
    case .exponential, .squareRoot, .reciprocal:
      call.kept = [.output]
    case .logarithm, .errorFunction, .absolute, .sine, .cosine, .where:
      call.kept = [.input(0)]
    case .add, .subtract, .mean, .modulo, .remainder, .equal, .less, .lessOrEqual, .greater, .greaterOrEqual, .and, .or,
      .xor, .not, .negate, .sign, .floor, .ceiling, .round:
      break
    }
    return call
  }

  /// Keeps nothing: the factor is a number.
  func affine(_ affine: Affine, _ inputs: [EagerOperand], _ output: TensorType) -> EagerCall {
    if affine.inPlace { return EagerCall(output: .shared(input: 0, inputs[0].layout)) }
    let isTwoSteps = affine.factor != 1 && affine.offset != 0
    return EagerCall(output: .fresh(dense(inputs[0])), scratch: isTwoSteps ? bytes(output) : 0)
  }

  /// Means and sums keep nothing but sizes.
  func reduction(_ reduction: Reduction) -> EagerCall {
    switch reduction.function {
    case .mean, .sum: EagerCall()
    case .sumOfSquares, .absoluteSum: EagerCall(kept: [.input(0)])
    case .maximum, .minimum, .product, .euclideanNorm: EagerCall(kept: [.input(0), .output])
    }
  }

  /// Dropout keeps a mask as large as its input, stochastic depth one number for each sample; both only where training
  /// drops anything. In inference neither exists.
  func identity(_ identity: Identity, _ inputs: [EagerOperand], _ output: TensorType) -> EagerCall {
    let through = EagerCall(output: .shared(input: 0, inputs[0].layout))
    switch identity {
    case .identity: return through
    case .cast: return EagerCall(output: .fresh(dense(inputs[0])))
    case .dropout(let probability):
      guard isTraining, probability > 0 else { return through }
      return EagerCall(output: .fresh(dense(inputs[0])), kept: [.extra(bytes(output))])
    case .stochasticDepth(let probability):
      guard isTraining, probability > 0, output.shape.rank > 0 else { return through }
      let mask = output.shape[0] * elementBytes(output.elementType)
      return EagerCall(output: .fresh(dense(inputs[0])), kept: [.extra(mask)])
    }
  }
}
