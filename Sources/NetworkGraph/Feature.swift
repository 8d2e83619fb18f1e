import SymbolicIntegers

/// A tensor inside a network under construction: the vocabulary in which architectures are written.
///
/// Every method appends one operator and returns its output. Nothing throws: the builder keeps the first error.
public struct Feature {
  public let builder: GraphBuilder
  public let value: Value
  public let type: TensorType

  public var shape: Shape { type.shape }
  /// Size of axis 1.
  public var channels: Dimension { shape.rank > 1 ? shape[1] : 1 }

  /// One operator with one output on this tensor.
  public func apply(_ operation: Operator, _ name: String, _ origin: Origin = .module) -> Feature {
    builder.add(operation, to: self, name: name, origin: origin)
  }

  /// Runs `body` on this tensor inside a scope whose name is part of parameter names.
  public func scope(_ name: String, _ role: Scope.Role = .plain, _ body: (Feature) -> Feature) -> Feature {
    builder.inScope(name, role: role) { body(self) }
  }

  /// Runs `body` on this tensor inside a scope that only a reader sees: parameter names are unchanged.
  public func group(_ name: String, _ role: Scope.Role = .stage, _ body: (Feature) -> Feature) -> Feature {
    builder.inScope(name, role: role, isNamed: false) { body(self) }
  }

  /// Runs `body` on this tensor as the network's head: what a backbone leaves out.
  public func head(_ body: (Feature) -> Feature) -> Feature { group("head", .head, body) }

  /// A tensor of the model's state at the current scope: a token, an embedding, a table.
  public func parameter(
    _ name: String, _ shape: Shape, _ kind: ParameterSpec.Kind = .trainable, _ type: ElementType = .float32
  ) -> Feature {
    builder.add(.source(Source(.parameter(kind), TensorType(shape, type))), to: [], name: name)[0]
  }

  /// Records that the reference implementation has a name for this tensor until `last` is computed, longer than its
  /// calls need it: a local variable that is not assigned again.
  public func held(until last: Feature) { builder.hold(self, until: last) }

  /// `body` of this tensor, which has a name until that is computed: `x = second(first(x))` in the reference.
  public func whileHeld(_ body: (Feature) -> Feature) -> Feature {
    let result = body(self)
    held(until: result)
    return result
  }

  // MARK: Weights

  public func conv(
    _ name: String, _ channels: Dimension, kernel: PerAxis, stride: PerAxis = 1, padding: PerAxis = 0,
    dilation: PerAxis = 1, groups: Dimension = 1, bias: Bool = true,
    standardization: Convolution.Standardization? = nil
  ) -> Feature {
    let window = Window(
      rank: shape.spatialRank, kernel: kernel, stride: stride, padding: padding, dilation: dilation)
    let convolution = Convolution(
      outputChannels: channels, window: window, groups: groups, bias: bias, standardization: standardization)
    return apply(.convolution(convolution), name, standardization == nil ? .module : .derivedModule)
  }

  /// Convolution with padding such that the output's side is `ceil(side / stride)`, as TensorFlow's SAME pads: an odd
  /// element goes behind. The reference implementation is a class derived from the framework's.
  public func convSame(
    _ name: String, _ channels: Dimension, kernel: PerAxis, stride: PerAxis = 1, dilation: PerAxis = 1,
    groups: Dimension = 1, bias: Bool = true, standardization: Convolution.Standardization? = nil
  ) -> Feature {
    var window = Window(rank: shape.spatialRank, kernel: kernel, stride: stride, dilation: dilation)
    window.padding = .sameUpper
    let convolution = Convolution(
      outputChannels: channels, window: window, groups: groups, bias: bias, standardization: standardization)
    return apply(.convolution(convolution), name, .derivedModule)
  }

  /// - Parameter separator: what joins the layer's name and `weight` or `bias`; torch's attention has `in_proj_weight`.
  public func linear(
    _ name: String, _ features: Dimension, bias: Bool = true, separator: Character = ".", origin: Origin = .module
  ) -> Feature {
    let output = apply(.linear(Linear(outputFeatures: features, bias: bias)), name, origin)
    if separator != "." { builder.joinParameters(of: output, by: separator) }
    return output
  }

  public func batchNorm(_ name: String, epsilon: Double = 1e-5, origin: Origin = .module) -> Feature {
    apply(.batchNorm(BatchNorm(epsilon: epsilon)), name, origin)
  }

  public func scale(
    _ name: String, axis: Int = 1, trailingAxes: Int = 0, bias: Bool = false, origin: Origin = .module
  ) -> Feature {
    apply(.scale(Scale(axis: axis, trailingAxes: trailingAxes, bias: bias)), name, origin)
  }

  // MARK: Activations

  public func activation(
    _ function: Activation.Function, _ name: String, inPlace: Bool = false, origin: Origin = .module
  ) -> Feature {
    apply(.activation(Activation(function, inPlace: inPlace)), name, origin)
  }

  public func relu(_ name: String = "relu", inPlace: Bool = true, origin: Origin = .module) -> Feature {
    activation(.relu, name, inPlace: inPlace, origin: origin)
  }

  // MARK: Pools

  public func maxPool(
    _ name: String, kernel: PerAxis, stride: PerAxis, padding: PerAxis = 0, ceilMode: Bool = false,
    origin: Origin = .module
  ) -> Feature {
    let window = Window(
      rank: shape.spatialRank, kernel: kernel, stride: stride, padding: padding, ceilMode: ceilMode)
    return apply(.pool(Pool(.maximum, window: window)), name, origin)
  }

  public func averagePool(
    _ name: String, kernel: PerAxis, stride: PerAxis, padding: PerAxis = 0, ceilMode: Bool = false,
    countIncludePad: Bool = true, origin: Origin = .module
  ) -> Feature {
    let window = Window(
      rank: shape.spatialRank, kernel: kernel, stride: stride, padding: padding, ceilMode: ceilMode)
    return apply(.pool(Pool(.average(countIncludePad: countIncludePad), window: window)), name, origin)
  }

  /// Average over each channel's map, or over a grid of `outputSizes`.
  public func adaptiveAveragePool(
    _ name: String, to outputSizes: [Dimension]? = nil, origin: Origin = .module
  ) -> Feature {
    apply(.adaptivePool(AdaptivePool(.average(countIncludePad: true), outputSizes: outputSizes)), name, origin)
  }

  // MARK: Shape

  public func flatten(_ name: String = "flatten", from axis: Int = 1, origin: Origin = .function) -> Feature {
    apply(.view(.flatten(from: axis, through: -1)), name, origin)
  }

  /// The slices of `axis` at fixed positions.
  public func gather(_ name: String, axis: Int, _ indices: [Int]) -> Feature {
    apply(.gather(Gather(axis: axis, indices: indices)), name, .function)
  }

  public func dropout(_ name: String, _ probability: Double = 0.5, origin: Origin = .module) -> Feature {
    apply(.identity(.dropout(probability: probability)), name, origin)
  }

  public func stochasticDepth(_ name: String, _ probability: Double) -> Feature {
    apply(.identity(.stochasticDepth(probability: probability)), name)
  }

  // MARK: Several tensors

  public func elementwise(_ function: Elementwise.Function, _ others: Feature..., name: String, inPlace: Bool = false)
    -> Feature
  {
    builder.add(
      .elementwise(Elementwise(function, inPlace: inPlace)), to: [self] + others, name: name, origin: .function)[0]
  }

  public static func + (left: Feature, right: Feature) -> Feature { left.elementwise(.add, right, name: "add") }

  /// Addition that overwrites the left operand.
  public static func += (left: inout Feature, right: Feature) {
    left = left.elementwise(.add, right, name: "add", inPlace: true)
  }

  public static func * (left: Feature, right: Feature) -> Feature { left.elementwise(.multiply, right, name: "mul") }

  /// Every element times a fixed factor.
  public static func * (left: Feature, factor: Double) -> Feature {
    left.apply(.affine(Affine(factor: factor)), "mul", .function)
  }

  /// Multiplication by a fixed factor that overwrites its input.
  public static func *= (left: inout Feature, factor: Double) {
    left = left.apply(.affine(Affine(factor: factor, inPlace: true)), "mul", .function)
  }

  /// `features` joined along `axis`; there must be at least one.
  public static func concatenate(_ features: [Feature], axis: Int = 1, name: String = "cat") -> Feature {
    features[0].builder.add(.concatenation(Concatenation(axis: axis)), to: features, name: name, origin: .function)[0]
  }
}
