import NetworkGraph
import SymbolicIntegers

/// Operators on single elements, and reductions.
extension BackwardRules {
  /// Operations for each element of `dx = dy * f'`, from the tensor that automatic differentiation keeps.
  ///
  /// sigmoid and tanh: from y, `y (1 - y)` and `1 - y^2`. SiLU: `s (1 + x (1 - s))` with s = sigmoid x. GELU:
  /// `F(x) + x F'(x)` with F the normal distribution. Mish: `t + x s (1 - t^2)` with t = tanh(log(1 + exp x)). Softplus:
  /// sigmoid x. Softsign: the square of the divisor, which is kept. ELU and its kin: from y below 0. The piecewise linear
  /// ones: which piece, and its slope where that is neither 0 nor 1.
  private static func derivative(
    _ function: Activation.Function
  ) -> (additions: Int, multiplications: Int, comparisons: Int, transcendentals: Int) {
    switch function {
    case .relu, .thresholdedReLU: (0, 0, 1, 0)
    case .relu6, .clip: (0, 0, 2, 0)
    case .leakyReLU, .preLU: (0, 1, 1, 0)
    case .sigmoid, .tanh: (1, 2, 0, 0)
    case .hardSigmoid: (0, 1, 2, 0)
    case .silu: (3, 4, 0, 1)
    case .hardSwish: (1, 2, 2, 0)
    case .gelu: (2, 7, 0, 2)
    case .geluTanh: (5, 12, 0, 1)
    case .mish: (3, 5, 0, 3)
    case .softplus: (1, 2, 0, 1)
    case .softsign: (0, 2, 0, 0)
    case .elu: (1, 1, 1, 0)
    case .selu: (1, 2, 1, 0)
    case .celu: (1, 2, 1, 0)
    }
  }

  /// A learnt slope also has a gradient: the sum of dy x over the elements below 0.
  static func activation(_ activation: Activation, _ call: Call) -> OperatorGradients {
    let elements = call.outputElements
    let cost = derivative(activation.function)
    let input = TrainingKernel(
      Arithmetic(
        .activation, additions: elements * cost.additions, multiplications: elements * cost.multiplications,
        comparisons: elements * cost.comparisons, transcendentals: elements * cost.transcendentals),
      moves: elements * 3)
    guard case .preLU(let shape) = activation.function else { return OperatorGradients(inputs: [input]) }
    let slope = TrainingKernel(
      Arithmetic(
        .activation, additions: elements - shape.elementCount, multiplications: elements, comparisons: elements),
      moves: elements * 2 + shape.elementCount)
    return OperatorGradients(
      inputs: Array([input, slope].prefix(call.inputs.count)), parameters: call.gradients(["weight": slope]))
  }

  /// `dx = y (dy - sum of dy y)`; of the logarithm `dx = dy - exp y * sum of dy`. Both from y.
  static func softmax(_ softmax: Softmax, _ call: Call) -> OperatorGradients {
    let elements = call.inputElements
    let slices = self.slices(of: call.inputs[0].shape, along: softmax.axis)
    return OperatorGradients(
      inputs: [
        TrainingKernel(
          Arithmetic(
            .softmax, additions: elements * 2 - slices, multiplications: elements * (softmax.logarithm ? 1 : 2),
            transcendentals: softmax.logarithm ? elements : 0),
          moves: elements * 3)
      ])
  }

  /// Each operand's derivative times dy, summed over the positions that a smaller operand was stretched to.
  static func elementwise(_ operation: Elementwise, _ call: Call) -> OperatorGradients {
    let elements = call.outputElements
    let inputs = call.inputs.indices.map { position -> TrainingKernel? in
      guard var kernel = derivative(operation.function, position, of: call.inputs.count, elements) else { return nil }
      let own = call.elements(position)
      kernel.work.additions += elements - own
      // Sums hand dy on as it is; everything else writes a gradient, and so do sums over stretched axes.
      if kernel.elementsMoved != 0 {
        kernel.elementsMoved += own
      } else if own != elements {
        kernel.elementsMoved = elements + own
      }
      return kernel
    }
    return OperatorGradients(inputs: inputs)
  }

  /// The contribution of each output element to operand `position`, and the elements read for it; nil without a
  /// derivative.
  private static func derivative(
    _ function: Elementwise.Function, _ position: Int, of count: Int, _ elements: Dimension
  ) -> TrainingKernel? {
    func kernel(
      additions: Int = 0, multiplications: Int = 0, comparisons: Int = 0, transcendentals: Int = 0, reads: Int
    ) -> TrainingKernel {
      TrainingKernel(
        Arithmetic(
          .elementwise, additions: elements * additions, multiplications: elements * multiplications,
          comparisons: elements * comparisons, transcendentals: elements * transcendentals),
        moves: elements * reads)
    }
    switch function {
    case .add, .subtract: return kernel(reads: 0)
    case .mean: return kernel(multiplications: count > 1 ? 1 : 0, reads: 1)
    case .multiply: return kernel(multiplications: 1, reads: 2)
    // a / b: dy / b, and -dy * a / b / b.
    case .divide: return kernel(multiplications: position == 0 ? 1 : 3, reads: position == 0 ? 2 : 3)
    // a ^ b: dy * b * a ^ (b - 1), and dy * y * log a.
    case .power:
      return position == 0
        ? kernel(additions: 1, multiplications: 2, transcendentals: 1, reads: 3)
        : kernel(multiplications: 2, transcendentals: 1, reads: 3)
    case .minimum, .maximum: return kernel(comparisons: count > 1 ? 1 : 0, reads: 3)
    // a - b * floor(a / b), or b times the quotient rounded toward zero.
    case .modulo, .remainder: return position == 0 ? kernel(reads: 0) : kernel(multiplications: 2, reads: 3)
    case .exponential, .logarithm: return kernel(multiplications: 1, reads: 2)
    case .squareRoot, .reciprocal: return kernel(multiplications: 2, reads: 2)
    // dy * 2 / sqrt pi * exp(-x x).
    case .errorFunction: return kernel(multiplications: 3, transcendentals: 1, reads: 2)
    case .absolute: return kernel(comparisons: 1, reads: 2)
    case .negate: return kernel(reads: 1)
    case .sine, .cosine: return kernel(multiplications: 1, transcendentals: 1, reads: 2)
    case .where: return position == 0 ? nil : kernel(reads: 2)
    case .equal, .less, .lessOrEqual, .greater, .greaterOrEqual, .and, .or, .xor, .not, .sign, .floor, .ceiling, .round:
      return nil
    }
  }

  /// `dx = dy w`; `dw = sum of dy x` and `db = sum of dy` over what shares a factor.
  static func scale(_ scale: Scale, _ call: Call) -> OperatorGradients {
    let elements = call.inputElements
    let factors = call.parameters.first?.shape.elementCount ?? 0
    let weight = TrainingKernel(
      Arithmetic(.scale, additions: elements - factors, multiplications: elements), moves: elements * 2 + factors)
    let bias = TrainingKernel(Arithmetic(.scale, additions: elements - factors), moves: elements + factors)
    return OperatorGradients(
      inputs: [TrainingKernel(Arithmetic(.scale, multiplications: elements), moves: elements * 2 + factors)],
      parameters: call.gradients([scale.bias ? "weight" : "": weight, "bias": bias]))
  }

  /// `dx = dy * factor`; dy itself where the factor is 1.
  static func affine(_ affine: Affine, _ call: Call) -> OperatorGradients {
    let elements = call.inputElements
    let isScaled = affine.factor != 1
    return OperatorGradients(
      inputs: [
        TrainingKernel(
          Arithmetic(.elementwise, multiplications: isScaled ? elements : 0), moves: isScaled ? elements * 2 : 0)
      ])
  }

  /// dy of a result goes to each of its elements: as it is (sum), divided by their number (mean), times 2 x (sum of
  /// squares), times x / y (Euclidean norm), times y / x (product), by sign (absolute sum), to those that equal the result
  /// (maximum, minimum).
  static func reduction(_ reduction: Reduction, _ call: Call) -> OperatorGradients {
    let (elements, results) = (call.inputElements, call.outputElements)
    var (multiplications, comparisons, reads): (Dimension, Dimension, Dimension) = (0, 0, results)
    switch reduction.function {
    case .sum: break
    case .mean: multiplications = results
    case .sumOfSquares:
      multiplications = results + elements
      reads += elements
    case .euclideanNorm, .product:
      multiplications = results + elements
      reads += elements + results
    case .absoluteSum:
      comparisons = elements
      reads += elements
    case .maximum, .minimum:
      comparisons = elements
      reads += elements + results
    }
    return OperatorGradients(
      inputs: [
        TrainingKernel(
          Arithmetic(.reduction, multiplications: multiplications, comparisons: comparisons), moves: reads + elements)
      ])
  }
}
