import NetworkGraph
import SymbolicIntegers

/// Channel attention: each channel times a gate computed from the means of all channels.
///
/// Hu, Shen and Sun 2018, arXiv:1709.01507, figure 3.
struct SqueezeExcite {
  /// What a reference implementation calls the five steps.
  struct Names {
    /// The pooling module; nil where the mean is a function call.
    var pool: String?
    var reduce: String
    var activation: String
    var expand: String
    var gate: String
    /// Whether the gate's input has a name until the module returns.
    var namesLogits = false

    /// torchvision's `SqueezeExcitation`.
    static let torchvision = Names(
      pool: "avgpool", reduce: "fc1", activation: "activation", expand: "fc2", gate: "scale_activation")
    /// timm's `SqueezeExcite` of the mobile families.
    static let timm = Names(
      pool: nil, reduce: "conv_reduce", activation: "act1", expand: "conv_expand", gate: "gate", namesLogits: true)
    /// timm's `SEModule` of the residual families.
    static let timmModule = Names(
      pool: nil, reduce: "fc1", activation: "act", expand: "fc2", gate: "gate", namesLogits: true)
    /// The Caffe models' `SEModule`.
    static let caffe = Names(pool: nil, reduce: "fc1", activation: "relu", expand: "fc2", gate: "sigmoid")
  }

  /// Channels between the two 1x1 convolutions.
  var squeezed: Dimension
  var activation: Activation.Function = .relu
  var isActivationInPlace = false
  var gate: Activation.Function = .sigmoid
  var names = Names.torchvision

  func callAsFunction(_ input: Feature) -> Feature {
    let means =
      if let pool = names.pool {
        input.adaptiveAveragePool(pool)
      } else {
        input.mean(axes: [2, 3], keepsAxes: true)
      }
    let expanded = means.conv(names.reduce, squeezed, kernel: 1)
      .activation(activation, names.activation, inPlace: isActivationInPlace)
      .conv(names.expand, input.channels, kernel: 1)
    let result = expanded.activation(gate, names.gate) * input
    if names.namesLogits { expanded.held(until: result) }
    return result
  }
}

extension Feature {
  /// The mean over some axes, as a function call.
  func mean(axes: [Int], keepsAxes: Bool = false) -> Feature {
    apply(.reduction(Reduction(.mean, axes: axes, keepsAxes: keepsAxes)), "mean", .function)
  }
}
