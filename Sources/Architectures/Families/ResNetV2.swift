import NetworkGraph
import SymbolicIntegers

/// Residual networks with pre-activation: norm and activation precede each convolution, shortcuts carry sums unchanged.
///
/// He et al. 2016, arXiv:1603.05027, figure 4 (e). Names are timm's, which puts a bottleneck's stride in its 3x3.
public struct ResNetV2: Architecture {
  public var block: ResNet.Block
  /// Blocks in each stage.
  public var depths: [Int]
  public var stem: TimmResNet.Stem
  /// Channels of the stem's output.
  public var stemWidth: Dimension
  /// Output channels of a stage's blocks.
  public var channels: [Dimension]
  /// Whether shortcuts average squares of the stride's size before a 1x1 convolution without stride (ResNet-D).
  public var pooledShortcuts: Bool
  public var dropout: Double
  public var classes: Dimension

  public init(
    _ block: ResNet.Block, depths: [Int], stem: TimmResNet.Stem = .single, stemWidth: Dimension = 64,
    channels: [Dimension]? = nil, pooledShortcuts: Bool = false, dropout: Double = 0, classes: Dimension = 1000
  ) {
    self.block = block
    self.depths = depths
    self.stem = stem
    self.stemWidth = stemWidth
    self.channels = channels ?? [64, 128, 256, 512].map { $0 * block.expansion }
    self.pooledShortcuts = pooledShortcuts
    self.dropout = dropout
    self.classes = classes
  }

  public func callAsFunction(_ image: Feature) -> Feature {
    let x = image.scope("stem") {
      stemConvolutions($0).maxPool("pool", kernel: 3, stride: 2, padding: 1)
    }
    let features = x.scope("stages") { x in
      var x = x
      for (index, (depth, channels)) in zip(depths, channels).enumerated() {
        x = x.scope("\(index)", .stage) { input in
          input.scope("blocks") { x in
            var x = x
            for position in positions(depth) {
              x = x.scope("\(position)", .block) {
                unit($0, channels, stride: index > 0 && position == 0 ? 2 : 1, isFirst: position == 0)
              }
            }
            return x
          }
        }
      }
      return x
    }
    return features.head {
      $0.batchNormAct("norm").classifierHead(classes, dropout: dropout, isConvolution: true)
    }
  }

  private func stemConvolutions(_ image: Feature) -> Feature {
    let half = stemWidth.floorDivided(by: 2)
    guard stem != .single else { return image.conv("conv", stemWidth, kernel: 7, stride: 2, padding: 3, bias: false) }
    let first = stem == .tiered ? (stemWidth * 3).floorDivided(by: 8) : half
    return image.conv("conv1", first, kernel: 3, stride: 2, padding: 1, bias: false).batchNormAct("norm1")
      .conv("conv2", half, kernel: 3, padding: 1, bias: false).batchNormAct("norm2")
      .conv("conv3", stemWidth, kernel: 3, padding: 1, bias: false)
  }

  private func unit(_ input: Feature, _ channels: Dimension, stride: Int, isFirst: Bool) -> Feature {
    let activated = input.batchNormAct("norm1")
    var shortcut = input
    // A stage's first bottleneck projects even where shapes agree.
    if isFirst && (block == .bottleneck || stride != 1 || input.channels != channels) {
      shortcut = activated.scope("downsample") { projected($0, channels, stride: stride) }
      input.builder.registersHere("norm1")
    }
    let narrow = channels.floorDivided(by: block.expansion)
    var x: Feature
    switch block {
    case .basic:
      x = activated.conv("conv1", narrow, kernel: 3, stride: PerAxis(stride), padding: 1, bias: false)
      x = x.whileHeld { $0.batchNormAct("norm2").conv("conv2", channels, kernel: 3, padding: 1, bias: false) }
    case .bottleneck:
      x = activated.conv("conv1", narrow, kernel: 1, bias: false)
      x = x.whileHeld {
        $0.batchNormAct("norm2").conv("conv2", narrow, kernel: 3, stride: PerAxis(stride), padding: 1, bias: false)
      }
      x = x.whileHeld { $0.batchNormAct("norm3").conv("conv3", channels, kernel: 1, bias: false) }
    }
    let sum = x + shortcut
    activated.held(until: sum)
    return sum
  }

  private func projected(_ input: Feature, _ channels: Dimension, stride: Int) -> Feature {
    guard pooledShortcuts else {
      return input.conv("conv", channels, kernel: 1, stride: PerAxis(stride), bias: false)
    }
    var x = input
    if stride > 1 {
      x = x.averagePool("pool", kernel: 2, stride: PerAxis(stride), ceilMode: true, countIncludePad: false)
    }
    return x.conv("conv", channels, kernel: 1, bias: false)
  }
}

extension ResNetV2 {
  private static let paper = Paper(
    "He, Zhang, Ren, Sun", 2016, "Identity Mappings in Deep Residual Networks", "arXiv:1603.05027")

  static let catalog: [CatalogEntry] = [
    (name: "18", ResNet.Block.basic, depths: [2, 2, 2, 2]), (name: "34", .basic, depths: [3, 4, 6, 3]),
    (name: "50", .bottleneck, depths: [3, 4, 6, 3]), (name: "101", .bottleneck, depths: [3, 4, 23, 3]),
    (name: "152", .bottleneck, depths: [3, 8, 36, 3]),
  ].flatMap { row in
    [("", TimmResNet.Stem.single), ("d", .deep)].map { suffix, stem in
      CatalogEntry(
        "resnetv2_" + row.name + suffix, family: "ResNet v2", paper, input: [1, 3, 224, 224],
        ResNetV2(row.1, depths: row.depths, stem: stem, pooledShortcuts: stem == .deep))
    }
  }
}
