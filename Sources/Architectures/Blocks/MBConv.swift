import NetworkGraph
import SymbolicIntegers

/// Inverted residual with channel attention: 1x1 expansion, depthwise convolution, squeeze-excite, 1x1 projection.
///
/// Tan et al. 2019, arXiv:1807.11626, figure 7; names are those of torchvision's `MBConv`.
struct MBConv {
  /// Channels of the depthwise convolution, in units of the input's; 1 leaves out the expansion.
  var expansion: Int
  var kernel: Int
  var stride: Int
  var channels: Dimension
  var epsilon: Double
  /// Probability that training drops the residual branch.
  var dropProbability: Double

  func callAsFunction(_ input: Feature) -> Feature {
    var x = input.scope("block") { input in
      var (x, index) = (input, 0)
      if expansion != 1 {
        x = x.convNormActivation("0", input.channels * expansion, kernel: 1, epsilon: epsilon, activation: .silu)
        index = 1
      }
      let attention = SqueezeExcite(
        squeezed: input.channels.floorDivided(by: 4), activation: .silu, isActivationInPlace: true)
      return x.convNormActivation(
        String(index), x.channels, kernel: kernel, stride: stride, groups: x.channels, epsilon: epsilon,
        activation: .silu
      )
      .scope(String(index + 1)) { attention($0) }
      .convNormActivation(String(index + 2), channels, kernel: 1, epsilon: epsilon, activation: nil)
    }
    guard stride == 1, input.channels == channels else { return x }
    x = x.stochasticDepth("stochastic_depth", dropProbability)
    x += input
    return x
  }
}
