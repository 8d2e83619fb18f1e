import SymbolicIntegers

/// Transposed convolution: the gradient of a convolution with respect to its input, used to enlarge maps.
///
/// Output size per axis: `(size - 1) * stride - before - after + dilation * (kernel - 1) + 1 + outputPadding`; with SAME
/// padding `size * stride`. Weight C x (outputChannels / groups) x kernel.
/// Multiply-adds = input elements * (outputChannels / groups) * kernel elements: every input element is multiplied
/// with every tap, whatever the stride. Source: ONNX ConvTranspose, PyTorch ConvTranspose2d.
public struct TransposedConvolution: OperatorSemantics {
  public var outputChannels: Dimension
  public var slidingWindow: Window
  public var outputPadding: PerAxis
  public var groups: Dimension
  public var bias: Bool

  public init(
    outputChannels: Dimension, window: Window, outputPadding: PerAxis = 0, groups: Dimension = 1, bias: Bool = true
  ) {
    self.outputChannels = outputChannels
    slidingWindow = window
    self.outputPadding = outputPadding
    self.groups = groups
    self.bias = bias
  }

  public var name: String { "TransposedConvolution" }
  public var window: Window? { slidingWindow }
  public var settings: String { groups == 1 ? "\(slidingWindow)" : "\(slidingWindow), groups \(groups)" }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let input = try known(inputs, 0)
    guard inputs.count <= 3 else { throw .inputCount(expected: "1 to 3 inputs", found: inputs.count) }
    guard input.shape.rank == slidingWindow.axes.count + 2 else {
      throw .rank(expected: "\(slidingWindow.axes.count + 2) axes", found: input.shape)
    }
    try requirePositive(outputChannels, "output channels")
    try requireDivisible(input.shape[1], "input channels", by: groups)
    try requireDivisible(outputChannels, "output channels", by: groups)
    var dimensions = [input.shape[0], outputChannels]
    for (index, axis) in slidingWindow.axes.enumerated() {
      guard axis.kernel > 0, axis.stride > 0, axis.dilation > 0 else {
        throw .setting("kernel, stride and dilation must be positive", found: "\(slidingWindow)")
      }
      let size = input.shape[index + 2]
      let output =
        slidingWindow.padding == .explicit
        ? (size - 1) * axis.stride - axis.before - axis.after + axis.span + outputPadding[index]
        : size * axis.stride
      if let value = output.constant, value < 1 {
        throw .emptyOutput(axis: index, window: "\(slidingWindow)", input: input.shape)
      }
      dimensions.append(output)
    }
    return [input.with(shape: Shape(dimensions))]
  }

  public func parameters(for inputs: [TensorType]) -> [ParameterSpec] {
    guard inputs.count == 1 else { return [] }
    let kernel = slidingWindow.axes.map { Dimension($0.kernel) }
    let weight = ParameterSpec(
      "weight", Shape([inputs[0].shape[1], outputChannels.floorDivided(by: groups)] + kernel))
    return bias ? [weight, ParameterSpec("bias", [outputChannels])] : [weight]
  }

  public func arithmetic(for inputs: [TensorType], producing outputs: [TensorType]) -> Arithmetic {
    let (read, written) = (inputs[0].shape.elementCount, outputs[0].shape.elementCount)
    return Arithmetic(
      .transposedConvolution, inputElements: read, outputElements: written,
      multiplyAdds: read * outputChannels.floorDivided(by: groups) * slidingWindow.kernelElements,
      biasAdditions: bias ? written : 0)
  }
}
