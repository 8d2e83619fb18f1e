import NetworkGraph
import SymbolicIntegers

/// One operator as a description names it: `conv` and its settings.
struct LayerText {
  var name: String
  /// Keys with values as they are written; what has its default is left out.
  var settings: [(key: String, value: String)] = []

  private init(_ name: String, _ settings: [(key: String, value: String)?] = []) {
    self.name = name
    self.settings = settings.compactMap(\.self)
  }

  /// - Returns: nil for an operator, or settings of one, that descriptions do not have.
  init?(_ operation: Operator) {
    switch operation {
    case .convolution(let convolution):
      guard convolution.standardization == nil else { return nil }
      self.init(
        "conv",
        [("channels", "\(convolution.outputChannels)")] + Self.window(convolution.slidingWindow) + [
          Self.unless("groups", "\(convolution.groups)", "1"), Self.flag("bias", convolution.bias, true),
        ])
    case .linear(let linear):
      guard !linear.weightIsInputMajor else { return nil }
      self.init("linear", [("features", "\(linear.outputFeatures)"), Self.flag("bias", linear.bias, true)])
    case .pool(let pool): self.init(pool)
    case .adaptivePool(let pool): self.init(pool)
    case .batchNorm(let norm):
      self.init("batch_norm", [("epsilon", "\(norm.epsilon)"), Self.flag("affine", norm.affine, true)])
    case .layerNorm(let norm):
      guard !norm.givesStatistics else { return nil }
      let axes = if case .trailing(let count) = norm.axes { "\(count)" } else { "channels" }
      self.init(
        "layer_norm",
        [
          ("axes", axes), ("epsilon", "\(norm.epsilon)"), Self.flag("weight", norm.weight, true),
          Self.flag("bias", norm.bias, true),
        ])
    case .groupNorm(let norm):
      guard let groups = norm.groups else { return nil }
      self.init(
        "group_norm",
        [("groups", "\(groups)"), ("epsilon", "\(norm.epsilon)"), Self.flag("affine", norm.affine, true)])
    case .activation(let activation): self.init(activation)
    case .elementwise(let elementwise): self.init(elementwise)
    case .scale(let scale):
      self.init(
        "scale",
        [
          ("axis", "\(scale.axis)"), Self.flag("bias", scale.bias, false),
          Self.unless("trailing_axes", "\(scale.trailingAxes)", "0"),
        ])
    case .concatenation(let concatenation): self.init("concat", [("axis", "\(concatenation.axis)")])
    case .view(.flatten(let first, let last)):
      self.init("flatten", [("first", "\(first)"), Self.unless("last", "\(last)", "-1")])
    case .view(.squeeze(let axes)): self.init("squeeze", [("axes", "\(axes)")])
    case .view(.unsqueeze(let axes)): self.init("unsqueeze", [("axes", "\(axes)")])
    case .transpose(let transpose): self.init("transpose", [("order", "\(transpose.permutation)")])
    case .channelShuffle(let shuffle): self.init("channel_shuffle", [("groups", "\(shuffle.groups)")])
    case .reduction(let reduction): self.init(reduction)
    case .identity(.identity): self.init("identity")
    case .identity(.dropout(let probability)): self.init("dropout", [("probability", "\(probability)")])
    case .identity(.stochasticDepth(let probability)):
      self.init("stochastic_depth", [("probability", "\(probability)")])
    case .source, .transposedConvolution, .localResponseNorm, .globalResponseNorm, .unitNormalization, .matrixProduct,
      .softmax, .affine, .split, .slice, .pad, .view, .spaceDepth, .gather, .scatter, .expand, .tile, .roll, .resize,
      .identity, .opaque:
      return nil
    }
  }

  private init?(_ pool: Pool) {
    let window = Self.window(pool.slidingWindow) + [Self.flag("ceil_mode", pool.slidingWindow.ceilMode, false)]
    switch pool.kind {
    case .maximum where !pool.givesIndices: self.init("max_pool", window)
    case .average(.input): self.init("average_pool", window + [Self.flag("count_padding", false, true)])
    case .average(.padding): self.init("average_pool", window + [Self.flag("count_padding", true, true)])
    case .maximum, .average(.window), .powerMean: return nil
    }
  }

  private init?(_ pool: AdaptivePool) {
    let names: (all: String, some: String)
    switch pool.kind {
    case .maximum: names = ("global_max_pool", "adaptive_max_pool")
    case .average: names = ("global_average_pool", "adaptive_average_pool")
    case .powerMean: return nil
    }
    guard let sizes = pool.outputSizes else {
      self.init(names.all)
      return
    }
    self.init(names.some, [("size", "[\(sizes.map(\.description).joined(separator: ", "))]")])
  }

  private init?(_ activation: Activation) {
    let name = OperatorForm.activationNames.first { OperatorForm.activation(named: $0) == activation.function }
    let inPlace = Self.flag("in_place", activation.inPlace, false)
    if let name {
      self.init(name, [inPlace])
      return
    }
    switch activation.function {
    case .clip(let lower, let upper): self.init("clip", [("lower", "\(lower)"), ("upper", "\(upper)"), inPlace])
    case .leakyReLU(let slope): self.init("leaky_relu", [("slope", "\(slope)"), inPlace])
    case .elu(let alpha): self.init("elu", [("alpha", "\(alpha)"), inPlace])
    case .celu(let alpha): self.init("celu", [("alpha", "\(alpha)"), inPlace])
    case .preLU(let slope): self.init("prelu", [Self.flag("shared", slope == [1], false)])
    default: return nil
    }
  }

  private init?(_ elementwise: Elementwise) {
    let names: [Elementwise.Function: String] = [
      .add: "add", .subtract: "subtract", .multiply: "multiply", .divide: "divide", .maximum: "maximum",
      .minimum: "minimum", .mean: "mean",
    ]
    guard let name = names[elementwise.function] else { return nil }
    self.init(name, [Self.flag("in_place", elementwise.inPlace, false)])
  }

  private init?(_ reduction: Reduction) {
    let names: [Reduction.Function: String] = [
      .mean: "mean", .sum: "sum", .maximum: "max", .minimum: "min", .euclideanNorm: "norm",
    ]
    guard let name = names[reduction.function] else { return nil }
    self.init(
      "reduce",
      [("function", name), ("axes", "\(reduction.axes)"), Self.flag("keep_axes", reduction.keepsAxes, false)])
  }

  private static func flag(_ key: String, _ value: Bool, _ standard: Bool) -> (key: String, value: String)? {
    value == standard ? nil : (key, "\(value)")
  }

  private static func unless(_ key: String, _ value: String, _ standard: String) -> (key: String, value: String)? {
    value == standard ? nil : (key, value)
  }

  private static func window(_ window: Window) -> [(key: String, value: String)?] {
    let padding =
      switch window.padding {
      case .explicit: "[\(window.axes.map { "[\($0.before), \($0.after)]" }.joined(separator: ", "))]"
      case .sameUpper: "same"
      case .sameLower: "same_lower"
      }
    return [
      ("kernel", "\(window.axes.map(\.kernel))"), ("stride", "\(window.axes.map(\.stride))"), ("padding", padding),
      unless("dilation", "\(window.axes.map(\.dilation))", "\(window.axes.map { _ in 1 })"),
    ]
  }
}
