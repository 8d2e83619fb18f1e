import NetworkGraph
import SymbolicIntegers

/// Residual networks with the later changes that timm collects: deep stems and pooled shortcuts (ResNet-C, -D, -T, -S),
/// channel attention (SE-ResNet, SE-ResNeXt, SENet-154). Names are timm's.
///
/// He et al. 2019, arXiv:1812.01187, section 4; Hu, Shen and Sun 2018, arXiv:1709.01507, tables 1 and 12.
public struct TimmResNet: Architecture {
  /// What precedes the first max pool.
  public enum Stem: String, Codable, Sendable {
    /// One 7x7 convolution.
    case single
    /// Three 3x3 convolutions, of the stem's width, the same and twice that.
    case deep
    /// Three 3x3 convolutions, of three quarters of the stem's width, the width and twice that.
    case tiered
  }

  public var block: ResNet.Block
  /// Blocks in each stage.
  public var depths: [Int]
  /// Channels of the first stage's blocks, doubled from stage to stage, and of a single convolution as the stem.
  public var width: Dimension
  /// Groups of the 3x3 convolutions (ResNeXt's cardinality).
  public var groups: Dimension
  /// Channels of each group in the first stage of a network of width 64, doubled from stage to stage.
  public var widthPerGroup: Int
  public var stem: Stem
  /// Channels of a deep stem's second convolution.
  public var stemWidth: Dimension
  /// Whether shortcuts average squares of the stride's size before a 1x1 convolution without stride.
  public var pooledShortcuts: Bool
  /// Kernel of a shortcut's convolution where it has a stride.
  public var shortcutKernel: Int
  /// How many times fewer channels a block's first convolution has than its second.
  public var narrowing: Int
  /// Channels between the layers of the channel attention, as part of the block's; 0 without attention.
  public var squeezeRatio: Double
  public var classes: Dimension

  public init(
    _ block: ResNet.Block, depths: [Int], width: Dimension = 64, groups: Dimension = 1, widthPerGroup: Int = 64,
    stem: Stem = .single,
    stemWidth: Dimension = 32, pooledShortcuts: Bool = false, shortcutKernel: Int = 1, narrowing: Int = 1,
    squeezeRatio: Double = 0, classes: Dimension = 1000
  ) {
    self.block = block
    self.depths = depths
    self.width = width
    self.groups = groups
    self.widthPerGroup = widthPerGroup
    self.stem = stem
    self.stemWidth = stemWidth
    self.pooledShortcuts = pooledShortcuts
    self.shortcutKernel = shortcutKernel
    self.narrowing = narrowing
    self.squeezeRatio = squeezeRatio
    self.classes = classes
  }

  public func callAsFunction(_ image: Feature) -> Feature {
    var x = image.group("stem") {
      stemConvolutions($0).batchNorm("bn1").relu("act1").maxPool("maxpool", kernel: 3, stride: 2, padding: 1)
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
        .linear("fc", classes)
    }
  }

  private func stemConvolutions(_ image: Feature) -> Feature {
    guard stem != .single else { return image.conv("conv1", width, kernel: 7, stride: 2, padding: 3, bias: false) }
    let first = stem == .tiered ? stemWidth.floorDivided(by: 4) * 3 : stemWidth
    return image.scope("conv1") {
      $0.conv("0", first, kernel: 3, stride: 2, padding: 1, bias: false).batchNorm("1").relu("2")
        .conv("3", stemWidth, kernel: 3, padding: 1, bias: false).batchNorm("4").relu("5")
        .conv("6", stemWidth * 2, kernel: 3, padding: 1, bias: false)
    }
  }

  private func unit(_ channels: Dimension, stride: Int) -> ResidualBlock {
    let output = channels * block.expansion
    let layers: [ResidualBlock.Layer]
    switch block {
    case .basic: layers = ResidualBlock.basic(channels, stride: stride)
    case .bottleneck:
      let width = (channels * widthPerGroup).floorDivided(by: 64) * groups
      layers = ResidualBlock.bottleneck(
        width.floorDivided(by: Dimension(narrowing)), width, output, stride: stride, groups: groups)
    }
    return ResidualBlock(
      layers: layers,
      shortcut: pooledShortcuts ? .pooledProjection : .projection(kernel: stride > 1 ? shortcutKernel : 1),
      squeezed: squeezeRatio > 0 ? output.scaled(by: squeezeRatio, toMultipleOf: 8, keeping: 0) : nil, naming: .timm)
  }
}

extension TimmResNet {
  private static let bagOfTricks = Paper(
    "He, Zhang, Zhang, Zhang, Xie, Li", 2019,
    "Bag of Tricks for Image Classification with Convolutional Neural Networks", "arXiv:1812.01187")
  static let squeezeAndExcitation = Paper(
    "Hu, Shen, Sun", 2018, "Squeeze-and-Excitation Networks", "arXiv:1709.01507")

  /// The network with the stem and shortcuts of ResNet-D.
  private func d(_ stem: Stem = .deep, width: Dimension = 32) -> TimmResNet {
    var result = self
    (result.stem, result.stemWidth, result.pooledShortcuts) = (stem, width, true)
    return result
  }

  /// The network with the stem of ResNet-D, but not its shortcuts.
  private func c(width: Dimension = 32) -> TimmResNet {
    var result = d(width: width)
    result.pooledShortcuts = false
    return result
  }

  private func se() -> TimmResNet {
    var result = self
    result.squeezeRatio = 1 / 16
    return result
  }

  private func next(_ groups: Dimension, _ width: Int) -> TimmResNet {
    var result = self
    (result.groups, result.widthPerGroup) = (groups, width)
    return result
  }

  private static let r18 = TimmResNet(.basic, depths: [2, 2, 2, 2])
  private static let r34 = TimmResNet(.basic, depths: [3, 4, 6, 3])
  private static let r26 = TimmResNet(.bottleneck, depths: [2, 2, 2, 2])
  private static let r50 = TimmResNet(.bottleneck, depths: [3, 4, 6, 3])
  private static let r101 = TimmResNet(.bottleneck, depths: [3, 4, 23, 3])
  private static let r152 = TimmResNet(.bottleneck, depths: [3, 8, 36, 3])
  private static let r200 = TimmResNet(.bottleneck, depths: [3, 24, 36, 3])
  private static let r269 = TimmResNet(.bottleneck, depths: [3, 30, 48, 8])
  private static let senet = TimmResNet(
    .bottleneck, depths: [3, 8, 36, 3], groups: 64, widthPerGroup: 4, stem: .deep, stemWidth: 64, shortcutKernel: 3,
    narrowing: 2, squeezeRatio: 1 / 16)

  /// Sides are timm's for training; the paper's is 224.
  static let catalog: [CatalogEntry] = [
    ("resnet26", "ResNet", ResNet.residual, 224, r26), ("resnet200", "ResNet", ResNet.residual, 224, r200),
    ("resnext101_32x4d", "ResNeXt", ResNet.aggregated, 224, r101.next(32, 4)),
    ("resnext101_32x16d", "ResNeXt", ResNet.aggregated, 224, r101.next(32, 16)),
    ("resnext101_32x32d", "ResNeXt", ResNet.aggregated, 224, r101.next(32, 32)),
    ("resnet18d", "ResNet-D", bagOfTricks, 224, r18.d()), ("resnet26d", "ResNet-D", bagOfTricks, 224, r26.d()),
    ("resnet34d", "ResNet-D", bagOfTricks, 224, r34.d()), ("resnet50d", "ResNet-D", bagOfTricks, 224, r50.d()),
    ("resnet101d", "ResNet-D", bagOfTricks, 256, r101.d()), ("resnet152d", "ResNet-D", bagOfTricks, 256, r152.d()),
    ("resnet200d", "ResNet-D", bagOfTricks, 256, r200.d()),
    ("resnext50d_32x4d", "ResNet-D", bagOfTricks, 224, r50.next(32, 4).d()),
    ("resnet50c", "ResNet-D", bagOfTricks, 224, r50.c()), ("resnet101c", "ResNet-D", bagOfTricks, 224, r101.c()),
    ("resnet152c", "ResNet-D", bagOfTricks, 224, r152.c()),
    ("resnet50s", "ResNet-D", bagOfTricks, 224, r50.c(width: 64)),
    ("resnet101s", "ResNet-D", bagOfTricks, 224, r101.c(width: 64)),
    ("resnet152s", "ResNet-D", bagOfTricks, 224, r152.c(width: 64)),
    ("resnet26t", "ResNet-D", bagOfTricks, 256, r26.d(.tiered)),
    ("resnet50t", "ResNet-D", bagOfTricks, 224, r50.d(.tiered)),
    ("seresnet18", "SENet", squeezeAndExcitation, 224, r18.se()),
    ("seresnet34", "SENet", squeezeAndExcitation, 224, r34.se()),
    ("seresnet50", "SENet", squeezeAndExcitation, 224, r50.se()),
    ("seresnet101", "SENet", squeezeAndExcitation, 224, r101.se()),
    ("seresnet152", "SENet", squeezeAndExcitation, 224, r152.se()),
    ("seresnet50t", "SENet", squeezeAndExcitation, 224, r50.d(.tiered).se()),
    ("seresnet152d", "SENet", squeezeAndExcitation, 256, r152.d().se()),
    ("seresnet200d", "SENet", squeezeAndExcitation, 256, r200.d().se()),
    ("seresnet269d", "SENet", squeezeAndExcitation, 256, r269.d().se()),
    ("seresnext26d_32x4d", "SENet", squeezeAndExcitation, 224, r26.next(32, 4).d().se()),
    ("seresnext26t_32x4d", "SENet", squeezeAndExcitation, 224, r26.next(32, 4).d(.tiered).se()),
    ("seresnext50_32x4d", "SENet", squeezeAndExcitation, 224, r50.next(32, 4).se()),
    ("seresnext101_32x4d", "SENet", squeezeAndExcitation, 224, r101.next(32, 4).se()),
    ("seresnext101_32x8d", "SENet", squeezeAndExcitation, 224, r101.next(32, 8).se()),
    ("seresnext101d_32x8d", "SENet", squeezeAndExcitation, 224, r101.next(32, 8).d().se()),
    ("seresnext101_64x4d", "SENet", squeezeAndExcitation, 224, r101.next(64, 4).se()),
    ("senet154", "SENet", squeezeAndExcitation, 224, senet),
  ].map { CatalogEntry($0.0, family: $0.1, $0.2, input: [1, 3, $0.3, $0.3], $0.4) }
}
