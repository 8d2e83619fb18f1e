import NetworkGraph
import SymbolicIntegers

/// MaxViT: in each layer a mobile convolution, attention within windows, and attention over a coarse grid.
///
/// Tu et al. 2022, figure 2 and table 1; the sizes and names are torchvision's.
public struct MaxViT: Architecture {
  public struct Stage: Codable, Sendable {
    public var channels: Dimension
    public var depth: Int

    public init(channels: Dimension, depth: Int) {
      self.channels = channels
      self.depth = depth
    }
  }

  public var stem: Dimension
  public var stages: [Stage]
  /// Channels of one attention head.
  public var headSize: Int
  /// Positions along each side of a window, and of the grid.
  public var partition: Int
  /// Drop probability of the last layer; it grows from 0 in equal steps.
  public var stochasticDepth: Double
  public var classes: Dimension

  public init(
    stem: Dimension = 64, stages: [Stage], headSize: Int = 32, partition: Int = 7, stochasticDepth: Double = 0.2,
    classes: Dimension = 1000
  ) {
    self.stem = stem
    self.stages = stages
    self.headSize = headSize
    self.partition = partition
    self.stochasticDepth = stochasticDepth
    self.classes = classes
  }

  /// Epsilon of the batch norms; that of the layer norms is 1e-5.
  private static let epsilon = 1e-3

  public func callAsFunction(_ image: Feature) -> Feature {
    var x = image.scope("stem", .stage) {
      unit($0, "0", stem, kernel: 3, stride: 2).scope("1") { $0.conv("0", stem, kernel: 3, padding: 1) }
    }
    let depths = stages.map { Swift.min(Swift.max(0, $0.depth), maximumDepth) }
    let last = Double(Swift.max(1, depths.reduce(0, +) - 1))
    var before = 0
    for (index, stage) in stages.enumerated() {
      x = x.scope("blocks") { x in
        x.scope("\(index)", .stage) { x in
          x.scope("layers") {
            $0.repeated(stage.depth) { input, position in
              let drop = stochasticDepth * Double(before + position) / last
              return input.scope("layers") { layer($0, stage.channels, stride: position == 0 ? 2 : 1, drop: drop) }
            }
          }
        }
      }
      before += depths[index]
    }
    return x.head {
      $0.scope("classifier") {
        $0.adaptiveAveragePool("0").flatten("1", origin: .module).layerNorm("2", epsilon: 1e-5)
          .linear("3", x.channels).activation(.tanh, "4").linear("5", classes, bias: false)
      }
    }
  }

  private func layer(_ input: Feature, _ channels: Dimension, stride: Int, drop: Double) -> Feature {
    input.scope("MBconv") { mobileConvolution($0, channels, stride: stride, drop: drop) }
      .scope("window_attention") { attention($0, overGrid: false, drop: drop) }
      .scope("grid_attention") { attention($0, overGrid: true, drop: drop) }
  }

  /// An inverted residual whose norm precedes the first convolution.
  private func mobileConvolution(_ input: Feature, _ channels: Dimension, stride: Int, drop: Double) -> Feature {
    var shortcut = input
    if stride != 1 || input.channels != channels {
      shortcut = input.scope("proj") { input in
        let x = stride == 1 ? input : input.averagePool("0", kernel: 3, stride: PerAxis(stride), padding: 1)
        return x.conv(stride == 1 ? "0" : "1", channels, kernel: 1)
      }
    }
    let expanded = channels * 4
    let attention = SqueezeExcite(squeezed: channels.floorDivided(by: 4), activation: .silu)
    let x = input.scope("layers") {
      let x = unit($0.batchNorm("pre_norm", epsilon: Self.epsilon), "conv_a", expanded)
      return unit(x, "conv_b", expanded, kernel: 3, stride: stride, groups: expanded)
        .scope("squeeze_excitation") { attention($0) }
        .conv("conv_c", channels, kernel: 1)
    }
    return shortcut + (drop > 0 ? x.stochasticDepth("stochastic_depth", drop) : x)
  }

  /// Convolution, batch norm and activation.
  private func unit(
    _ input: Feature, _ name: String, _ channels: Dimension, kernel: Int = 1, stride: Int = 1, groups: Dimension = 1
  ) -> Feature {
    input.scope(name) {
      $0.conv(
        "0", channels, kernel: PerAxis(kernel), stride: PerAxis(stride), padding: PerAxis(kernel / 2), groups: groups,
        bias: false
      ).batchNorm("1", epsilon: Self.epsilon).activation(.gelu, "2")
    }
  }

  /// Attention and MLP over tiles of neighbouring positions, or over positions equally far apart.
  private func attention(_ input: Feature, overGrid: Bool, drop: Double) -> Feature {
    let (batch, channels, side) = (input.size(0), input.size(1), Dimension(partition))
    guard partition > 0, headSize > 0, let rows = input.size(2).exactlyDivided(by: side),
      let columns = input.size(3).exactlyDivided(by: side)
    else {
      let rule = "both sides of every map must be multiples of the partition"
      input.builder.fail(
        .mismatch(rule: rule, left: "map \(input.shape)", right: "partition \(partition)"), at: "partition_op",
        operatorName: "WindowPartition")
      return input
    }
    // Tiles, down and across, and their sides: for a grid the roles are swapped.
    let tiles = overGrid ? [side, side] : [rows, columns]
    let sides = overGrid ? [rows, columns] : [side, side]
    func swapped(_ x: Feature, _ name: String) -> Feature {
      overGrid ? x.transposed([0, 2, 1, 3], name, origin: .derivedModule) : x
    }
    var x = input.reshaped([batch, channels, tiles[0], sides[0], tiles[1], sides[1]])
      .transposed([0, 2, 4, 3, 5, 1])
      .reshaped([batch, tiles[0] * tiles[1], sides[0] * sides[1], channels], "partition_op", origin: .derivedModule)
    x = swapped(x, "partition_swap")
    x =
      x
      + x.scope("attn_layer") { input in
        input.layerNorm("0", epsilon: 1e-5).scope("1", .plain, relativeAttention).dropout("2", 0)
      }.stochasticDepth("stochastic_dropout", drop)
    x =
      x
      + x.scope("mlp_layer") {
        $0.layerNorm("0", epsilon: 1e-5).linear("1", channels * 4).activation(.gelu, "2").linear("3", channels)
          .dropout("4", 0)
      }.stochasticDepth("stochastic_dropout", drop)
    return swapped(x, "departition_swap").reshaped([batch, tiles[0], tiles[1], sides[0], sides[1], channels])
      .transposed([0, 5, 1, 3, 2, 4])
      .reshaped([batch, channels, input.size(2), input.size(3)], "departition_op", origin: .derivedModule)
  }

  private func relativeAttention(_ input: Feature) -> Feature {
    let channels = input.size(-1)
    let heads = channels.floorDivided(by: headSize)
    let area = Dimension(partition) * partition
    // (2 partition - 1) squared
    let offsets = area * 4 - Dimension(partition) * 4 + 1
    let table = input.parameter("relative_position_bias_table", [offsets, heads])
    let index = input.buffer(
      "relative_position_index", .relativePositionIndex(height: partition, width: partition), [area, area], .int64)
    let parts = AttentionHeads(input.linear("to_qkv", channels * 3), heads: heads)
    // The reference implementation divides by the root of all channels, not of a head's.
    let scores = parts.scores(factor: attentionFactor(channels: channels))
    let bias = relativePositionBias(table: table, index: index.flatten(from: 0), area: area)
    return parts.attended(by: (scores + bias).softmax()).linear("merge", channels)
  }
}

extension MaxViT {
  private static let paper = Paper(
    "Tu, Talebi, Zhang, Yang, Milanfar, Bovik, Li", 2022, "MaxViT: Multi-Axis Vision Transformer", "arXiv:2204.01697")

  static let catalog = [
    CatalogEntry(
      "maxvit_t", family: "MaxViT", paper, input: [1, 3, 224, 224],
      MaxViT(stages: [
        Stage(channels: 64, depth: 2), Stage(channels: 128, depth: 2), Stage(channels: 256, depth: 5),
        Stage(channels: 512, depth: 2),
      ]))
  ]
}
