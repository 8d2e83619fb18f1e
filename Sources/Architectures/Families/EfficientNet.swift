import NetworkGraph
import SymbolicIntegers

/// EfficientNet: a searched baseline scaled in width, depth and resolution together.
///
/// Tan and Le 2019, table 1 (B0) and section 4 (compound scaling). With fused stages it is EfficientNetV2.
public struct EfficientNet: Architecture {
  /// A row of the table: `depth` blocks, of which the first has the stride.
  public struct Stage: Codable, Sendable {
    public var expansion: Int
    public var kernel: Int
    public var stride: Int
    public var channels: Dimension
    public var depth: Int
    /// Whether full convolutions replace expansion, depthwise convolution and attention.
    public var isFused: Bool

    public init(
      expansion: Int, kernel: Int, stride: Int, channels: Dimension, depth: Int, isFused: Bool = false
    ) {
      self.expansion = expansion
      self.kernel = kernel
      self.stride = stride
      self.channels = channels
      self.depth = depth
      self.isFused = isFused
    }
  }

  public var stem: Dimension
  public var stages: [Stage]
  /// Channels of the last convolution.
  public var head: Dimension
  /// Factor on all channels, which are rounded to multiples of 8.
  public var width: Double
  /// Factor on all depths, which are rounded up.
  public var depth: Double
  /// Least share of the product that rounding of channels may keep; else there are 8 more.
  public var roundingLimit: Double
  public var names: ReferenceNames
  /// Whether padding is TensorFlow's SAME.
  public var samePadding: Bool
  /// Epsilon of every batch norm.
  public var epsilon: Double
  public var dropout: Double
  /// Drop probability that the block after the last would have; it grows from 0 in equal steps.
  public var stochasticDepth: Double
  public var classes: Dimension

  public init(
    stem: Dimension = 32, stages: [Stage] = Self.table1, head: Dimension = 1280, width: Double = 1, depth: Double = 1,
    roundingLimit: Double = 0.9, names: ReferenceNames = .torchvision, samePadding: Bool = false,
    epsilon: Double = 1e-5,
    dropout: Double = 0.2, stochasticDepth: Double = 0.2, classes: Dimension = 1000
  ) {
    self.stem = stem
    self.stages = stages
    self.head = head
    self.width = width
    self.depth = depth
    self.roundingLimit = roundingLimit
    self.names = names
    self.samePadding = samePadding
    self.epsilon = epsilon
    self.dropout = dropout
    self.stochasticDepth = stochasticDepth
    self.classes = classes
  }

  public static let table1 = [
    Stage(expansion: 1, kernel: 3, stride: 1, channels: 16, depth: 1),
    Stage(expansion: 6, kernel: 3, stride: 2, channels: 24, depth: 2),
    Stage(expansion: 6, kernel: 5, stride: 2, channels: 40, depth: 2),
    Stage(expansion: 6, kernel: 3, stride: 2, channels: 80, depth: 3),
    Stage(expansion: 6, kernel: 5, stride: 1, channels: 112, depth: 3),
    Stage(expansion: 6, kernel: 5, stride: 2, channels: 192, depth: 4),
    Stage(expansion: 6, kernel: 3, stride: 1, channels: 320, depth: 1),
  ]

  public func tabulated() -> EfficientNet {
    func scaled(_ channels: Dimension) -> Dimension {
      channels.scaled(by: width, toMultipleOf: 8, keeping: roundingLimit)
    }
    var result = self
    result.stem = scaled(stem)
    result.head = scaled(head)
    result.stages = stages.map { stage in
      var stage = stage
      stage.channels = scaled(stage.channels)
      stage.depth = scaledDepth(stage.depth, by: depth)
      return stage
    }
    (result.width, result.depth) = (1, 1)
    return result
  }

  public func callAsFunction(_ image: Feature) -> Feature {
    let network = tabulated()
    let count = network.stages.reduce(0) { $0 + $1.depth }
    var index = 0
    let blocks = network.stages.map { stage in
      positions(stage.depth).map { position in
        let probability = stochasticDepth * Double(index) / Double(count)
        index += 1
        return { block($0, stage, stride: position == 0 ? stage.stride : 1, dropProbability: probability) }
      }
    }
    let features = MobileTrunk(
      layout: names == .timm ? .timm : .stages, stem: network.stem, stages: blocks, last: network.head,
      activation: .silu, epsilon: epsilon, samePadding: samePadding)(image)
    if names == .timm { return features.timmClassifier(classes, dropout: dropout) }
    return features.head {
      $0.adaptiveAveragePool("avgpool").flatten()
        .scope("classifier") { $0.dropout("0", dropout).linear("1", classes) }
    }
  }

  private func block(_ input: Feature, _ stage: Stage, stride: Int, dropProbability: Double) -> Feature {
    let attention = SqueezeExcite(
      squeezed: input.channels.floorDivided(by: 4), activation: .silu, isActivationInPlace: true,
      names: names == .timm ? .timm : .torchvision)
    return MBConv(
      names: names == .timm ? .timm : .block, expanded: input.channels.expanded(by: stage.expansion),
      kernel: stage.kernel, stride: stride, channels: stage.channels, activation: .silu, isFused: stage.isFused,
      attention: stage.isFused ? nil : attention, epsilon: epsilon, samePadding: samePadding,
      // timm leaves the module out where it would do nothing.
      dropProbability: names == .timm && dropProbability == 0 ? nil : dropProbability)(input)
  }
}

extension EfficientNet {
  private static let paper = Paper(
    "Tan, Le", 2019, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", "arXiv:1905.11946")

  /// B8 and L2 came with later papers on how to train such networks.
  private static let laterPapers = [
    "b8": Paper(
      "Xie, Tan, Gong, Wang, Yuille, Le", 2020, "Adversarial Examples Improve Image Recognition", "arXiv:1911.09665"),
    "l2": Paper(
      "Xie, Luong, Hovy, Le", 2020, "Self-training with Noisy Student improves ImageNet classification",
      "arXiv:1911.04252"),
  ]

  /// Coefficients of the authors' code, which are not powers of the paper's alpha, beta and gamma.
  private static let coefficients: [(name: String, phi: Int?, width: Double, depth: Double, dropout: Double)] = [
    ("b0", 0, 1.0, 1.0, 0.2), ("b1", 1, 1.0, 1.1, 0.2), ("b2", 2, 1.1, 1.2, 0.3), ("b3", 3, 1.2, 1.4, 0.3),
    ("b4", 4, 1.4, 1.8, 0.4), ("b5", 5, 1.6, 2.2, 0.4), ("b6", 6, 1.8, 2.6, 0.5), ("b7", 7, 2.0, 3.1, 0.5),
    ("b8", 8, 2.2, 3.6, 0.5), ("l2", nil, 4.3, 5.3, 0.5),
  ]
  /// Evaluation crops of torchvision, which for B2 is 288 and not 260.
  private static let torchvisionSides = [224, 240, 288, 300, 380, 456, 528, 600]
  /// Training sides of timm.
  private static let timmSides = [224, 240, 256, 288, 320, 448, 528, 600, 672, 800]
  /// Sides of the authors' weights; L2's other ones take the paper's 800.
  private static let tensorFlowSides = [224, 240, 260, 300, 380, 456, 528, 600, 672, 475]

  static let catalog: [CatalogEntry] = {
    func entry(_ prefix: String, _ size: String, _ phi: Int?, _ side: Int, _ network: EfficientNet) -> CatalogEntry {
      CatalogEntry(
        prefix + size, family: "EfficientNet", laterPapers[size] ?? paper,
        input: [1, 3, Dimension(side), Dimension(side)], phi: phi, network)
    }
    let torchvision = zip(coefficients, torchvisionSides).map { row, side in
      // The weights of B5 and larger, and with them the epsilon, come from TensorFlow.
      entry(
        "efficientnet_", row.name, row.phi, side,
        EfficientNet(
          width: row.width, depth: row.depth, epsilon: row.width < 1.6 ? 1e-5 : 1e-3, dropout: row.dropout))
    }
    let timm = zip(coefficients, timmSides).enumerated().map { index, row in
      entry(
        (index < torchvision.count ? "timm/" : "") + "efficientnet_", row.0.name, row.0.phi, row.1,
        EfficientNet(width: row.0.width, depth: row.0.depth, names: .timm, dropout: 0, stochasticDepth: 0))
    }
    let tensorFlow = zip(coefficients, tensorFlowSides).map { row, side in
      entry(
        "tf_efficientnet_", row.name, row.phi, side,
        EfficientNet(
          width: row.width, depth: row.depth, names: .timm, samePadding: true, epsilon: 1e-3, dropout: 0,
          stochasticDepth: 0))
    }
    return torchvision + timm + tensorFlow
  }()
}
