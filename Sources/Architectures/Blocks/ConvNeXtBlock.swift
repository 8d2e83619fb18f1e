import NetworkGraph
import SymbolicIntegers

/// Depthwise 7x7 convolution, layer norm, and an inverted bottleneck over channels, beside a shortcut.
///
/// Liu et al. 2022, arXiv:2201.03545, figure 4; with global response normalisation Woo et al. 2023, arXiv:2301.00808,
/// figure 5. The map is N x C x H x W, in which form convolutional layers keep it.
struct ConvNeXtBlock {
  var names: ReferenceNames
  var isConvolutional = false
  var hasResponseNorm = false
  /// Whether a learnt factor per channel ends the branch.
  var hasLayerScale = true
  /// Probability that training drops the branch.
  var dropProbability: Double

  func callAsFunction(_ input: Feature) -> Feature {
    switch names {
    case .torchvision: torchvision(input)
    case .timm: timm(input)
    case .authors: authors(input)
    }
  }

  private func depthwise(_ input: Feature, _ name: String) -> Feature {
    input.conv(name, input.channels, kernel: 7, padding: 3, groups: input.channels)
  }

  private func scaled(_ branch: Feature, _ name: String, trailingAxes: Int = 0) -> Feature {
    hasLayerScale ? branch.scale(name, trailingAxes: trailingAxes, origin: .function).registeredFirst() : branch
  }

  private func torchvision(_ input: Feature) -> Feature {
    let branch = input.scope("block") {
      depthwise($0, "0").channelsLast("1", origin: .module).layerNorm("2", epsilon: 1e-6)
        .linear("3", input.channels * 4).activation(.gelu, "4").linear("5", input.channels)
        .channelsFirst("6", origin: .module)
    }
    var x = scaled(branch, "layer_scale", trailingAxes: 2).stochasticDepth("stochastic_depth", dropProbability)
    x += input
    return x
  }

  private func timm(_ input: Feature) -> Feature {
    let mlp = FeedForward(
      hidden: input.channels * 4, names: .timm, isConvolutional: isConvolutional, hasResponseNorm: hasResponseNorm)
    var x = depthwise(input, "conv_dw")
    if isConvolutional {
      x = x.layerNorm("norm", axes: .channels, epsilon: 1e-6, origin: .derivedModule).scope("mlp") { mlp($0) }
    } else {
      x = x.channelsLast().layerNorm("norm", epsilon: 1e-6, origin: .derivedModule).scope("mlp") { mlp($0) }
        .channelsFirst()
    }
    x = scaled(x, "gamma")
    return (dropProbability > 0 ? x.stochasticDepth("drop_path", dropProbability) : x) + input
  }

  private func authors(_ input: Feature) -> Feature {
    let branch = depthwise(input, "dwconv").channelsLast().layerNorm("norm", epsilon: 1e-6, origin: .derivedModule)
      .linear("pwconv1", input.channels * 4).activation(.gelu, "act").linear("pwconv2", input.channels).channelsFirst()
    let x = scaled(branch, "gamma")
    return input + (dropProbability > 0 ? x.stochasticDepth("drop_path", dropProbability) : x)
  }
}
