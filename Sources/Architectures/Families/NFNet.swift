import NetworkGraph
import SymbolicIntegers

/// Networks without normalisation: standardised weights, and fixed factors that keep the variance of the signal.
///
/// Brock, De and Smith 2021, arXiv:2101.08692, section 4 (NF-ResNet); with Simonyan, arXiv:2102.06171, section 4 and
/// table 1 (NFNet). Names are timm's: its `dm_` models are the authors', the others round alike but pad symmetrically
/// and multiply weights, not activations, by gamma.
public struct NFNet: Architecture {
  /// What precedes the stages.
  public enum Stem: String, Codable, Sendable {
    /// A 7x7 convolution and a max pool.
    case pooled
    /// Four 3x3 convolutions, of an eighth, a quarter, half and all of the stem's channels.
    case quadruple
  }

  /// The nonlinearity, which determines gamma.
  public enum Nonlinearity: String, Codable, Sendable {
    case relu, gelu, silu

    var function: Activation.Function {
      switch self {
      case .relu: .relu
      case .gelu: .gelu
      case .silu: .silu
      }
    }

    /// The inverse of the standard deviation of the function's values under a standard normal distribution.
    var gamma: Double {
      switch self {
      case .relu: 1.7139588594436646
      case .gelu: 1.7015043497085571
      case .silu: 1.7881293296813965
      }
    }
  }

  /// Blocks in each stage.
  public var depths: [Int]
  /// Output channels of each stage's blocks.
  public var channels: [Dimension]
  public var stem: Stem
  public var stemWidth: Dimension
  /// Factor on all channels, which are then rounded to multiples of 8.
  public var width: Double
  /// Channels of a block's 3x3 convolutions, as part of its output.
  public var bottleneck: Double
  /// Channels of each group of the 3x3 convolutions; 0 for one group.
  public var groupWidth: Int
  /// Whether a block has a second 3x3 convolution.
  public var extraConvolution: Bool
  /// Channels between the layers of the channel attention, as part of the block's; 0 without attention.
  public var squeezeRatio: Double
  /// Channels of the last 1x1 convolution; nil without one.
  public var head: Dimension?
  public var nonlinearity: Nonlinearity
  /// Whether gamma multiplies activations; else it multiplies weights.
  public var gammaInActivation: Bool
  /// Whether convolutions pad as TensorFlow's SAME does; else symmetrically.
  public var samePadding: Bool
  /// Whether a learnt factor, at first 0, multiplies each residual branch (SkipInit).
  public var skipGain: Bool
  /// Factor on residual branches, which sets how fast the variance grows.
  public var alpha: Double
  public var dropout: Double
  /// Drop probability that the block after the last would have; it grows from 0 in equal steps.
  public var stochasticDepth: Double
  public var classes: Dimension

  public init(
    depths: [Int], channels: [Dimension] = [256, 512, 1536, 1536], stem: Stem = .quadruple, stemWidth: Dimension = 128,
    width: Double = 1, bottleneck: Double = 0.5, groupWidth: Int = 128, extraConvolution: Bool = true,
    squeezeRatio: Double = 0.5, head: Dimension? = 3072, nonlinearity: Nonlinearity = .gelu,
    gammaInActivation: Bool = true,
    samePadding: Bool = true, skipGain: Bool = true, alpha: Double = 0.2, dropout: Double = 0,
    stochasticDepth: Double = 0, classes: Dimension = 1000
  ) {
    self.depths = depths
    self.channels = channels
    self.stem = stem
    self.stemWidth = stemWidth
    self.width = width
    self.bottleneck = bottleneck
    self.groupWidth = groupWidth
    self.extraConvolution = extraConvolution
    self.squeezeRatio = squeezeRatio
    self.head = head
    self.nonlinearity = nonlinearity
    self.gammaInActivation = gammaInActivation
    self.samePadding = samePadding
    self.skipGain = skipGain
    self.alpha = alpha
    self.dropout = dropout
    self.stochasticDepth = stochasticDepth
    self.classes = classes
  }

  public func tabulated() -> NFNet {
    var result = self
    result.channels = channels.map { $0.scaled(by: width, toMultipleOf: 8) }
    result.stemWidth = stemWidth.scaled(by: width, toMultipleOf: 8)
    result.head = head?.scaled(by: width, toMultipleOf: 8)
    result.width = 1
    return result
  }

  public func callAsFunction(_ image: Feature) -> Feature { tabulated().layers(image) }

  /// The network of tables without factor.
  private func layers(_ image: Feature) -> Feature {
    let blocks = depths.reduce(0) { $0 + positions($1).count }
    let x = image.scope("stem", .stage, stemLayers)
    let features = x.scope("stages") { x in
      var (x, index) = (x, 0)
      for (stage, (depth, channels)) in zip(depths, channels).enumerated() {
        x = x.scope("\(stage)", .stage) { x in
          // The variance of the block's input: each branch adds alpha squared, a stage's first block starts anew.
          var (x, variance) = (x, 1 + Double(stage == 0 ? 0 : positions(depths[stage - 1]).count) * alpha * alpha)
          for position in positions(depth) {
            let block = NormFreeBlock(
              network: self, output: channels, stride: stage > 0 && position == 0 ? 2 : 1,
              beta: 1 / variance.squareRoot(),
              dropProbability: stochasticDepth * Double(index) / Double(blocks))
            x = x.scope("\(position)", .block) { block($0) }
            variance = 1 + Double(position + 1) * alpha * alpha
            index += 1
          }
          return x
        }
      }
      return x
    }
    return features.head {
      var x = $0
      if let head { x = convolution(x, "final_conv", head, kernel: 1) }
      return activation(x, "final_act").classifierHead(classes, dropout: dropout)
    }
  }

  private func stemLayers(_ image: Feature) -> Feature {
    switch stem {
    case .pooled:
      return convolution(image, "conv", stemWidth, kernel: 7, stride: 2)
        .maxPool("pool", kernel: 3, stride: 2, padding: 1)
    case .quadruple:
      var x = convolution(image, "conv1", stemWidth.floorDivided(by: 8), kernel: 3, stride: 2)
      x = convolution(activation(x, "act2", inPlace: true), "conv2", stemWidth.floorDivided(by: 4), kernel: 3)
      x = convolution(activation(x, "act3", inPlace: true), "conv3", stemWidth.floorDivided(by: 2), kernel: 3)
      return convolution(activation(x, "act4"), "conv4", stemWidth, kernel: 3, stride: 2)
    }
  }

  /// A convolution with bias and gain whose weights are standardised.
  func convolution(
    _ input: Feature, _ name: String, _ channels: Dimension, kernel: Int, stride: Int = 1, groups: Dimension = 1
  ) -> Feature {
    let standardization = Convolution.Standardization(
      epsilon: 1e-5, gain: true, factor: gammaInActivation ? 1 : nonlinearity.gamma)
    guard samePadding else {
      return input.conv(
        name, channels, kernel: PerAxis(kernel), stride: PerAxis(stride), padding: PerAxis((kernel - 1) / 2),
        groups: groups, standardization: standardization)
    }
    return input.convSame(
      name, channels, kernel: PerAxis(kernel), stride: PerAxis(stride), groups: groups,
      standardization: standardization)
  }

  func activation(_ input: Feature, _ name: String, inPlace: Bool = false) -> Feature {
    guard gammaInActivation else { return input.activation(nonlinearity.function, name, inPlace: inPlace) }
    return input.scope(name) {
      var x = $0.activation(nonlinearity.function, nonlinearity.rawValue, inPlace: inPlace, origin: .function)
      x *= nonlinearity.gamma
      return x
    }
  }
}
