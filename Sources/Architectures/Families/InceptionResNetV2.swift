import NetworkGraph
import SymbolicIntegers

/// Inception modules whose output a 1x1 convolution maps back, scaled down and added to the input.
///
/// Szegedy et al. 2017, figures 15 to 19; names, and the stem of Inception v3, are timm's.
public struct InceptionResNetV2: Architecture {
  /// The modules on one grid.
  public struct Stage: Codable, Sendable {
    public var depth: Int
    /// Factor on a module's output before it is added.
    public var scale: Double

    public init(depth: Int, scale: Double) {
      self.depth = depth
      self.scale = scale
    }
  }

  /// Modules on the 35 x 35 map.
  public var stageA: Stage
  /// Modules on the 17 x 17 map.
  public var stageB: Stage
  /// Modules on the 8 x 8 map; one without scale and ReLU follows them.
  public var stageC: Stage
  public var dropout: Double
  public var classes: Dimension

  public init(
    stageA: Stage = Stage(depth: 10, scale: 0.17), stageB: Stage = Stage(depth: 20, scale: 0.1),
    stageC: Stage = Stage(depth: 9, scale: 0.2), dropout: Double = 0, classes: Dimension = 1000
  ) {
    self.stageA = stageA
    self.stageB = stageB
    self.stageC = stageC
    self.dropout = dropout
    self.classes = classes
  }

  public func callAsFunction(_ image: Feature) -> Feature {
    var x = image.group("stage1") {
      $0.convNormReLU("conv2d_1a", 32, kernel: 3, stride: 2).convNormReLU("conv2d_2a", 32, kernel: 3)
        .convNormReLU("conv2d_2b", 64, kernel: 3, padding: 1)
    }
    x = x.group("stage2") {
      $0.maxPool("maxpool_3a", kernel: 3, stride: 2).convNormReLU("conv2d_3b", 80, kernel: 1)
        .convNormReLU("conv2d_4a", 192, kernel: 3)
    }
    x = x.group("stage3") {
      repeated(
        $0.maxPool("maxpool_5a", kernel: 3, stride: 2).scope("mixed_5b", .block, mixed5b), "repeat", stageA, block35)
    }
    x = x.group("stage4") { repeated($0.scope("mixed_6a", .block, mixed6a), "repeat_1", stageB, block17) }
    x = x.group("stage5") {
      repeated($0.scope("mixed_7a", .block, mixed7a), "repeat_2", stageC) { block8($0, scale: $1, activation: "relu") }
        .scope("block8", .block) { block8($0, scale: 1, activation: nil) }
        .convNormReLU("conv2d_7b", 1536, kernel: 1)
    }
    return x.head { $0.pooledClassifier("classif", classes, dropout: dropout) }
  }

  private func repeated(
    _ input: Feature, _ name: String, _ stage: Stage, _ block: (Feature, Double) -> Feature
  ) -> Feature {
    input.scope(name) { input in
      var x = input
      for index in 0..<scaledDepth(stage.depth, by: 1) {
        x = x.scope(String(index), .block) { block($0, stage.scale) }
      }
      return x
    }
  }

  /// `input` plus the scaled, mapped back branches.
  private func residual(
    _ input: Feature, _ branches: [Feature], scale: Double, activation: String? = "act"
  ) -> Feature {
    let x = Feature.concatenate(branches).conv("conv2d", input.channels, kernel: 1) * scale + input
    return activation.map { x.relu($0, inPlace: false) } ?? x
  }

  private func mixed5b(_ input: Feature) -> Feature {
    Feature.concatenate([
      input.branch("branch0", [.conv(96, 1)]),
      input.branch("branch1", [.conv(48, 1), .conv(64, 5)]),
      input.branch("branch2", [.conv(64, 1), .conv(96, 3), .conv(96, 3)]),
      input.branch("branch3", [.averagePool, .conv(64, 1)]),
    ])
  }

  /// Figure 16.
  private func block35(_ input: Feature, scale: Double) -> Feature {
    let branches = [
      input.branch("branch0", [.conv(32, 1)]),
      input.branch("branch1", [.conv(32, 1), .conv(32, 3)]),
      input.branch("branch2", [.conv(32, 1), .conv(48, 3), .conv(64, 3)]),
    ]
    return residual(input, branches, scale: scale)
  }

  private func mixed6a(_ input: Feature) -> Feature {
    Feature.concatenate([
      input.branch("branch0", [.conv(384, 3, stride: 2, isPadded: false)]),
      input.branch("branch1", [.conv(256, 1), .conv(256, 3), .conv(384, 3, stride: 2, isPadded: false)]),
      input.branch("branch2", [.maxPool]),
    ])
  }

  /// Figure 17.
  private func block17(_ input: Feature, scale: Double) -> Feature {
    let branches = [
      input.branch("branch0", [.conv(192, 1)]),
      input.branch("branch1", [.conv(128, 1), .conv(160, [1, 7]), .conv(192, [7, 1])]),
    ]
    return residual(input, branches, scale: scale)
  }

  /// Figure 18.
  private func mixed7a(_ input: Feature) -> Feature {
    Feature.concatenate([
      input.branch("branch0", [.conv(256, 1), .conv(384, 3, stride: 2, isPadded: false)]),
      input.branch("branch1", [.conv(256, 1), .conv(288, 3, stride: 2, isPadded: false)]),
      input.branch("branch2", [.conv(256, 1), .conv(288, 3), .conv(320, 3, stride: 2, isPadded: false)]),
      input.branch("branch3", [.maxPool]),
    ])
  }

  /// Figure 19.
  private func block8(_ input: Feature, scale: Double, activation: String?) -> Feature {
    let branches = [
      input.branch("branch0", [.conv(192, 1)]),
      input.branch("branch1", [.conv(192, 1), .conv(224, [1, 3]), .conv(256, [3, 1])]),
    ]
    return residual(input, branches, scale: scale, activation: activation)
  }
}

extension InceptionResNetV2 {
  private static let paper = Paper(
    "Szegedy, Ioffe, Vanhoucke, Alemi", 2017,
    "Inception-v4, Inception-ResNet and the Impact of Residual Connections on Learning", "arXiv:1602.07261")

  static let catalog = [
    CatalogEntry(
      "inception_resnet_v2", family: "Inception-ResNet", paper, input: [1, 3, 299, 299], InceptionResNetV2())
  ]
}
