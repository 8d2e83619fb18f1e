import SymbolicIntegers

/// Reduction of some axes to one value each.
public struct Reduction: OperatorSemantics {
  public enum Function: String, Hashable, Sendable, CaseIterable {
    case mean = "ReduceMean"
    case sum = "ReduceSum"
    case maximum = "ReduceMax"
    case minimum = "ReduceMin"
    case product = "ReduceProduct"
    case sumOfSquares = "ReduceSumOfSquares"
    case absoluteSum = "ReduceL1"
    case euclideanNorm = "ReduceL2"
  }

  public var function: Function
  /// Axes that are reduced; negative ones count from the end. Empty reduces nothing.
  public var axes: [Int]
  /// Whether reduced axes stay, with size 1.
  public var keepsAxes: Bool

  public init(_ function: Function, axes: [Int], keepsAxes: Bool) {
    self.function = function
    self.axes = axes
    self.keepsAxes = keepsAxes
  }

  public var name: String { function.rawValue }
  public var settings: String { "axes " + axes.map(String.init).joined(separator: ", ") }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let input = try single(inputs)
    var reduced = Array(repeating: false, count: input.shape.rank)
    for axis in axes { reduced[try input.shape.position(of: axis)] = true }
    var dimensions: [Dimension] = []
    for (axis, dimension) in input.shape.dimensions.enumerated() {
      if !reduced[axis] { dimensions.append(dimension) } else if keepsAxes { dimensions.append(1) }
    }
    return [input.with(shape: Shape(dimensions))]
  }

  public func arithmetic(for inputs: [TensorType], producing outputs: [TensorType]) -> Arithmetic {
    var work = Arithmetic(.reduction)
    let elements = inputs[0].shape.elementCount
    let results = outputs[0].shape.elementCount
    work.inputElements = elements
    work.outputElements = results
    let steps = elements - results
    switch function {
    case .sum, .absoluteSum: work.additions = steps
    case .mean:
      work.additions = steps
      work.multiplications = results
    case .maximum, .minimum: work.comparisons = steps
    case .product: work.multiplications = steps
    case .sumOfSquares:
      work.additions = steps
      work.multiplications = elements
    case .euclideanNorm:
      work.additions = steps
      work.multiplications = elements
      work.transcendentals = results
    }
    return work
  }
}
