import NetworkGraph
import SymbolicIntegers

/// ShuffleNet: grouped 1x1 convolutions whose channels are shuffled so that groups mix.
///
/// Zhang, Zhou, Lin and Sun 2018, table 1 and figure 2.
public struct ShuffleNetV1: Architecture {
  /// Groups of the 1x1 convolutions.
  public var groups: Int
  /// Channels of the first stage, doubled from stage to stage.
  public var channels: Dimension
  /// Units in each stage, of which the first has stride 2.
  public var depths: [Int]
  /// Channels of the first convolution.
  public var stem: Dimension
  /// Factor on the stages' channels.
  public var width: Double
  public var classes: Dimension

  public init(
    groups: Int, channels: Dimension, depths: [Int] = [4, 8, 4], stem: Dimension = 24, width: Double = 1,
    classes: Dimension = 1000
  ) {
    self.groups = groups
    self.channels = channels
    self.depths = depths
    self.stem = stem
    self.width = width
    self.classes = classes
  }

  public func tabulated() -> ShuffleNetV1 {
    var result = self
    result.channels = channels.scaled(by: width, toMultipleOf: 1)
    result.width = 1
    return result
  }

  public func callAsFunction(_ image: Feature) -> Feature {
    var x = image.group("stem") {
      $0.scope("conv1") { $0.convNormActivation(.sequence(from: 0), stem, kernel: 3, stride: 2, activation: .relu) }
        .maxPool("maxpool", kernel: 3, stride: 2, padding: 1)
    }
    var channels = tabulated().channels
    for (index, depth) in depths.enumerated() {
      x = x.scope("stage\(index + 2)", .stage) { input in
        var x = input
        for position in positions(depth) {
          x = x.scope(String(position), .block) {
            // The stem has too few channels for groups.
            unit($0, to: channels, isFirst: position == 0, firstGroups: index == 0 && position == 0 ? 1 : groups)
          }
        }
        return x
      }
      channels *= 2
    }
    return x.head { $0.adaptiveAveragePool("avgpool").flatten().linear("fc", classes) }
  }

  /// Figure 2 (b), and (c) for the first unit of a stage, whose shortcut supplies a part of the output.
  private func unit(_ input: Feature, to channels: Dimension, isFirst: Bool, firstGroups: Int) -> Feature {
    // A quarter of the channels, rounded up where the groups do not divide it (two and four groups at narrow widths).
    let bottleneck = channels.floorDivided(by: 4).ceilDivided(by: Dimension(groups)) * groups
    var x = input.conv("conv1", bottleneck, kernel: 1, groups: Dimension(firstGroups), bias: false).batchNorm("bn1")
      .relu("relu1")
    if groups > 1 { x = x.apply(.channelShuffle(ChannelShuffle(groups: groups)), "shuffle", .function) }
    x = x.conv("conv2", bottleneck, kernel: 3, stride: isFirst ? 2 : 1, padding: 1, groups: bottleneck, bias: false)
      .batchNorm("bn2")
      .conv("conv3", isFirst ? channels - input.channels : channels, kernel: 1, groups: Dimension(groups), bias: false)
      .batchNorm("bn3")
    if isFirst {
      let shortcut = input.averagePool("pool", kernel: 3, stride: 2, padding: 1)
      return Feature.concatenate([shortcut, x]).relu("relu2")
    }
    x += input
    return x.relu("relu2")
  }
}

extension ShuffleNetV1 {
  private static let paper = Paper(
    "Zhang, Zhou, Lin, Sun", 2018,
    "ShuffleNet: An Extremely Efficient Convolutional Neural Network for Mobile Devices", "arXiv:1707.01083")

  /// Names are groups and width. The paper does not say how wide the stems of the narrow and wide networks are: here
  /// they are scaled below 1x (to what the groups divide) and at 2x, not at 1.5x, which gives the paper's operations.
  static let catalog: [CatalogEntry] =
    [(groups: 1, channels: 144), (2, 200), (3, 240), (4, 272), (8, 384)].flatMap { groups, channels in
      [
        (name: "", width: 1, stem: 24), ("_x0_25", 0.25, groups < 4 ? 6 : 8), ("_x0_5", 0.5, groups < 8 ? 12 : 16),
        ("_x1_5", 1.5, 24), ("_x2_0", 2, 48),
      ].map { row in
        CatalogEntry(
          "shufflenet_v1_g\(groups)\(row.name)", family: "ShuffleNetV1", paper, input: [1, 3, 224, 224],
          phi: groups == 3 && row.width == 1 ? 0 : nil,
          ShuffleNetV1(groups: groups, channels: Dimension(channels), stem: Dimension(row.stem), width: row.width))
      }
    }
}
