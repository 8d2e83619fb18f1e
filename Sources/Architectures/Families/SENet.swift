import NetworkGraph
import SymbolicIntegers

/// Squeeze-and-excitation networks as their authors published them for Caffe: stride in the first 1x1 of SE-ResNet, a
/// max pool that rounds up. Names are those of timm's `legacy_` models.
///
/// Hu, Shen and Sun 2018, table 1 and, for SENet-154, section 6.1.
public struct SENet: Architecture {
  /// The unit that stages repeat.
  public enum Block: String, Codable, Sendable {
    /// ResNet's two 3x3 convolutions.
    case basic
    /// ResNet's bottleneck.
    case resnet
    /// ResNeXt's bottleneck, stride in the 3x3.
    case resnext
    /// SENet-154's: twice and four times the block's channels in the first and second convolution.
    case senet
  }

  public var block: Block
  /// Blocks in each stage.
  public var depths: [Int]
  /// Channels of the stem and of the first stage's blocks, doubled from stage to stage.
  public var width: Dimension
  public var groups: Dimension
  /// Channels of each of ResNeXt's groups in the first stage of a network of width 64.
  public var widthPerGroup: Int
  /// How many times fewer channels lie between the layers of the channel attention.
  public var reduction: Int
  /// Whether the stem has three 3x3 convolutions in place of one 7x7, and strided shortcuts a 3x3.
  public var deepStem: Bool
  public var dropout: Double
  public var classes: Dimension

  public init(
    _ block: Block, depths: [Int], width: Dimension = 64, groups: Dimension = 1, widthPerGroup: Int = 4,
    reduction: Int = 16,
    deepStem: Bool = false, dropout: Double = 0.2, classes: Dimension = 1000
  ) {
    self.block = block
    self.depths = depths
    self.width = width
    self.groups = groups
    self.widthPerGroup = widthPerGroup
    self.reduction = reduction
    self.deepStem = deepStem
    self.dropout = dropout
    self.classes = classes
  }

  public func callAsFunction(_ image: Feature) -> Feature {
    var x = image.group("stem") { image in
      image.scope("layer0") { stemConvolutions($0) }.maxPool("pool0", kernel: 3, stride: 2, ceilMode: true)
    }
    var channels = width
    for (index, depth) in depths.enumerated() {
      x = x.scope("layer\(index + 1)", .stage) { x in
        var x = x
        for position in positions(depth) {
          let block = unit(channels, stride: index > 0 && position == 0 ? 2 : 1)
          x = x.scope("\(position)", .block) { block($0) }
        }
        return x
      }
      channels *= 2
    }
    return x.head {
      $0.scope("global_pool") { $0.adaptiveAveragePool("pool").flatten("flatten", origin: .module) }
        .dropout("dropout", dropout, origin: .function).linear("last_linear", classes)
    }
  }

  private func stemConvolutions(_ image: Feature) -> Feature {
    guard deepStem else {
      return image.conv("conv1", width, kernel: 7, stride: 2, padding: 3, bias: false).batchNorm("bn1").relu("relu1")
    }
    return image.conv("conv1", width, kernel: 3, stride: 2, padding: 1, bias: false).batchNorm("bn1").relu("relu1")
      .conv("conv2", width, kernel: 3, padding: 1, bias: false).batchNorm("bn2").relu("relu2")
      .conv("conv3", width * 2, kernel: 3, padding: 1, bias: false).batchNorm("bn3").relu("relu3")
  }

  private func unit(_ channels: Dimension, stride: Int) -> ResidualBlock {
    let output = block == .basic ? channels : channels * 4
    let layers: [ResidualBlock.Layer]
    switch block {
    case .basic:
      layers = ResidualBlock.basic(channels, stride: stride)
    case .resnet:
      layers = ResidualBlock.bottleneck(
        channels, channels, output, stride: stride, groups: groups, strideInFirst: true)
    case .resnext:
      let width = (channels * widthPerGroup).floorDivided(by: 64) * groups
      layers = ResidualBlock.bottleneck(width, width, output, stride: stride, groups: groups)
    case .senet:
      layers = ResidualBlock.bottleneck(channels * 2, output, output, stride: stride, groups: groups)
    }
    return ResidualBlock(
      layers: layers, shortcut: .projection(kernel: deepStem && stride > 1 ? 3 : 1),
      squeezed: output.floorDivided(by: Dimension(reduction)), isBranchActivated: block == .basic, naming: .caffe)
  }
}

extension SENet {
  static let catalog: [CatalogEntry] = [
    ("legacy_seresnet18", SENet(.basic, depths: [2, 2, 2, 2])),
    ("legacy_seresnet34", SENet(.basic, depths: [3, 4, 6, 3])),
    ("legacy_seresnet50", SENet(.resnet, depths: [3, 4, 6, 3])),
    ("legacy_seresnet101", SENet(.resnet, depths: [3, 4, 23, 3])),
    ("legacy_seresnet152", SENet(.resnet, depths: [3, 8, 36, 3])),
    ("legacy_seresnext26_32x4d", SENet(.resnext, depths: [2, 2, 2, 2], groups: 32)),
    ("legacy_seresnext50_32x4d", SENet(.resnext, depths: [3, 4, 6, 3], groups: 32)),
    ("legacy_seresnext101_32x4d", SENet(.resnext, depths: [3, 4, 23, 3], groups: 32)),
    ("legacy_senet154", SENet(.senet, depths: [3, 8, 36, 3], groups: 64, deepStem: true)),
  ].map { CatalogEntry($0, family: "SENet", TimmResNet.squeezeAndExcitation, input: [1, 3, 224, 224], $1) }
}
