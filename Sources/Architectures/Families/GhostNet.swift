import NetworkGraph
import SymbolicIntegers

/// Networks that compute half of their maps by cheap operations on the other half.
///
/// Han et al. 2020, table 1; names are timm's.
public struct GhostNet: Architecture {
  /// A row of table 1: two ghost modules around an optional strided depthwise convolution and channel attention.
  public struct Block: Codable, Sendable {
    public var kernel: Int
    /// Channels after the first ghost module.
    public var expanded: Dimension
    public var channels: Dimension
    /// Channels inside the attention as a share of ``expanded``; 0: no attention.
    public var attention: Double
    public var stride: Int

    public init(_ kernel: Int, _ expanded: Dimension, _ channels: Dimension, _ attention: Double, _ stride: Int) {
      self.kernel = kernel
      self.expanded = expanded
      self.channels = channels
      self.attention = attention
      self.stride = stride
    }
  }

  /// Factor on all channels but the last layer's, which are then rounded to multiples of 4.
  public var width: Double
  public var stem: Dimension
  public var stages: [[Block]]
  /// Channels of the convolutions before and after the mean.
  public var last: Dimension
  public var head: Dimension
  public var dropout: Double
  public var classes: Dimension

  public init(
    width: Double = 1, stem: Dimension = 16, stages: [[Block]] = Self.table1, last: Dimension = 960,
    head: Dimension = 1280, dropout: Double = 0.2, classes: Dimension = 1000
  ) {
    self.width = width
    self.stem = stem
    self.stages = stages
    self.last = last
    self.head = head
    self.dropout = dropout
    self.classes = classes
  }

  public static let table1 = [
    [Block(3, 16, 16, 0, 1)],
    [Block(3, 48, 24, 0, 2)],
    [Block(3, 72, 24, 0, 1)],
    [Block(5, 72, 40, 0.25, 2)],
    [Block(5, 120, 40, 0.25, 1)],
    [Block(3, 240, 80, 0, 2)],
    [
      Block(3, 200, 80, 0, 1), Block(3, 184, 80, 0, 1), Block(3, 184, 80, 0, 1), Block(3, 480, 112, 0.25, 1),
      Block(3, 672, 112, 0.25, 1),
    ],
    [Block(5, 672, 160, 0.25, 2)],
    [Block(5, 960, 160, 0, 1), Block(5, 960, 160, 0.25, 1), Block(5, 960, 160, 0, 1), Block(5, 960, 160, 0.25, 1)],
  ]

  public func tabulated() -> GhostNet {
    func scaled(_ channels: Dimension) -> Dimension { channels.scaled(by: width, toMultipleOf: 4) }
    var result = self
    (result.stem, result.last) = (scaled(stem), scaled(last))
    result.stages = stages.map { blocks in
      blocks.map { block in
        var block = block
        (block.expanded, block.channels) = (scaled(block.expanded), scaled(block.channels))
        return block
      }
    }
    result.width = 1
    return result
  }

  public func callAsFunction(_ image: Feature) -> Feature { tabulated().layers(image) }

  /// The network of a table without factor.
  private func layers(_ image: Feature) -> Feature {
    let first = image.group("stem") {
      $0.conv("conv_stem", stem, kernel: 3, stride: 2, padding: 1, bias: false).batchNorm("bn1").relu("act1")
    }
    let features = first.scope("blocks") { input in
      var x = input
      for (index, blocks) in stages.enumerated() {
        x = x.scope(String(index), .stage) { input in
          var x = input
          for (position, block) in blocks.enumerated() { x = x.scope(String(position), .block) { unit($0, block) } }
          return x
        }
      }
      return x
    }
    return features.head {
      $0.scope("blocks") {
        $0.scope(String(stages.count)) {
          $0.convNormReLU("0", last, kernel: 1, norm: "bn1", epsilon: 1e-5)
        }
      }
      .scope("global_pool") { $0.adaptiveAveragePool("pool") }
      .conv("conv_head", head, kernel: 1).relu("act2").flatten(origin: .module)
      .dropout("dropout", dropout, origin: .function).linear("classifier", classes)
    }
  }

  private func unit(_ input: Feature, _ block: Block) -> Feature {
    let (expanded, channels) = (block.expanded, block.channels)
    let padding = PerAxis((block.kernel - 1) / 2)
    func depthwise(_ x: Feature, _ name: String) -> Feature {
      x.conv(
        name, x.channels, kernel: PerAxis(block.kernel), stride: PerAxis(block.stride), padding: padding,
        groups: x.channels, bias: false)
    }
    var x = input.scope("ghost1") { ghost($0, expanded, isActivated: true) }
    if block.stride > 1 { x = depthwise(x, "conv_dw").batchNorm("bn_dw") }
    if block.attention > 0 {
      let attention = SqueezeExcite(
        squeezed: expanded.scaled(by: block.attention, toMultipleOf: 4), isActivationInPlace: true,
        gate: .hardSigmoid(alpha: 1 / 6, beta: 0.5), names: .timm)
      x = x.scope("se") { attention($0) }
    }
    x = x.scope("ghost2") { ghost($0, channels, isActivated: false) }
    var shortcut = input
    if input.channels != channels || block.stride != 1 {
      shortcut = input.scope("shortcut") {
        depthwise($0, "0").batchNorm("1").conv("2", channels, kernel: 1, bias: false).batchNorm("3")
      }
    }
    x += shortcut
    return x
  }

  /// Half the maps by a 1x1 convolution, the other half by depthwise 3x3 filters on them (figure 1b).
  private func ghost(_ input: Feature, _ channels: Dimension, isActivated: Bool) -> Feature {
    let half = channels.floorDivided(by: 2)
    func finished(_ x: Feature) -> Feature {
      let x = x.batchNorm("1")
      return isActivated ? x.relu("2") : x
    }
    let primary = input.scope("primary_conv") { finished($0.conv("0", half, kernel: 1, bias: false)) }
    let cheap = primary.scope("cheap_operation") {
      finished($0.conv("0", half, kernel: 3, padding: 1, groups: half, bias: false))
    }
    return Feature.concatenate([primary, cheap])
  }
}

extension GhostNet {
  private static let paper = Paper(
    "Han, Wang, Tian, Guo, Xu, Xu", 2020, "GhostNet: More Features from Cheap Operations", "arXiv:1911.11907")

  static let catalog = [("ghostnet_050", 0.5), ("ghostnet_100", 1.0), ("ghostnet_130", 1.3)].map {
    CatalogEntry($0, family: "GhostNet", paper, input: [1, 3, 224, 224], GhostNet(width: $1))
  }
}
