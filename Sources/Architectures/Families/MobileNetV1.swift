import NetworkGraph
import SymbolicIntegers

/// MobileNet: depthwise convolutions and 1x1 convolutions in place of full ones.
///
/// Howard et al. 2017, table 1; names are timm's.
public struct MobileNetV1: Architecture {
  /// Rows of table 1 of equal output: `depth` pairs of convolutions, of which the first has the stride.
  public struct Stage: Codable, Sendable {
    public var channels: Dimension
    public var depth: Int
    public var stride: Int

    public init(channels: Dimension, depth: Int, stride: Int) {
      self.channels = channels
      self.depth = depth
      self.stride = stride
    }
  }

  public var stem: Dimension
  public var stages: [Stage]
  /// Factor on all channels (the paper's alpha), which are rounded to multiples of 8.
  public var width: Double
  /// Channels of a 1x1 convolution before the classifier (timm's `h` variant), which ``width`` does not narrow.
  public var head: Dimension?
  public var classes: Dimension

  public init(
    stem: Dimension = 32, stages: [Stage] = Self.table1, width: Double = 1, head: Dimension? = nil,
    classes: Dimension = 1000
  ) {
    self.stem = stem
    self.stages = stages
    self.width = width
    self.head = head
    self.classes = classes
  }

  public static let table1 = [
    Stage(channels: 64, depth: 1, stride: 1),
    Stage(channels: 128, depth: 2, stride: 2),
    Stage(channels: 256, depth: 2, stride: 2),
    Stage(channels: 512, depth: 6, stride: 2),
    // The table gives its last depthwise convolution stride 2, which does not fit the sizes beside it.
    Stage(channels: 1024, depth: 2, stride: 2),
  ]

  public func tabulated() -> MobileNetV1 {
    var result = self
    result.stem = stem.scaled(by: width, toMultipleOf: 8)
    result.head = head?.scaled(by: max(1, width), toMultipleOf: 8)
    for index in stages.indices {
      result.stages[index].channels = stages[index].channels.scaled(by: width, toMultipleOf: 8)
    }
    result.width = 1
    return result
  }

  public func callAsFunction(_ image: Feature) -> Feature {
    let network = tabulated()
    let blocks = network.stages.map { stage in
      positions(stage.depth).map { position in
        { block($0, to: stage.channels, stride: position == 0 ? stage.stride : 1) }
      }
    }
    return MobileTrunk(layout: .timm, stem: network.stem, stages: blocks, last: network.head, activation: .relu6)(image)
      .timmClassifier(classes, dropout: 0)
  }

  private func block(_ input: Feature, to channels: Dimension, stride: Int) -> Feature {
    input
      .convNormActivation(
        .pair("conv_dw", "bn1"), input.channels, kernel: 3, stride: stride, groups: input.channels, activation: .relu6
      )
      .convNormActivation(.pair("conv_pw", "bn2"), channels, kernel: 1, activation: .relu6)
  }
}

extension MobileNetV1 {
  private static let paper = Paper(
    "Howard, Zhu, Chen, Kalenichenko, Wang, Weyand, Andreetto, Adam", 2017,
    "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications", "arXiv:1704.04861")

  /// The paper's four widths and timm's two additions; the first four were published at sides 224, 192, 160 and 128.
  static let catalog: [CatalogEntry] = [
    ("mobilenetv1_100", MobileNetV1()),
    ("mobilenetv1_075", MobileNetV1(width: 0.75)),
    ("mobilenetv1_050", MobileNetV1(width: 0.5)),
    ("mobilenetv1_025", MobileNetV1(width: 0.25)),
    ("mobilenetv1_100h", MobileNetV1(head: 1024)),
    ("mobilenetv1_125", MobileNetV1(width: 1.25)),
  ].map { CatalogEntry($0, family: "MobileNetV1", paper, input: [1, 3, 224, 224], $1) }
}
