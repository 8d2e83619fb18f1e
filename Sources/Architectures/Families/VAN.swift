import NetworkGraph
import SymbolicIntegers

/// Visual attention networks: a large kernel, taken apart into three convolutions, gates the map it reads.
///
/// Guo et al. 2022, table 2 and figure 3; names are those of the authors' code.
public struct VAN: Architecture {
  /// A column of table 2.
  public struct Stage: Codable, Sendable {
    public var width: Dimension
    public var depth: Int
    /// Channels between the layers of an MLP, in units of the width.
    public var expansion: Int

    public init(width: Dimension, depth: Int, expansion: Int) {
      self.width = width
      self.depth = depth
      self.expansion = expansion
    }
  }

  public var stages: [Stage]
  public var classes: Dimension

  public init(stages: [Stage], classes: Dimension = 1000) {
    self.stages = stages
    self.classes = classes
  }

  public func callAsFunction(_ image: Feature) -> Feature {
    var x = image
    for (index, stage) in stages.enumerated() {
      x = x.group("stage\(index + 1)") { input in
        var x = input.scope("patch_embed\(index + 1)") {
          $0.conv(
            "proj", stage.width, kernel: index == 0 ? 7 : 3, stride: index == 0 ? 4 : 2, padding: index == 0 ? 3 : 1
          )
          .batchNorm("norm")
        }
        x = x.scope("block\(index + 1)") { $0.repeated(stage.depth) { input, _ in block(input, stage) } }
        return x.channelsLast().layerNorm("norm\(index + 1)", epsilon: 1e-6).channelsFirst()
      }
    }
    return x.head {
      $0.apply(.reduction(Reduction(.mean, axes: [2, 3], keepsAxes: false)), "mean", .function).linear("head", classes)
    }
  }

  private func block(_ input: Feature, _ stage: Stage) -> Feature {
    let x =
      input
      + input.batchNorm("norm1").scope("attn") { input in
        input.conv("proj_1", stage.width, kernel: 1).activation(.gelu, "activation")
          .scope("spatial_gating_unit", .plain, largeKernelAttention)
          .conv("proj_2", stage.width, kernel: 1) + input
      }.scale("layer_scale_1", origin: .function).registeredFirst()
    return x
      + x.batchNorm("norm2").scope("mlp") { input in
        let hidden = stage.width * stage.expansion
        return input.conv("fc1", hidden, kernel: 1)
          .scope("dwconv") { $0.conv("dwconv", hidden, kernel: 3, padding: 1, groups: hidden) }
          .activation(.gelu, "act").dropout("drop", 0)
          .conv("fc2", stage.width, kernel: 1).dropout("drop", 0)
      }.scale("layer_scale_2", origin: .function).registeredFirst()
  }

  /// A 21x21 kernel as 5x5 depthwise, 7x7 depthwise with dilation 3, and 1x1; Guo et al. 2022, figure 2.
  private func largeKernelAttention(_ input: Feature) -> Feature {
    input
      * input.conv("conv0", input.channels, kernel: 5, padding: 2, groups: input.channels)
      .conv("conv_spatial", input.channels, kernel: 7, padding: 9, dilation: 3, groups: input.channels)
      .conv("conv1", input.channels, kernel: 1)
  }
}

extension VAN {
  private static let paper = Paper(
    "Guo, Lu, Liu, Cheng, Hu", 2022, "Visual Attention Network", "arXiv:2202.09741")

  static let catalog: [CatalogEntry] = [
    ("van_b0", [32, 64, 160, 256], [3, 3, 5, 2]), ("van_b1", [64, 128, 320, 512], [2, 2, 4, 2]),
    ("van_b2", [64, 128, 320, 512], [3, 3, 12, 3]), ("van_b3", [64, 128, 320, 512], [3, 5, 27, 3]),
    ("van_b4", [64, 128, 320, 512], [3, 6, 40, 3]), ("van_b5", [96, 192, 480, 768], [3, 3, 24, 3]),
    ("van_b6", [96, 192, 384, 768], [6, 6, 90, 6]),
  ].map { (name: String, widths: [Dimension], depths: [Int]) in
    let stages = [8, 8, 4, 4].enumerated().map { Stage(width: widths[$0], depth: depths[$0], expansion: $1) }
    return CatalogEntry(name, family: "VAN", paper, input: [1, 3, 224, 224], VAN(stages: stages))
  }
}
