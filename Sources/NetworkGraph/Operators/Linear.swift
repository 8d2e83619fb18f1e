import SymbolicIntegers

/// Fully connected layer over the last axis: `x * weight^T + bias`.
///
/// Input ... x features, output ... x outputFeatures. Multiply-adds = output elements * features.
public struct Linear: OperatorSemantics {
  public var outputFeatures: Dimension
  public var bias: Bool
  /// Whether the weight is stored features x outputFeatures (ONNX MatMul) instead of outputFeatures x features.
  public var weightIsInputMajor: Bool

  public init(outputFeatures: Dimension, bias: Bool = true, weightIsInputMajor: Bool = false) {
    self.outputFeatures = outputFeatures
    self.bias = bias
    self.weightIsInputMajor = weightIsInputMajor
  }

  public var name: String { "Linear" }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let input = try single(inputs)
    guard input.shape.rank >= 1 else { throw .rank(expected: "at least 1 axis", found: input.shape) }
    try requirePositive(outputFeatures, "output features")
    var shape = input.shape
    shape[shape.rank - 1] = outputFeatures
    return [input.with(shape: shape)]
  }

  public func parameters(for inputs: [TensorType]) -> [ParameterSpec] {
    let features = inputs[0].shape.dimensions.last ?? 1
    let shape: Shape = weightIsInputMajor ? [features, outputFeatures] : [outputFeatures, features]
    let weight = ParameterSpec("weight", shape)
    return bias ? [weight, ParameterSpec("bias", [outputFeatures])] : [weight]
  }

  public func arithmetic(for inputs: [TensorType], producing outputs: [TensorType]) -> Arithmetic {
    let (read, written) = (inputs[0].shape.elementCount, outputs[0].shape.elementCount)
    return Arithmetic(
      .linear, inputElements: read, outputElements: written, multiplyAdds: read * outputFeatures,
      biasAdditions: bias ? written : 0)
  }
}

/// Product of two computed tensors over their last two axes, leading axes broadcast: `left x right`.
///
/// Left ... x m x k, right ... x k x n, output ... x m x n; a vector operand loses its axis as in NumPy's matmul.
/// Multiply-adds = output elements * k.
public struct MatrixProduct: OperatorSemantics {
  public var transposesLeft: Bool
  public var transposesRight: Bool
  /// Factor on the product (ONNX Gemm's alpha); 1 is no operation.
  public var factor: Double

  public init(transposesLeft: Bool = false, transposesRight: Bool = false, factor: Double = 1) {
    self.transposesLeft = transposesLeft
    self.transposesRight = transposesRight
    self.factor = factor
  }

  public var name: String { "MatrixProduct" }

  /// Rows, inner size and columns, with the leading axes of both operands.
  private func sizes(_ inputs: [TensorType]) throws(ShapeError) -> (
    rows: [Dimension], inner: Dimension, columns: [Dimension], leading: [Dimension]
  ) {
    guard inputs.count == 2 else { throw .inputCount(expected: "2 inputs", found: inputs.count) }
    let left = try known(inputs, 0).shape
    let right = try known(inputs, 1).shape
    guard left.rank >= 1 else { throw .rank(expected: "at least 1 axis", found: left) }
    guard right.rank >= 1 else { throw .rank(expected: "at least 1 axis", found: right) }
    func split(_ shape: Shape, transposed: Bool) -> (outer: Dimension, inner: Dimension) {
      let (a, b) = (shape[shape.rank - 2], shape[shape.rank - 1])
      return transposed ? (b, a) : (a, b)
    }
    var rows: [Dimension] = []
    var columns: [Dimension] = []
    let leftInner: Dimension
    let rightInner: Dimension
    if left.rank == 1 {
      leftInner = left[0]
    } else {
      let (outer, inner) = split(left, transposed: transposesLeft)
      rows = [outer]
      leftInner = inner
    }
    if right.rank == 1 {
      rightInner = right[0]
    } else {
      let (inner, outer) = split(right, transposed: transposesRight)
      columns = [outer]
      rightInner = inner
    }
    guard leftInner == rightInner else {
      throw .mismatch(rule: "inner sizes of a matrix product must agree", left: "\(left)", right: "\(right)")
    }
    let leading = try broadcast([
      Shape(Array(left.dimensions.dropLast(2))), Shape(Array(right.dimensions.dropLast(2))),
    ])
    return (rows, leftInner, columns, leading.dimensions)
  }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let sizes = try sizes(inputs)
    return [inputs[0].with(shape: Shape(sizes.leading + sizes.rows + sizes.columns))]
  }

  public func arithmetic(for inputs: [TensorType], producing outputs: [TensorType]) -> Arithmetic {
    let (left, written) = (inputs[0].shape, outputs[0].shape.elementCount)
    let inner = left.rank > 1 && transposesLeft ? left[left.rank - 2] : left[left.rank - 1]
    return Arithmetic(
      .matrixProduct, inputElements: left.elementCount, outputElements: written, multiplyAdds: written * inner,
      multiplications: factor == 1 ? 0 : written)
  }
}
