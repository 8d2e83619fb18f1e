import SymbolicIntegers

/// Convolution over any number of spatial axes (cross-correlation, as every framework computes it).
///
/// Input N x C x spatial, output N x outputChannels x spatial. Weight outputChannels x (C / groups) x kernel.
/// Multiply-adds = output elements * (C / groups) * kernel elements; a bias adds one addition per output element.
/// A second input is the weight itself, computed by the network; a third is the bias.
public struct Convolution: OperatorSemantics {
  /// Weights standardised to mean 0 and variance 1 / fan-in per output channel before they are used; a convolution of
  /// the standardised weight is what the counts describe, since the standardisation does not depend on the input.
  /// Source: Qiao et al. 2019, arXiv:1903.10520; with a gain Brock et al. 2021, arXiv:2101.08692.
  public struct Standardization: Hashable, Sendable {
    public var epsilon: Double
    /// Whether a learnt factor per output channel follows: outputChannels x 1 for each axis of the kernel.
    public var gain: Bool
    /// A fixed factor on the standardised weight: what restores the variance that an activation takes away.
    public var factor: Double

    public init(epsilon: Double, gain: Bool, factor: Double = 1) {
      self.epsilon = epsilon
      self.gain = gain
      self.factor = factor
    }
  }

  public var outputChannels: Dimension
  public var slidingWindow: Window
  public var groups: Dimension
  public var bias: Bool
  public var standardization: Standardization?

  public init(
    outputChannels: Dimension, window: Window, groups: Dimension = 1, bias: Bool = true,
    standardization: Standardization? = nil
  ) {
    self.outputChannels = outputChannels
    slidingWindow = window
    self.groups = groups
    self.bias = bias
    self.standardization = standardization
  }

  public var name: String { "Convolution" }
  public var window: Window? { slidingWindow }
  public var settings: String { groups == 1 ? "\(slidingWindow)" : "\(slidingWindow), groups \(groups)" }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let input = try known(inputs, 0)
    guard inputs.count <= 3 else { throw .inputCount(expected: "1 to 3 inputs", found: inputs.count) }
    try requirePositive(outputChannels, "output channels")
    let output = try slidingWindow.outputShape(of: input.shape, channels: outputChannels)
    let channels = input.shape[1]
    try requireDivisible(channels, "input channels", by: groups)
    try requireDivisible(outputChannels, "output channels", by: groups)
    if inputs.count > 1 {
      let weight = try known(inputs, 1).shape
      let needed = weightShape(inputChannels: channels)
      guard weight == needed else {
        throw .mismatch(rule: "the weight must fit the input", left: "\(weight)", right: "\(needed)")
      }
    }
    return [input.with(shape: output)]
  }

  private func weightShape(inputChannels: Dimension) -> Shape {
    var shape: [Dimension] = []
    shape.reserveCapacity(slidingWindow.axes.count + 2)
    shape.append(outputChannels)
    shape.append(inputChannels.floorDivided(by: groups))
    for axis in slidingWindow.axes { shape.append(Dimension(axis.kernel)) }
    return Shape(shape)
  }

  public func parameters(for inputs: [TensorType]) -> [ParameterSpec] {
    guard inputs.count == 1 else { return [] }
    let weight = ParameterSpec("weight", weightShape(inputChannels: inputs[0].shape[1]))
    if let standardization, standardization.gain {
      let gain = ParameterSpec("gain", Shape([outputChannels] + Array(repeating: 1, count: weight.shape.rank - 1)))
      return bias ? [weight, ParameterSpec("bias", [outputChannels]), gain] : [weight, gain]
    }
    return bias ? [weight, ParameterSpec("bias", [outputChannels])] : [weight]
  }

  public func arithmetic(for inputs: [TensorType], producing outputs: [TensorType]) -> Arithmetic {
    let elements = outputs[0].shape.elementCount
    return Arithmetic(
      .convolution, inputElements: inputs[0].shape.elementCount, outputElements: elements,
      multiplyAdds: elements * inputs[0].shape[1].floorDivided(by: groups) * slidingWindow.kernelElements,
      biasAdditions: bias ? elements : 0)
  }
}

/// Throws when `count` is a number below 1.
func requirePositive(_ count: Dimension, _ what: String) throws(ShapeError) {
  if let value = count.constant, value < 1 { throw .setting("\(what) must be positive", found: "\(value)") }
}

/// Throws unless `groups` is positive and divides `channels` (for symbols: divides every coefficient).
func requireDivisible(_ channels: Dimension, _ what: String, by groups: Dimension) throws(ShapeError) {
  if groups == 1 { return }
  if let value = groups.constant {
    if value < 1 { throw .setting("groups must be positive", found: "\(groups)") }
    if let channels = channels.constant, channels % value == 0 { return }
  }
  guard channels.exactlyDivided(by: groups) != nil else {
    throw .mismatch(
      rule: "\(what) must be divisible by groups", left: "\(channels) channels", right: "\(groups) groups")
  }
}
