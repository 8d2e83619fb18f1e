import NetworkGraph
import SymbolicIntegers

/// The unit of a network without normalisation: activation times beta, convolutions, channel attention times 2, and the
/// branch times alpha onto the shortcut. Names are those of timm's `NormFreeBlock`.
///
/// Brock et al. 2021, arXiv:2102.06171, figures 5 and 6.
struct NormFreeBlock {
  var network: NFNet
  var output: Dimension
  var stride: Int
  /// The inverse of the standard deviation that the input has at the start of training.
  var beta: Double
  /// Probability that training drops the residual branch.
  var dropProbability: Double

  func callAsFunction(_ input: Feature) -> Feature {
    let gain = network.skipGain ? input.parameter("skipinit_gain", []) : nil
    let activated = network.activation(input, "act1") * beta
    let shortcut =
      stride != 1 || input.channels != output ? activated.scope("downsample") { projected($0) } : input
    var x = convolutions(activated)
    if network.squeezeRatio > 0 {
      let attention = SqueezeExcite(
        squeezed: output.scaled(by: network.squeezeRatio, toMultipleOf: 8, keeping: 0), isActivationInPlace: true,
        names: .timmModule)
      x = x.whileHeld { $0.scope("attn_last") { attention($0) } * 2 }
    }
    if network.stochasticDepth > 0 { x = x.stochasticDepth("drop_path", dropProbability) }
    if let gain { x = x.elementwise(.multiply, gain, name: "mul", inPlace: true) }
    return x.whileHeld { $0 * network.alpha + shortcut }
  }

  private func convolutions(_ input: Feature) -> Feature {
    var middle = output.scaled(by: network.bottleneck, toMultipleOf: 8)
    var groups: Dimension = 1
    if network.groupWidth > 0 {
      groups = middle.floorDivided(by: network.groupWidth)
      middle = groups * network.groupWidth
    }
    var x = network.convolution(input, "conv1", middle, kernel: 1)
    x = x.whileHeld {
      let activated = network.activation($0, "act2", inPlace: true)
      return network.convolution(activated, "conv2", middle, kernel: 3, stride: stride, groups: groups)
    }
    if network.extraConvolution {
      x = x.whileHeld {
        network.convolution(network.activation($0, "act2b", inPlace: true), "conv2b", middle, kernel: 3, groups: groups)
      }
    }
    return x.whileHeld { network.convolution(network.activation($0, "act3"), "conv3", output, kernel: 1) }
  }

  private func projected(_ input: Feature) -> Feature {
    var x = input
    if stride > 1 {
      x = x.averagePool("pool", kernel: 2, stride: PerAxis(stride), ceilMode: true, countIncludePad: false)
    }
    return network.convolution(x, "conv", output, kernel: 1)
  }
}
