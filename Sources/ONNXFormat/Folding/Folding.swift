import NetworkGraph
import SymbolicIntegers

/// A constant with known elements, in row-major order.
struct FoldedTensor {
  var shape: [Int]
  var elements: [Scalar]
}

/// Evaluates operators on constants: the shape arithmetic of exported files.
enum Folding {
  /// The most elements of a constant that is evaluated; a larger one is only known by its type.
  static let elementLimit = 4096

  /// Whether ``evaluate(_:_:elementType:producing:)`` knows the operator.
  static func covers(_ operation: Operator) -> Bool {
    switch operation {
    case .identity, .view, .elementwise, .concatenation, .split, .slice, .transpose, .expand, .tile: true
    case .activation(let activation):
      switch activation.function {
      case .relu, .relu6, .clip: true
      default: false
      }
    case .gather(let gather): gather.mode == .slices
    case .reduction(let reduction):
      switch reduction.function {
      case .sum, .product, .maximum, .minimum: true
      case .mean, .sumOfSquares, .absoluteSum, .euclideanNorm: false
      }
    default: false
    }
  }

  /// `count` numbers that start at `start`, each `step` after the last; nil where that is no ``Scalar``.
  static func sequence(_ start: Scalar, _ step: Scalar, count: Int, isReal: Bool) -> [Scalar]? {
    var values: [Scalar] = []
    values.reserveCapacity(count)
    for index in 0..<count {
      let position = Scalar.integer(Dimension(index))
      guard let distance = Elementwise.Function.multiply.evaluate([step, position], isReal: isReal),
        let value = Elementwise.Function.add.evaluate([start, distance], isReal: isReal)
      else { return nil }
      values.append(value)
    }
    return values
  }

  /// The elements of each output; nil where the operator is not one of shape arithmetic or a result is not known.
  ///
  /// `shapes` are those of the outputs, which must hold at most ``elementLimit`` elements.
  static func evaluate(
    _ operation: Operator, _ operands: [FoldedTensor], elementType: ElementType, producing shapes: [[Int]]
  ) -> [[Scalar]]? {
    switch operation {
    case .identity(.cast(let type)): converted(operands, to: type).map { [$0] }
    case .identity, .view: [operands[0].elements]
    case .elementwise(let elementwise):
      combined(elementwise.function, operands, isReal: elementType.isFloatingPoint, shape: shapes[0]).map { [$0] }
    case .activation(let activation): clipped(operands[0], activation.function).map { [$0] }
    case .concatenation(let concatenation): joined(operands, axis: concatenation.axis, shape: shapes[0]).map { [$0] }
    case .split(let split): parts(of: operands[0], axis: split.axis, shapes: shapes)
    case .slice(let slice): sliced(operands[0], slice, shape: shapes[0]).map { [$0] }
    case .transpose(let transpose): [transposed(operands[0], transpose.permutation, shape: shapes[0])]
    case .gather(let gather): gathered(operands, gather, shape: shapes[0]).map { [$0] }
    case .expand: [spread(operands[0], to: shapes[0])]
    case .tile: [tiled(operands[0], shape: shapes[0])]
    case .reduction(let reduction):
      reduced(operands[0], reduction, elementType: elementType, shape: shapes[0]).map { [$0] }
    default: nil
    }
  }

  private static func converted(_ operands: [FoldedTensor], to type: ElementType) -> [Scalar]? {
    var result: [Scalar] = []
    for element in operands[0].elements {
      guard let value = element.converted(to: type) else { return nil }
      result.append(value)
    }
    return result
  }

  private static func clipped(_ operand: FoldedTensor, _ function: Activation.Function) -> [Scalar]? {
    let lower: Double
    let upper: Double
    switch function {
    case .relu: (lower, upper) = (0, .infinity)
    case .relu6: (lower, upper) = (0, 6)
    case .clip(let low, let high): (lower, upper) = (low, high)
    default: return nil
    }
    var result: [Scalar] = []
    for element in operand.elements {
      guard let below = Scalar.compare(element, .real(lower)), let above = Scalar.compare(element, .real(upper)) else {
        return nil
      }
      result.append(below < 0 ? .real(lower) : above > 0 ? .real(upper) : element)
    }
    return result
  }

  private static func combined(
    _ function: Elementwise.Function, _ operands: [FoldedTensor], isReal: Bool, shape: [Int]
  ) -> [Scalar]? {
    let spreads = operands.map { $0.shape == shape ? $0.elements : spread($0, to: shape) }
    var result: [Scalar] = []
    var arguments: [Scalar] = []
    for index in 0..<count(shape) {
      arguments.removeAll(keepingCapacity: true)
      for spread in spreads { arguments.append(spread[index]) }
      guard let value = function.evaluate(arguments, isReal: isReal) else { return nil }
      result.append(value)
    }
    return result
  }

  private static func reduced(
    _ operand: FoldedTensor, _ reduction: Reduction, elementType: ElementType, shape: [Int]
  ) -> [Scalar]? {
    let function: Elementwise.Function
    switch reduction.function {
    case .sum: function = .add
    case .product: function = .multiply
    case .maximum: function = .maximum
    case .minimum: function = .minimum
    default: return nil
    }
    let rank = operand.shape.count
    var isReduced = Array(repeating: false, count: rank)
    for axis in reduction.axes {
      let position = axis < 0 ? axis + rank : axis
      guard isReduced.indices.contains(position) else { return nil }
      isReduced[position] = true
    }
    // Strides into the result: a reduced axis does not move.
    var strides = Array(repeating: 0, count: rank)
    var step = 1
    for axis in operand.shape.indices.reversed() where !isReduced[axis] {
      strides[axis] = step
      step = step &* operand.shape[axis]
    }
    var result: [Scalar?] = Array(repeating: nil, count: count(shape))
    var walk = Walk(shape: operand.shape, strides: strides)
    for element in operand.elements {
      let position = walk.position
      if let sum = result[position] {
        guard let next = function.evaluate([sum, element], isReal: elementType.isFloatingPoint) else { return nil }
        result[position] = next
      } else {
        result[position] = element
      }
      walk.advance()
    }
    let values = result.compactMap { $0 }
    return values.count == result.count ? values : nil
  }

  static func count(_ shape: [Int]) -> Int {
    // Shapes come from tensors of at most `elementLimit` elements, so the product fits.
    shape.reduce(1, &*)
  }
}
