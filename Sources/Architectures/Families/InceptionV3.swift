import NetworkGraph
import SymbolicIntegers

/// Inception with factorised convolutions: n x n as 1 x n and n x 1, and grids halved without a bottleneck.
///
/// Szegedy et al. 2016, table 1 and figures 5 to 10; names are torchvision's.
public struct InceptionV3: Architecture {
  /// Channels after the pool of each module on the 35 x 35 map.
  public var poolChannels: [Dimension]
  /// Channels inside the 7 x 7 branches of each module on the 17 x 17 map.
  public var sevenChannels: [Dimension]
  /// Modules with an expanded bank of filters on the 8 x 8 map.
  public var expandedModules: Int
  /// Whether training has a second classifier on the 17 x 17 map.
  public var hasAuxiliaryHead: Bool
  public var dropout: Double
  public var classes: Dimension

  public init(
    poolChannels: [Dimension] = [32, 64, 64], sevenChannels: [Dimension] = [128, 160, 160, 192],
    expandedModules: Int = 2, hasAuxiliaryHead: Bool, dropout: Double = 0.5, classes: Dimension = 1000
  ) {
    self.poolChannels = poolChannels
    self.sevenChannels = sevenChannels
    self.expandedModules = expandedModules
    self.hasAuxiliaryHead = hasAuxiliaryHead
    self.dropout = dropout
    self.classes = classes
  }

  public func callAsFunction(_ image: Feature) -> Feature {
    var x = image.group("stage1") {
      $0.basicConvolution("Conv2d_1a_3x3", 32, kernel: 3, stride: 2)
        .basicConvolution("Conv2d_2a_3x3", 32, kernel: 3)
        .basicConvolution("Conv2d_2b_3x3", 64, kernel: 3, padding: 1)
    }
    x = x.group("stage2") {
      $0.maxPool("maxpool1", kernel: 3, stride: 2)
        .basicConvolution("Conv2d_3b_1x1", 80, kernel: 1)
        .basicConvolution("Conv2d_4a_3x3", 192, kernel: 3)
    }
    x = x.group("stage3") {
      var x = $0.maxPool("maxpool2", kernel: 3, stride: 2)
      for (index, channels) in poolChannels.enumerated() {
        x = x.scope("Mixed_5" + letter(index, from: "b"), .block) { module($0, pool: channels) }
      }
      return x
    }
    x = x.group("stage4") {
      var x = $0.scope("Mixed_6a", .block, firstReduction)
      for (index, channels) in sevenChannels.enumerated() {
        x = x.scope("Mixed_6" + letter(index, from: "b"), .block) { factorizedModule($0, channels) }
      }
      if hasAuxiliaryHead { x.builder.trainingOnly { _ = x.scope("AuxLogits", .head, auxiliaryHead) } }
      return x
    }
    x = x.group("stage5") {
      var x = $0.scope("Mixed_7a", .block, secondReduction)
      for index in 0..<scaledDepth(expandedModules, by: 1) {
        x = x.scope("Mixed_7" + letter(index, from: "b"), .block, expandedModule)
      }
      return x
    }
    return x.head { $0.adaptiveAveragePool("avgpool").dropout("dropout", dropout).flatten().linear("fc", classes) }
  }

  /// Figure 5.
  private func module(_ input: Feature, pool: Dimension) -> Feature {
    Feature.concatenate([
      input.basicConvolution("branch1x1", 64, kernel: 1),
      input.basicConvolution("branch5x5_1", 48, kernel: 1).basicConvolution("branch5x5_2", 64, kernel: 5, padding: 2),
      input.basicConvolution("branch3x3dbl_1", 64, kernel: 1)
        .basicConvolution("branch3x3dbl_2", 96, kernel: 3, padding: 1)
        .basicConvolution("branch3x3dbl_3", 96, kernel: 3, padding: 1),
      pooled(input, pool),
    ])
  }

  /// Figure 10.
  private func firstReduction(_ input: Feature) -> Feature {
    Feature.concatenate([
      input.basicConvolution("branch3x3", 384, kernel: 3, stride: 2),
      input.basicConvolution("branch3x3dbl_1", 64, kernel: 1)
        .basicConvolution("branch3x3dbl_2", 96, kernel: 3, padding: 1)
        .basicConvolution("branch3x3dbl_3", 96, kernel: 3, stride: 2),
      input.maxPool("max_pool2d", kernel: 3, stride: 2, origin: .function),
    ])
  }

  /// Figure 6 with n = 7.
  private func factorizedModule(_ input: Feature, _ channels: Dimension) -> Feature {
    Feature.concatenate([
      input.basicConvolution("branch1x1", 192, kernel: 1),
      input.basicConvolution("branch7x7_1", channels, kernel: 1)
        .basicConvolution("branch7x7_2", channels, kernel: [1, 7], padding: [0, 3])
        .basicConvolution("branch7x7_3", 192, kernel: [7, 1], padding: [3, 0]),
      input.basicConvolution("branch7x7dbl_1", channels, kernel: 1)
        .basicConvolution("branch7x7dbl_2", channels, kernel: [7, 1], padding: [3, 0])
        .basicConvolution("branch7x7dbl_3", channels, kernel: [1, 7], padding: [0, 3])
        .basicConvolution("branch7x7dbl_4", channels, kernel: [7, 1], padding: [3, 0])
        .basicConvolution("branch7x7dbl_5", 192, kernel: [1, 7], padding: [0, 3]),
      pooled(input, 192),
    ])
  }

  private func secondReduction(_ input: Feature) -> Feature {
    Feature.concatenate([
      input.basicConvolution("branch3x3_1", 192, kernel: 1).basicConvolution("branch3x3_2", 320, kernel: 3, stride: 2),
      input.basicConvolution("branch7x7x3_1", 192, kernel: 1)
        .basicConvolution("branch7x7x3_2", 192, kernel: [1, 7], padding: [0, 3])
        .basicConvolution("branch7x7x3_3", 192, kernel: [7, 1], padding: [3, 0])
        .basicConvolution("branch7x7x3_4", 192, kernel: 3, stride: 2),
      input.maxPool("max_pool2d", kernel: 3, stride: 2, origin: .function),
    ])
  }

  /// Figure 7.
  private func expandedModule(_ input: Feature) -> Feature {
    func forked(_ x: Feature, _ name: String) -> Feature {
      Feature.concatenate([
        x.basicConvolution(name + "a", 384, kernel: [1, 3], padding: [0, 1]),
        x.basicConvolution(name + "b", 384, kernel: [3, 1], padding: [1, 0]),
      ])
    }
    return Feature.concatenate([
      input.basicConvolution("branch1x1", 320, kernel: 1),
      forked(input.basicConvolution("branch3x3_1", 384, kernel: 1), "branch3x3_2"),
      forked(
        input.basicConvolution("branch3x3dbl_1", 448, kernel: 1)
          .basicConvolution("branch3x3dbl_2", 384, kernel: 3, padding: 1), "branch3x3dbl_3"),
      pooled(input, 192),
    ])
  }

  private func pooled(_ input: Feature, _ channels: Dimension) -> Feature {
    input.averagePool("avg_pool2d", kernel: 3, stride: 1, padding: 1, origin: .function)
      .basicConvolution("branch_pool", channels, kernel: 1)
  }

  /// Figure 8.
  private func auxiliaryHead(_ input: Feature) -> Feature {
    input.averagePool("avg_pool2d", kernel: 5, stride: 3, origin: .function)
      .basicConvolution("conv0", 128, kernel: 1).basicConvolution("conv1", 768, kernel: 5)
      .adaptiveAveragePool("avgpool", origin: .function).flatten().linear("fc", classes)
  }
}

extension InceptionV3 {
  private static let paper = Paper(
    "Szegedy, Vanhoucke, Ioffe, Shlens, Wojna", 2016, "Rethinking the Inception Architecture for Computer Vision",
    "arXiv:1512.00567")

  static let catalog = [
    ("inception_v3", InceptionV3(hasAuxiliaryHead: true)),
    ("inception_v3_noaux", InceptionV3(hasAuxiliaryHead: false)),
  ].map { CatalogEntry($0, family: "Inception v3", paper, input: [1, 3, 299, 299], $1) }
}
