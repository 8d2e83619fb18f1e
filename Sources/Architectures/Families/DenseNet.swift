import NetworkGraph
import SymbolicIntegers

/// Densely connected networks with bottlenecks and compression (DenseNet-BC).
///
/// Huang, Liu, van der Maaten and Weinberger 2017, table 1.
public struct DenseNet: Architecture {
  /// Channels that each layer adds (the paper's k).
  public var growth: Dimension
  /// Layers in each dense block.
  public var depths: [Int]
  /// Channels of the first convolution.
  public var stem: Dimension
  /// Channels of a layer's 1x1 convolution, in units of the growth.
  public var bottleneck: Int
  public var classes: Dimension

  public init(
    growth: Dimension = 32, depths: [Int], stem: Dimension = 64, bottleneck: Int = 4, classes: Dimension = 1000
  ) {
    self.growth = growth
    self.depths = depths
    self.stem = stem
    self.bottleneck = bottleneck
    self.classes = classes
  }

  public func callAsFunction(_ image: Feature) -> Feature {
    let features = image.scope("features") { image in
      var x = image.group("stem") {
        $0.conv("conv0", stem, kernel: 7, stride: 2, padding: 3, bias: false).batchNorm("norm0").relu("relu0")
          .maxPool("pool0", kernel: 3, stride: 2, padding: 1)
      }
      for (index, depth) in depths.enumerated() {
        x = x.scope("denseblock\(index + 1)", .stage) { denseBlock($0, depth: depth) }
        if index + 1 < depths.count { x = x.scope("transition\(index + 1)", .stage, transition) }
      }
      return x
    }
    return features.head {
      $0.scope("features") { $0.batchNorm("norm5") }
        .relu(origin: .function).adaptiveAveragePool("avgpool", origin: .function).flatten()
        .linear("classifier", classes)
    }
  }

  private func denseBlock(_ input: Feature, depth: Int) -> Feature {
    var features = [input]
    features.reserveCapacity(depth + 1)
    for position in positions(depth) {
      let layer = input.scope("denselayer\(position + 1)", .block) { _ in
        let joined = Feature.concatenate(features)
        let narrow = joined.batchNorm("norm1").relu("relu1").conv("conv1", growth * bottleneck, kernel: 1, bias: false)
        joined.held(until: narrow)
        return narrow.batchNorm("norm2").relu("relu2").conv("conv2", growth, kernel: 3, padding: 1, bias: false)
      }
      features.append(layer)
    }
    return Feature.concatenate(features)
  }

  /// Half the channels and half the side.
  private func transition(_ input: Feature) -> Feature {
    input.batchNorm("norm").relu().conv("conv", input.channels.floorDivided(by: 2), kernel: 1, bias: false)
      .averagePool("pool", kernel: 2, stride: 2)
  }
}

extension DenseNet {
  private static let paper = Paper(
    "Huang, Liu, van der Maaten, Weinberger", 2017, "Densely Connected Convolutional Networks", "arXiv:1608.06993")

  static let catalog: [CatalogEntry] = [
    ("densenet121", DenseNet(depths: [6, 12, 24, 16])),
    ("densenet161", DenseNet(growth: 48, depths: [6, 12, 36, 24], stem: 96)),
    ("densenet169", DenseNet(depths: [6, 12, 32, 32])),
    ("densenet201", DenseNet(depths: [6, 12, 48, 32])),
    ("densenet264", DenseNet(depths: [6, 12, 64, 48])),
  ].map { CatalogEntry($0, family: "DenseNet", paper, input: [1, 3, 224, 224], $1) }
}
