import NetworkGraph
import SymbolicIntegers

/// ConvNeXt: a residual network brought to the design of vision transformers, and its second version.
///
/// Liu et al. 2022, section 2 and appendix A; Woo et al. 2023, section 3 (V2).
public struct ConvNeXt: Architecture {
  public struct Stage: Codable, Sendable {
    public var channels: Dimension
    public var depth: Int

    public init(channels: Dimension, depth: Int) {
      self.channels = channels
      self.depth = depth
    }
  }

  public var names: ReferenceNames
  public var stages: [Stage]
  /// Whether the layers over channels are 1x1 convolutions; the values are the same.
  public var isConvolutional: Bool
  /// Global response normalisation in place of layer scale (V2).
  public var hasResponseNorm: Bool
  /// Drop probability of the last block; it grows from 0 in equal steps.
  public var stochasticDepth: Double
  public var classes: Dimension

  public init(
    names: ReferenceNames = .torchvision, stages: [Stage], isConvolutional: Bool = false,
    hasResponseNorm: Bool = false, stochasticDepth: Double = 0, classes: Dimension = 1000
  ) {
    self.names = names
    self.stages = stages
    self.isConvolutional = isConvolutional
    self.hasResponseNorm = hasResponseNorm
    self.stochasticDepth = stochasticDepth
    self.classes = classes
  }

  public func callAsFunction(_ image: Feature) -> Feature {
    let features = names == .torchvision ? image.scope("features", .plain, torchvisionStages) : timmStages(image)
    return features.head { x in
      names == .torchvision
        ? x.adaptiveAveragePool("avgpool").scope("classifier") {
          norm($0, "0").flatten("1", origin: .module).linear("2", classes)
        }
        : x.scope("head") {
          norm($0.scope("global_pool") { $0.adaptiveAveragePool("pool") }, "norm").flatten(origin: .module)
            .dropout("drop", 0).linear("fc", classes)
        }
    }
  }

  private func norm(_ input: Feature, _ name: String) -> Feature {
    input.layerNorm(name, axes: .channels, epsilon: 1e-6, origin: .derivedModule)
  }

  private func blocks(_ input: Feature, stage index: Int) -> Feature {
    let depths = stages.map { Swift.min(Swift.max(0, $0.depth), maximumDepth) }
    let before = depths[..<index].reduce(0, +)
    let last = Double(Swift.max(1, depths.reduce(0, +) - 1))
    return input.repeated(stages[index].depth) { input, position in
      let block = ConvNeXtBlock(
        names: names, isConvolutional: isConvolutional, hasResponseNorm: hasResponseNorm,
        hasLayerScale: !hasResponseNorm, dropProbability: stochasticDepth * Double(before + position) / last)
      return block(input)
    }
  }

  private func torchvisionStages(_ image: Feature) -> Feature {
    var x = image.group("stem") {
      $0.scope("0") { norm($0.conv("0", stages.first?.channels ?? 1, kernel: 4, stride: 4), "1") }
    }
    for (index, stage) in stages.enumerated() {
      x = x.group("stage\(index + 1)") { input in
        let x =
          index == 0
          ? input
          : input.scope("\(2 * index)") { norm($0, "0").conv("1", stage.channels, kernel: 2, stride: 2) }
        return x.scope("\(2 * index + 1)") { blocks($0, stage: index) }
      }
    }
    return x
  }

  private func timmStages(_ image: Feature) -> Feature {
    let stem = image.scope("stem", .stage) {
      norm($0.conv("0", stages.first?.channels ?? 1, kernel: 4, stride: 4), "1")
    }
    return stem.scope("stages") { x in
      var x = x
      for (index, stage) in stages.enumerated() {
        x = x.scope("\(index)", .stage) { input in
          let x =
            index == 0
            ? input
            : input.scope("downsample") { norm($0, "0").conv("1", stage.channels, kernel: 2, stride: 2) }
          return x.scope("blocks") { blocks($0, stage: index) }
        }
      }
      return x
    }
  }
}

/// ConvNeXt blocks at one resolution, as a vision transformer has them.
///
/// Liu et al. 2022, section 3.3 and table 2; names are those of the authors' code, which leaves out layer scale.
public struct IsotropicConvNeXt: Architecture {
  public var width: Dimension
  public var depth: Int
  public var classes: Dimension

  public init(width: Dimension, depth: Int, classes: Dimension = 1000) {
    self.width = width
    self.depth = depth
    self.classes = classes
  }

  public func callAsFunction(_ image: Feature) -> Feature {
    let block = ConvNeXtBlock(names: .authors, hasLayerScale: false, dropProbability: 0)
    return image.conv("stem", width, kernel: 16, stride: 16)
      .scope("blocks", .stage) { $0.repeated(depth) { input, _ in block(input) } }
      .head {
        $0.apply(.reduction(Reduction(.mean, axes: [-2, -1], keepsAxes: false)), "mean", .function)
          .layerNorm("norm", epsilon: 1e-6, origin: .derivedModule).linear("head", classes)
      }
  }
}
