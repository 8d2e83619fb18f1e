import NetworkGraph
import SymbolicIntegers

/// The way from a residual network to ConvNeXt, each step of which is a value of some property.
///
/// Liu et al. 2022, section 2 and tables 10 and 11. The paper gives no parameter counts between the ends; a convolution
/// has a bias unless a batch norm follows directly, and names are those of torchvision's ResNet.
public struct ConvNeXtRoadmap: Architecture {
  public enum Stem: String, Codable, Sendable {
    /// 7x7 convolution and max pool, stride 2 each.
    case residual
    /// 4x4 convolution of stride 4.
    case patches
  }

  /// The unit that stages repeat.
  public enum Block: String, Codable, Sendable {
    /// 1x1, 3x3, 1x1; the output has four times the inner channels.
    case bottleneck
    /// 1x1, k x k, 1x1; the inner channels are four times the output's.
    case inverted
    /// k x k, 1x1, 1x1; the channels between the 1x1 convolutions are four times the output's.
    case spatialFirst
  }

  public enum Nonlinearity: String, Codable, Sendable {
    case relu, gelu
  }

  public enum Norm: String, Codable, Sendable {
    case batch, layer
  }

  public var depths: [Int]
  /// Channels of the first stage, doubled from stage to stage; a bottleneck's inner ones.
  public var width: Dimension
  public var stem = Stem.residual
  /// Whether spatial convolutions have one channel a group.
  public var isDepthwise = false
  public var block = Block.bottleneck
  /// Side of the spatial kernels.
  public var kernel = 3
  public var activation = Nonlinearity.relu
  /// Only between the 1x1 convolutions of a block, instead of behind every norm and every addition.
  public var hasFewerActivations = false
  /// Only before the first 1x1 convolution of a block, instead of behind every convolution.
  public var hasFewerNorms = false
  public var norm = Norm.batch
  /// A norm and a 2x2 convolution of stride 2 between stages, instead of strides in their first blocks; and a norm
  /// behind the last pool.
  public var hasSeparateDownsampling = false
  public var classes: Dimension = 1000

  public init(depths: [Int], width: Dimension) {
    self.depths = depths
    self.width = width
  }

  public func callAsFunction(_ image: Feature) -> Feature {
    var x = image.group("stem") { image in
      switch stem {
      case .residual:
        activated(normalized(conv(image, "conv1", width, kernel: 7, stride: 2), "bn1"))
          .maxPool("maxpool", kernel: 3, stride: 2, padding: 1)
      case .patches:
        activated(normalized(image.conv("conv1", width, kernel: 4, stride: 4, bias: norm == .layer), "bn1"))
      }
    }
    var channels = width
    for (index, depth) in depths.enumerated() {
      x = x.scope("layer\(index + 1)", .stage) { x in
        var (x, stride) = (x, index > 0 ? 2 : 1)
        if hasSeparateDownsampling && stride == 2 {
          x = x.scope("downsample") { normalized($0, "0").conv("1", channels, kernel: 2, stride: 2) }
          stride = 1
        }
        return x.repeated(depth) { input, position in unit(input, channels, stride: position == 0 ? stride : 1) }
      }
      channels *= 2
    }
    return x.head {
      let x = $0.adaptiveAveragePool("avgpool")
      return (hasSeparateDownsampling ? normalized(x, "norm") : x).flatten().linear("fc", classes)
    }
  }

  // MARK: Blocks

  private func unit(_ input: Feature, _ channels: Dimension, stride: Int) -> Feature {
    let output = block == .bottleneck ? channels * 4 : channels
    var x = branch(input, channels, stride: stride)
    var shortcut = input
    if stride != 1 || input.channels != output {
      shortcut = input.scope("downsample") {
        normalized($0.conv("0", output, kernel: 1, stride: PerAxis(stride), bias: norm == .layer), "1")
      }
    }
    x += shortcut
    return activated(x)
  }

  private func branch(_ input: Feature, _ channels: Dimension, stride: Int) -> Feature {
    func norm(_ x: Feature, _ name: String) -> Feature { hasFewerNorms ? x : normalized(x, name) }
    let bias = hasFewerNorms
    switch block {
    case .bottleneck, .inverted:
      let output = block == .bottleneck ? channels * 4 : channels
      let inner = block == .bottleneck ? channels : channels * 4
      var x = activated(norm(input.conv("conv1", inner, kernel: 1, bias: bias), "bn1"))
      x = conv(x, "conv2", inner, kernel: kernel, stride: stride, groups: isDepthwise ? inner : 1, bias: bias)
      return norm(activated(norm(x, "bn2")).conv("conv3", output, kernel: 1, bias: bias), "bn3")
    case .spatialFirst:
      var x = conv(
        input, "conv1", input.channels, kernel: kernel, stride: stride, groups: isDepthwise ? input.channels : 1)
      x = activated(normalized(x, "bn1"))
      x = norm(x.conv("conv2", channels * 4, kernel: 1, bias: bias), "bn2").activation(function, "act")
      return norm(x.conv("conv3", channels, kernel: 1, bias: bias), "bn3")
    }
  }

  /// A convolution that keeps the side at stride 1, directly before a norm.
  private func conv(
    _ input: Feature, _ name: String, _ channels: Dimension, kernel: Int, stride: Int, groups: Dimension = 1,
    bias: Bool = false
  ) -> Feature {
    input.conv(
      name, channels, kernel: PerAxis(kernel), stride: PerAxis(stride), padding: PerAxis(Swift.max(0, kernel - 1) / 2),
      groups: groups, bias: bias || norm == .layer)
  }

  private func normalized(_ input: Feature, _ name: String) -> Feature {
    norm == .batch ? input.batchNorm(name) : input.layerNorm(name, axes: .channels, epsilon: 1e-6)
  }

  private var function: Activation.Function { activation == .relu ? .relu : .gelu }

  /// One of the activations that ConvNeXt leaves out.
  private func activated(_ input: Feature) -> Feature {
    hasFewerActivations ? input : input.activation(function, "act", inPlace: activation == .relu)
  }
}

extension ConvNeXtRoadmap {
  /// The steps in order: what each changes on the way from ResNet-50 and, the larger, from ResNet-200.
  private static let steps: [(name: String, change: @Sendable (inout ConvNeXtRoadmap, _ isLarge: Bool) -> Void)] = [
    ("resnet", { _, _ in }),
    (
      "stage_ratio",
      { network, isLarge in
        network.depths = isLarge ? [3, 3, 27, 3] : [3, 3, 9, 3]
        // 84 channels, the stem's included, are what the printed operations of this and the next two steps take.
        if isLarge { network.width = 84 }
      }
    ),
    ("patchify", { network, _ in network.stem = .patches }),
    ("depthwise", { network, _ in network.isDepthwise = true }),
    ("width", { network, isLarge in network.width = isLarge ? 128 : 96 }),
    ("inverted", { network, _ in network.block = .inverted }),
    ("spatial_first", { network, _ in network.block = .spatialFirst }),
    ("kernel5", { network, _ in network.kernel = 5 }),
    ("kernel7", { network, _ in network.kernel = 7 }),
    ("kernel9", { network, _ in network.kernel = 9 }),
    ("kernel11", { network, _ in network.kernel = 11 }),
    (
      "gelu",
      { network, _ in
        // Larger kernels than 7 gained nothing.
        network.kernel = 7
        network.activation = .gelu
      }
    ),
    ("fewer_activations", { network, _ in network.hasFewerActivations = true }),
    ("fewer_norms", { network, _ in network.hasFewerNorms = true }),
    ("layer_norm", { network, _ in network.norm = .layer }),
    ("downsampling", { network, _ in network.hasSeparateDownsampling = true }),
  ]

  static let catalog: [CatalogEntry] = [("t", [3, 4, 6, 3]), ("b", [3, 24, 36, 3])].flatMap { letter, depths in
    var network = ConvNeXtRoadmap(depths: depths, width: 64)
    return steps.enumerated().map { index, step in
      step.change(&network, letter == "b")
      let number = index < 10 ? "0\(index)" : "\(index)"
      return CatalogEntry(
        "convnext_roadmap_\(letter)_\(number)_\(step.name)", family: "ConvNeXt roadmap", ConvNeXt.paper,
        input: [1, 3, 224, 224], network)
    }
  }
}
