import SymbolicIntegers

/// Function of the corresponding elements of one or more tensors, with NumPy broadcasting.
public struct Elementwise: OperatorSemantics {
  /// What is computed of each tuple of elements.
  public enum Function: String, Hashable, Sendable, CaseIterable {
    case add = "Add"
    case subtract = "Subtract"
    case multiply = "Multiply"
    case divide = "Divide"
    case power = "Power"
    /// What division leaves, with the sign of the divisor; Python's `%`, ONNX Mod.
    case modulo = "Modulo"
    /// What division leaves, with the sign of the dividend; C's `fmod`, ONNX Mod with `fmod`.
    case remainder = "Remainder"
    case minimum = "Minimum"
    case maximum = "Maximum"
    case mean = "Mean"
    case equal = "Equal"
    case less = "Less"
    case lessOrEqual = "LessOrEqual"
    case greater = "Greater"
    case greaterOrEqual = "GreaterOrEqual"
    case and = "And"
    case or = "Or"
    case xor = "Xor"
    case not = "Not"
    case exponential = "Exp"
    case logarithm = "Log"
    case squareRoot = "Sqrt"
    case reciprocal = "Reciprocal"
    case errorFunction = "Erf"
    case absolute = "Abs"
    case negate = "Negate"
    case sign = "Sign"
    case floor = "Floor"
    case ceiling = "Ceiling"
    case round = "Round"
    case sine = "Sine"
    case cosine = "Cosine"
    /// The second input where the first is true, the third elsewhere.
    case `where` = "Where"

    /// How many inputs the function takes.
    public var arity: ClosedRange<Int> {
      switch self {
      case .add, .minimum, .maximum, .mean: 1...Int.max
      case .subtract, .multiply, .divide, .power, .modulo, .remainder, .equal, .less, .lessOrEqual, .greater,
        .greaterOrEqual, .and, .or, .xor:
        2...2
      case .not, .exponential, .logarithm, .squareRoot, .reciprocal, .errorFunction, .absolute, .negate, .sign, .floor,
        .ceiling, .round, .sine, .cosine:
        1...1
      case .where: 3...3
      }
    }

    /// Whether the result is a truth value.
    var isPredicate: Bool {
      switch self {
      case .equal, .less, .lessOrEqual, .greater, .greaterOrEqual, .and, .or, .xor, .not: true
      default: false
      }
    }
  }

  public var function: Function
  /// Whether the reference implementation overwrites its first input.
  public var inPlace: Bool

  public init(_ function: Function, inPlace: Bool = false) {
    self.function = function
    self.inPlace = inPlace
  }

  public var name: String { function.rawValue }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let arity = function.arity
    guard arity.contains(inputs.count) else {
      let expected = arity.count == 1 ? "\(arity.lowerBound) inputs" : "at least \(arity.lowerBound) inputs"
      throw .inputCount(expected: expected, found: inputs.count)
    }
    for position in inputs.indices { _ = try known(inputs, position) }
    if inputs.count == 2, inputs[0].shape == inputs[1].shape, !function.isPredicate { return [inputs[0]] }
    let shape = try broadcast(inputs.map(\.shape))
    let elementType = function.isPredicate ? .bool : inputs[function == .where ? 1 : 0].elementType
    return [TensorType(shape, elementType)]
  }

  public func arithmetic(for inputs: [TensorType], producing outputs: [TensorType]) -> Arithmetic {
    var work = Arithmetic(.elementwise)
    let elements = outputs[0].shape.elementCount
    let steps = elements * Swift.max(1, inputs.count - 1)
    work.inputElements = inputs[0].shape.elementCount
    work.outputElements = elements
    switch function {
    case .add, .subtract: work.additions = inputs.count == 1 ? 0 : steps
    case .mean:
      work.additions = inputs.count == 1 ? 0 : steps
      work.multiplications = elements
    case .multiply, .divide, .reciprocal, .modulo, .remainder: work.multiplications = steps
    case .minimum, .maximum: work.comparisons = inputs.count == 1 ? 0 : steps
    case .equal, .less, .lessOrEqual, .greater, .greaterOrEqual, .sign: work.comparisons = elements
    case .power, .exponential, .logarithm, .squareRoot, .errorFunction, .sine, .cosine: work.transcendentals = elements
    case .and, .or, .xor, .not, .absolute, .negate, .floor, .ceiling, .round, .where: break
    }
    return work
  }
}

/// The shape that all of `shapes` broadcast to: aligned at the last axis, an axis of 1 stretches.
/// - Throws: ``ShapeError/mismatch(rule:left:right:)`` naming the two shapes that do not fit.
func broadcast(_ shapes: [Shape]) throws(ShapeError) -> Shape {
  var result = shapes.first ?? []
  for shape in shapes.dropFirst() where shape != result {
    let rank = Swift.max(result.rank, shape.rank)
    var dimensions: [Dimension] = []
    dimensions.reserveCapacity(rank)
    for axis in 0..<rank {
      let left = axis - (rank - result.rank)
      let right = axis - (rank - shape.rank)
      let a: Dimension = left >= 0 ? result[left] : 1
      let b: Dimension = right >= 0 ? shape[right] : 1
      if a == b || b == 1 {
        dimensions.append(a)
      } else if a == 1 {
        dimensions.append(b)
      } else {
        throw .mismatch(rule: "shapes must broadcast", left: "\(result)", right: "\(shape)")
      }
    }
    result = Shape(dimensions)
  }
  return result
}

/// Multiplication by a learnt factor along one axis, with an optional learnt offset (layer scale; the trainable
/// sub-sampling of LeCun et al. 1998). Shape-preserving.
public struct Scale: OperatorSemantics {
  /// The axis the factors lie on.
  public var axis: Int
  /// Axes of size 1 written behind the factors in the stored tensor: C x 1 x 1 has two.
  public var trailingAxes: Int
  public var bias: Bool

  public init(axis: Int = 1, trailingAxes: Int = 0, bias: Bool = false) {
    self.axis = axis
    self.trailingAxes = trailingAxes
    self.bias = bias
  }

  public var name: String { "Scale" }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let input = try single(inputs)
    _ = try input.shape.position(of: axis)
    return inputs
  }

  public func parameters(for inputs: [TensorType]) -> [ParameterSpec] {
    let shape = inputs[0].shape
    guard let position = shape.normalized(axis: axis) else { return [] }
    let factors = Shape([shape[position]] + Array(repeating: 1, count: Swift.max(0, trailingAxes)))
    return bias ? [ParameterSpec("weight", factors), ParameterSpec("bias", factors)] : [ParameterSpec("", factors)]
  }

  public func arithmetic(for inputs: [TensorType], producing outputs: [TensorType]) -> Arithmetic {
    let elements = outputs[0].shape.elementCount
    return Arithmetic(
      .scale, inputElements: elements, outputElements: elements, additions: bias ? elements : 0,
      multiplications: elements)
  }
}

/// Multiplication by a fixed factor and addition of a fixed offset: `x * factor + offset`. Shape-preserving.
///
/// A factor of 1 and an offset of 0 cost nothing.
public struct Affine: OperatorSemantics {
  public var factor: Double
  public var offset: Double
  /// Whether the reference implementation overwrites its input.
  public var inPlace: Bool

  public init(factor: Double = 1, offset: Double = 0, inPlace: Bool = false) {
    self.factor = factor
    self.offset = offset
    self.inPlace = inPlace
  }

  public var name: String { "Affine" }
  public var settings: String { offset == 0 ? "times \(factor)" : "times \(factor), plus \(offset)" }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    _ = try single(inputs)
    return inputs
  }

  public func arithmetic(for inputs: [TensorType], producing outputs: [TensorType]) -> Arithmetic {
    let elements = outputs[0].shape.elementCount
    return Arithmetic(
      .elementwise, inputElements: elements, outputElements: elements, additions: offset == 0 ? 0 : elements,
      multiplications: factor == 1 ? 0 : elements)
  }
}
