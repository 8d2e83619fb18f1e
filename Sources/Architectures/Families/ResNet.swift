import NetworkGraph
import SymbolicIntegers

/// Residual networks, wide and aggregated (ResNeXt) ones and their plain twins included. Names are torchvision's.
///
/// He et al. 2016, table 1; Zagoruyko and Komodakis 2016; Xie et al. 2017, table 1.
public struct ResNet: Architecture {
  /// The unit that stages repeat.
  public enum Block: String, Codable, Sendable {
    /// Two 3x3 convolutions.
    case basic
    /// 1x1, 3x3, 1x1; the output has four times the block's channels.
    case bottleneck

    var expansion: Int { self == .basic ? 1 : 4 }
  }

  public var block: Block
  /// Blocks in each stage.
  public var depths: [Int]
  /// Channels of the stem and of the first stage's blocks, doubled from stage to stage.
  public var width: Dimension
  /// Groups of the 3x3 convolutions (ResNeXt's cardinality).
  public var groups: Dimension
  /// Channels of each group in the first stage of a network of width 64, doubled from stage to stage.
  public var widthPerGroup: Int
  /// Whether a bottleneck's stride lies in its first 1x1 convolution, as the paper has it, and not in the 3x3.
  public var strideInFirst: Bool
  /// Whether blocks have shortcuts; without them the network is the paper's plain one.
  public var shortcuts: Bool
  public var classes: Dimension

  public init(
    _ block: Block, depths: [Int], width: Dimension = 64, groups: Dimension = 1, widthPerGroup: Int = 64,
    strideInFirst: Bool = false,
    shortcuts: Bool = true, classes: Dimension = 1000
  ) {
    self.block = block
    self.depths = depths
    self.width = width
    self.groups = groups
    self.widthPerGroup = widthPerGroup
    self.strideInFirst = strideInFirst
    self.shortcuts = shortcuts
    self.classes = classes
  }

  public func callAsFunction(_ image: Feature) -> Feature {
    var x = image.group("stem") { image in
      image.conv("conv1", width, kernel: 7, stride: 2, padding: 3, bias: false).batchNorm("bn1").relu()
        .maxPool("maxpool", kernel: 3, stride: 2, padding: 1)
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
    return x.head { $0.adaptiveAveragePool("avgpool").flatten().linear("fc", classes) }
  }

  private func unit(_ channels: Dimension, stride: Int) -> ResidualBlock {
    let layers: [ResidualBlock.Layer]
    switch block {
    case .basic: layers = ResidualBlock.basic(channels, stride: stride)
    case .bottleneck:
      let width = (channels * widthPerGroup).floorDivided(by: 64) * groups
      layers = ResidualBlock.bottleneck(
        width, width, channels * block.expansion, stride: stride, groups: groups, strideInFirst: strideInFirst)
    }
    return ResidualBlock(layers: layers, shortcut: shortcuts ? .projection(kernel: 1) : .absent)
  }
}

extension ResNet {
  static let residual = Paper(
    "He, Zhang, Ren, Sun", 2016, "Deep Residual Learning for Image Recognition", "arXiv:1512.03385")
  private static let wide = Paper("Zagoruyko, Komodakis", 2016, "Wide Residual Networks", "arXiv:1605.07146")
  static let aggregated = Paper(
    "Xie, Girshick, Dollár, Tu, He", 2017, "Aggregated Residual Transformations for Deep Neural Networks",
    "arXiv:1611.05431")

  static let catalog: [CatalogEntry] = [
    ("plain18", "Plain", residual, nil, ResNet(.basic, depths: [2, 2, 2, 2], shortcuts: false)),
    ("plain34", "Plain", residual, nil, ResNet(.basic, depths: [3, 4, 6, 3], shortcuts: false)),
    ("resnet18", "ResNet", residual, nil, ResNet(.basic, depths: [2, 2, 2, 2])),
    ("resnet34", "ResNet", residual, nil, ResNet(.basic, depths: [3, 4, 6, 3])),
    ("resnet50", "ResNet", residual, 0, ResNet(.bottleneck, depths: [3, 4, 6, 3])),
    ("resnet101", "ResNet", residual, nil, ResNet(.bottleneck, depths: [3, 4, 23, 3])),
    ("resnet152", "ResNet", residual, nil, ResNet(.bottleneck, depths: [3, 8, 36, 3])),
    ("resnet50_paper", "ResNet", residual, nil, ResNet(.bottleneck, depths: [3, 4, 6, 3], strideInFirst: true)),
    ("resnet101_paper", "ResNet", residual, nil, ResNet(.bottleneck, depths: [3, 4, 23, 3], strideInFirst: true)),
    ("resnet152_paper", "ResNet", residual, nil, ResNet(.bottleneck, depths: [3, 8, 36, 3], strideInFirst: true)),
    ("wide_resnet50_2", "Wide ResNet", wide, nil, ResNet(.bottleneck, depths: [3, 4, 6, 3], widthPerGroup: 128)),
    ("wide_resnet101_2", "Wide ResNet", wide, nil, ResNet(.bottleneck, depths: [3, 4, 23, 3], widthPerGroup: 128)),
    (
      "resnext50_32x4d", "ResNeXt", aggregated,
      nil, ResNet(.bottleneck, depths: [3, 4, 6, 3], groups: 32, widthPerGroup: 4)
    ),
    (
      "resnext101_32x8d", "ResNeXt", aggregated,
      nil, ResNet(.bottleneck, depths: [3, 4, 23, 3], groups: 32, widthPerGroup: 8)
    ),
    (
      "resnext101_64x4d", "ResNeXt", aggregated,
      nil, ResNet(.bottleneck, depths: [3, 4, 23, 3], groups: 64, widthPerGroup: 4)
    ),
    (
      "resnext152_32x4d", "ResNeXt", aggregated,
      nil, ResNet(.bottleneck, depths: [3, 8, 36, 3], groups: 32, widthPerGroup: 4)
    ),
  ].map { (name: String, family: String, paper: Paper, phi: Int?, network: ResNet) in
    CatalogEntry(name, family: family, paper, input: [1, 3, 224, 224], phi: phi, network)
  }
}
