import NetworkGraph
import SymbolicIntegers

/// Inception with uniform modules on each grid and no residual connections.
///
/// Szegedy et al. 2017, figures 3 to 9; names are timm's.
public struct InceptionV4: Architecture {
  /// Modules on the 35 x 35 map.
  public var modulesA: Int
  /// Modules on the 17 x 17 map.
  public var modulesB: Int
  /// Modules on the 8 x 8 map.
  public var modulesC: Int
  public var dropout: Double
  public var classes: Dimension

  public init(
    modulesA: Int = 4, modulesB: Int = 7, modulesC: Int = 3, dropout: Double = 0, classes: Dimension = 1000
  ) {
    self.modulesA = modulesA
    self.modulesB = modulesB
    self.modulesC = modulesC
    self.dropout = dropout
    self.classes = classes
  }

  public func callAsFunction(_ image: Feature) -> Feature {
    let features = image.scope("features") { image in
      var index = 6
      func repeated(_ input: Feature, _ count: Int, _ module: (Feature) -> Feature) -> Feature {
        var x = input
        for _ in 0..<scaledDepth(count, by: 1) {
          x = x.scope(String(index), .block, module)
          index += 1
        }
        return x
      }
      var x = image.group("stage1") {
        $0.convNormReLU("0", 32, kernel: 3, stride: 2).convNormReLU("1", 32, kernel: 3)
          .convNormReLU("2", 64, kernel: 3, padding: 1)
      }
      x = x.group("stage2") { $0.scope("3", .block, mixed3a) }
      x = x.group("stage3") {
        repeated($0.scope("4", .block, mixed4a).scope("5", .block, mixed5a), modulesA, moduleA)
      }
      x = x.group("stage4") { repeated(repeated($0, 1, reductionA), modulesB, moduleB) }
      return x.group("stage5") { repeated(repeated($0, 1, reductionB), modulesC, moduleC) }
    }
    return features.head { $0.pooledClassifier("last_linear", classes, dropout: dropout) }
  }

  // MARK: Stem (figure 3)

  private func mixed3a(_ input: Feature) -> Feature {
    Feature.concatenate([
      input.maxPool("maxpool", kernel: 3, stride: 2), input.convNormReLU("conv", 96, kernel: 3, stride: 2),
    ])
  }

  private func mixed4a(_ input: Feature) -> Feature {
    Feature.concatenate([
      input.branch("branch0", [.conv(64, 1), .conv(96, 3, isPadded: false)]),
      input.branch("branch1", [.conv(64, 1), .conv(64, [1, 7]), .conv(64, [7, 1]), .conv(96, 3, isPadded: false)]),
    ])
  }

  private func mixed5a(_ input: Feature) -> Feature {
    Feature.concatenate([
      input.convNormReLU("conv", 192, kernel: 3, stride: 2), input.maxPool("maxpool", kernel: 3, stride: 2),
    ])
  }

  // MARK: Modules (figures 4 to 9)

  private func moduleA(_ input: Feature) -> Feature {
    Feature.concatenate([
      input.branch("branch0", [.conv(96, 1)]),
      input.branch("branch1", [.conv(64, 1), .conv(96, 3)]),
      input.branch("branch2", [.conv(64, 1), .conv(96, 3), .conv(96, 3)]),
      input.branch("branch3", [.averagePool, .conv(96, 1)]),
    ])
  }

  private func reductionA(_ input: Feature) -> Feature {
    Feature.concatenate([
      input.branch("branch0", [.conv(384, 3, stride: 2, isPadded: false)]),
      input.branch("branch1", [.conv(192, 1), .conv(224, 3), .conv(256, 3, stride: 2, isPadded: false)]),
      input.branch("branch2", [.maxPool]),
    ])
  }

  private func moduleB(_ input: Feature) -> Feature {
    Feature.concatenate([
      input.branch("branch0", [.conv(384, 1)]),
      input.branch("branch1", [.conv(192, 1), .conv(224, [1, 7]), .conv(256, [7, 1])]),
      input.branch(
        "branch2", [.conv(192, 1), .conv(192, [7, 1]), .conv(224, [1, 7]), .conv(224, [7, 1]), .conv(256, [1, 7])]),
      input.branch("branch3", [.averagePool, .conv(128, 1)]),
    ])
  }

  private func reductionB(_ input: Feature) -> Feature {
    Feature.concatenate([
      input.branch("branch0", [.conv(192, 1), .conv(192, 3, stride: 2, isPadded: false)]),
      input.branch(
        "branch1",
        [.conv(256, 1), .conv(256, [1, 7]), .conv(320, [7, 1]), .conv(320, 3, stride: 2, isPadded: false)]),
      input.branch("branch2", [.maxPool]),
    ])
  }

  private func moduleC(_ input: Feature) -> Feature {
    func forked(_ x: Feature, _ name: String) -> Feature {
      Feature.concatenate([
        x.branch(name + "a", [.conv(256, [1, 3])]), x.branch(name + "b", [.conv(256, [3, 1])]),
      ])
    }
    return Feature.concatenate([
      input.branch("branch0", [.conv(256, 1)]),
      forked(input.branch("branch1_0", [.conv(384, 1)]), "branch1_1"),
      forked(
        input.branch("branch2_0", [.conv(384, 1)]).branch("branch2_1", [.conv(448, [3, 1])])
          .branch("branch2_2", [.conv(512, [1, 3])]), "branch2_3"),
      input.branch("branch3", [.averagePool, .conv(256, 1)]),
    ])
  }
}

extension InceptionV4 {
  private static let paper = Paper(
    "Szegedy, Ioffe, Vanhoucke, Alemi", 2017,
    "Inception-v4, Inception-ResNet and the Impact of Residual Connections on Learning", "arXiv:1602.07261")

  static let catalog = [
    CatalogEntry("inception_v4", family: "Inception v4", paper, input: [1, 3, 299, 299], InceptionV4())
  ]
}
