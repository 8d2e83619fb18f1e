import NetworkGraph
import SymbolicIntegers

/// Channel attention: each channel times a gate computed from the means of all channels.
///
/// Hu, Shen and Sun 2018, arXiv:1709.01507, figure 3; names are those of torchvision's `SqueezeExcitation`.
struct SqueezeExcite {
  /// Channels between the two 1x1 convolutions.
  var squeezed: Dimension
  var activation: Activation.Function = .relu
  var isActivationInPlace = false
  var gate: Activation.Function = .sigmoid

  func callAsFunction(_ input: Feature) -> Feature {
    input.adaptiveAveragePool("avgpool")
      .conv("fc1", squeezed, kernel: 1).activation(activation, "activation", inPlace: isActivationInPlace)
      .conv("fc2", input.channels, kernel: 1).activation(gate, "scale_activation")
      * input
  }
}
