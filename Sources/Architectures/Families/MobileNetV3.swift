import NetworkGraph
import SymbolicIntegers

/// MobileNetV3: searched inverted residuals with channel attention and piecewise linear swish, and a cheap last stage.
///
/// Howard et al. 2019, tables 1 (large) and 2 (small).
public struct MobileNetV3: Architecture {
  /// Rows of the table with equal output channels; the first of the blocks has the stride.
  public struct Stage: Codable, Sendable {
    public var kernel: Int
    /// Channels of each block's depthwise convolution.
    public var expanded: [Dimension]
    public var channels: Dimension
    public var hasAttention: Bool
    public var nonlinearity: Nonlinearity
    public var stride: Int

    public init(
      kernel: Int, expanded: [Dimension], channels: Dimension, hasAttention: Bool, _ nonlinearity: Nonlinearity,
      stride: Int
    ) {
      self.kernel = kernel
      self.expanded = expanded
      self.channels = channels
      self.hasAttention = hasAttention
      self.nonlinearity = nonlinearity
      self.stride = stride
    }
  }

  public enum Nonlinearity: String, Codable, Sendable {
    case relu, hardSwish

    var function: Activation.Function { self == .relu ? .relu : .hardSwish }
  }

  public var stem: Dimension
  public var stages: [Stage]
  /// Nonlinearity of the stem and of what follows the stages.
  public var nonlinearity: Nonlinearity
  /// Features between the two last layers.
  public var hidden: Dimension
  /// Factor on all channels, which are rounded to multiples of 8.
  public var width: Double
  /// Whether the factor applies to the stem.
  public var scalesStem: Bool
  public var names: ReferenceNames
  /// Whether padding is TensorFlow's SAME.
  public var samePadding: Bool
  /// Epsilon of every batch norm.
  public var epsilon: Double
  public var dropout: Double
  public var classes: Dimension

  public init(
    stem: Dimension = 16, stages: [Stage] = Self.table1, nonlinearity: Nonlinearity = .hardSwish,
    hidden: Dimension = 1280, width: Double = 1, scalesStem: Bool = true, names: ReferenceNames = .torchvision,
    samePadding: Bool = false, epsilon: Double = 1e-3, dropout: Double = 0.2, classes: Dimension = 1000
  ) {
    self.stem = stem
    self.stages = stages
    self.nonlinearity = nonlinearity
    self.hidden = hidden
    self.width = width
    self.scalesStem = scalesStem
    self.names = names
    self.samePadding = samePadding
    self.epsilon = epsilon
    self.dropout = dropout
    self.classes = classes
  }

  /// The large network.
  public static let table1 = [
    Stage(kernel: 3, expanded: [16], channels: 16, hasAttention: false, .relu, stride: 1),
    Stage(kernel: 3, expanded: [64, 72], channels: 24, hasAttention: false, .relu, stride: 2),
    Stage(kernel: 5, expanded: [72, 120, 120], channels: 40, hasAttention: true, .relu, stride: 2),
    Stage(kernel: 3, expanded: [240, 200, 184, 184], channels: 80, hasAttention: false, .hardSwish, stride: 2),
    Stage(kernel: 3, expanded: [480, 672], channels: 112, hasAttention: true, .hardSwish, stride: 1),
    Stage(kernel: 5, expanded: [672, 960, 960], channels: 160, hasAttention: true, .hardSwish, stride: 2),
  ]

  /// The small network.
  public static let table2 = [
    Stage(kernel: 3, expanded: [16], channels: 16, hasAttention: true, .relu, stride: 2),
    Stage(kernel: 3, expanded: [72, 88], channels: 24, hasAttention: false, .relu, stride: 2),
    Stage(kernel: 5, expanded: [96, 240, 240], channels: 40, hasAttention: true, .hardSwish, stride: 2),
    Stage(kernel: 5, expanded: [120, 144], channels: 48, hasAttention: true, .hardSwish, stride: 1),
    Stage(kernel: 5, expanded: [288, 576, 576], channels: 96, hasAttention: true, .hardSwish, stride: 2),
  ]

  /// The same network with 3x3 kernels and ReLU only and without attention, as the authors' minimalistic models have it.
  public func minimalistic() -> MobileNetV3 {
    var result = self
    result.nonlinearity = .relu
    for index in stages.indices {
      result.stages[index].kernel = 3
      result.stages[index].hasAttention = false
      result.stages[index].nonlinearity = .relu
    }
    return result
  }

  public func tabulated() -> MobileNetV3 {
    var result = self
    if scalesStem { result.stem = stem.scaled(by: width, toMultipleOf: 8) }
    if names == .torchvision { result.hidden = hidden.scaled(by: width, toMultipleOf: 8) }
    // Channels of a block's input, as the table has them and as they are.
    var (source, channels) = (stem, result.stem)
    for (index, stage) in stages.enumerated() {
      result.stages[index].channels = stage.channels.scaled(by: width, toMultipleOf: 8)
      for (position, expanded) in stage.expanded.enumerated() {
        result.stages[index].expanded[position] = self.expanded(channels, expanded, from: source)
        (source, channels) = (stage.channels, result.stages[index].channels)
      }
    }
    result.width = 1
    return result
  }

  /// Channels of a depthwise convolution after an input of `channels`. At another width torchvision rounds the table's
  /// number times the width, and timm, as the authors, the input's channels times the table's ratio.
  private func expanded(_ channels: Dimension, _ expanded: Dimension, from source: Dimension) -> Dimension {
    guard names == .timm, let count = expanded.constant, let source = source.constant, source > 0 else {
      return expanded.scaled(by: width, toMultipleOf: 8)
    }
    return count == source ? channels : channels.scaled(by: Double(count) / Double(source), toMultipleOf: 8)
  }

  public func callAsFunction(_ image: Feature) -> Feature { tabulated().layers(image) }

  /// The network of a table without factor.
  private func layers(_ image: Feature) -> Feature {
    let blocks = stages.map { stage in
      stage.expanded.enumerated().map { position, expanded in
        { block($0, stage, expanded: expanded, stride: position == 0 ? stage.stride : 1) }
      }
    }
    // The last convolution has six times the channels of the last stage.
    let last = stages.last.map { $0.channels * 6 }
    let features = MobileTrunk(
      layout: names == .timm ? .timm : .blocks, stem: stem, stages: blocks, last: names == .timm ? nil : last,
      activation: nonlinearity.function, epsilon: epsilon, samePadding: samePadding)(image)
    return names == .timm ? timmHead(features, last ?? features.channels) : head(features)
  }

  private func block(_ input: Feature, _ stage: Stage, expanded: Dimension, stride: Int) -> Feature {
    let attention = SqueezeExcite(
      squeezed: expanded.floorDivided(by: 4).scaled(by: 1, toMultipleOf: 8), isActivationInPlace: names == .timm,
      gate: .hardSigmoid(alpha: 1.0 / 6, beta: 0.5), names: names == .timm ? .timm : .torchvision)
    return MBConv(
      names: names == .timm ? .timm : .block, expanded: expanded, kernel: stage.kernel, stride: stride,
      channels: stage.channels, activation: stage.nonlinearity.function,
      attention: stage.hasAttention ? attention : nil,
      epsilon: epsilon, samePadding: samePadding)(input)
  }

  private func head(_ features: Feature) -> Feature {
    features.head {
      $0.adaptiveAveragePool("avgpool").flatten().scope("classifier") {
        $0.linear("0", hidden).activation(nonlinearity.function, "1", inPlace: true).dropout("2", dropout).linear(
          "3", classes)
      }
    }
  }

  private func timmHead(_ features: Feature, _ last: Dimension) -> Feature {
    features.head {
      let x = $0.scope("blocks") {
        $0.scope(String(stages.count)) {
          $0.scope("0", .block) {
            $0.convNormActivation(
              .pair("conv", "bn1"), last, kernel: 1, epsilon: epsilon, activation: nonlinearity.function)
          }
        }
      }
      .scope("global_pool") { $0.adaptiveAveragePool("pool") }
      .conv("conv_head", hidden, kernel: 1).activation(nonlinearity.function, "act2", inPlace: true)
      .flatten(origin: .module)
      return (dropout > 0 ? x.dropout("dropout", dropout, origin: .function) : x).linear("classifier", classes)
    }
  }
}

extension MobileNetV3 {
  private static let paper = Paper(
    "Howard, Sandler, Chu, Chen, Chen, Tan, Wang, Zhu, Pang, Vasudevan, Le, Adam", 2019, "Searching for MobileNetV3",
    "arXiv:1905.02244")

  static let catalog: [CatalogEntry] = {
    func entry(_ name: String, _ network: MobileNetV3) -> CatalogEntry {
      CatalogEntry(name, family: "MobileNetV3", paper, input: [1, 3, 224, 224], network)
    }
    let large = MobileNetV3()
    let small = MobileNetV3(stages: table2, hidden: 1024)
    /// timm's two: padding symmetric, or TensorFlow's with its epsilon.
    func timm(_ network: MobileNetV3, width: Double = 1, scalesStem: Bool = true, isTensorFlow: Bool) -> MobileNetV3 {
      var network = network
      (network.names, network.dropout) = (.timm, 0)
      (network.width, network.scalesStem) = (width, scalesStem)
      (network.samePadding, network.epsilon) = isTensorFlow ? (true, 1e-3) : (false, 1e-5)
      return network
    }
    return [
      entry("mobilenet_v3_large", large),
      entry("mobilenet_v3_small", small),
      entry("mobilenetv3_large_075", timm(large, width: 0.75, isTensorFlow: false)),
      entry("mobilenetv3_large_100", timm(large, isTensorFlow: false)),
      entry("mobilenetv3_small_050", timm(small, width: 0.5, scalesStem: false, isTensorFlow: false)),
      entry("mobilenetv3_small_075", timm(small, width: 0.75, isTensorFlow: false)),
      entry("mobilenetv3_small_100", timm(small, isTensorFlow: false)),
      entry("tf_mobilenetv3_large_075", timm(large, width: 0.75, isTensorFlow: true)),
      entry("tf_mobilenetv3_large_100", timm(large, isTensorFlow: true)),
      entry("tf_mobilenetv3_large_minimal_100", timm(large.minimalistic(), isTensorFlow: true)),
      entry("tf_mobilenetv3_small_075", timm(small, width: 0.75, isTensorFlow: true)),
      entry("tf_mobilenetv3_small_100", timm(small, isTensorFlow: true)),
      entry("tf_mobilenetv3_small_minimal_100", timm(small.minimalistic(), isTensorFlow: true)),
    ]
  }()
}
