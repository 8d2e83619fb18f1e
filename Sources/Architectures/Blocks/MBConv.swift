import NetworkGraph
import SymbolicIntegers

/// Inverted residual: 1x1 expansion, depthwise convolution, channel attention, linear 1x1 projection, and a shortcut
/// where neither side nor channels change.
///
/// Sandler et al. 2018, arXiv:1801.04381, figure 4; with attention Tan et al. 2019, arXiv:1807.11626, figure 7; fused
/// Tan and Le 2021, arXiv:2104.00298, figure 2.
struct MBConv {
  /// How a reference implementation arranges and calls the modules.
  enum Names {
    /// `block.0.0`...: torchvision's `MBConv`, `FusedMBConv` and its MobileNetV3.
    case block
    /// `conv.0.0`, and the projection's two modules beside the scopes before it: torchvision's MobileNetV2.
    case conv
    /// `layers.0`, all in one sequence: torchvision's MnasNet.
    case layers
    /// `conv_pw`, `bn1`...: timm's `InvertedResidual`, `DepthwiseSeparableConv`, `EdgeResidual` and `ConvBnAct`.
    case timm

    var container: String? {
      switch self {
      case .block: "block"
      case .conv: "conv"
      case .layers: "layers"
      case .timm: nil
      }
    }
  }

  var names: Names
  /// Channels of the depthwise convolution; as many as the input has leave out the expansion.
  var expanded: Dimension
  var kernel: Int
  var stride: Int
  var channels: Dimension
  var activation: Activation.Function
  /// Whether one full convolution takes the place of expansion and depthwise convolution.
  var isFused = false
  var attention: SqueezeExcite?
  var epsilon = 1e-5
  /// Whether padding is TensorFlow's SAME.
  var samePadding = false
  /// Probability that training drops the residual branch; nil without a module that does so.
  var dropProbability: Double?

  func callAsFunction(_ input: Feature) -> Feature {
    var x = names.container.map { input.scope($0, .plain, branch) } ?? branch(input)
    guard stride == 1, input.channels == channels else { return x }
    if let dropProbability {
      x = x.stochasticDepth(names == .timm ? "drop_path" : "stochastic_depth", dropProbability)
    }
    switch names {
    case .block:
      x += input
      return x
    case .conv: return input + x
    case .layers, .timm: return x + input
    }
  }

  private func branch(_ input: Feature) -> Feature {
    var x = input
    /// Modules so far; timm counts norms from 1.
    var position = names == .timm ? 1 : 0
    func unit(
      _ name: String, _ channels: Dimension, kernel: Int = 1, stride: Int = 1, groups: Dimension = 1,
      _ activation: Activation.Function?
    ) {
      let (unitNames, modules): (UnitNames, Int) =
        switch names {
        case .timm: (.pair(name, "bn\(position)"), 1)
        case .block: (.scope(String(position)), 1)
        case .conv: (activation == nil ? .sequence(from: position) : .scope(String(position)), 1)
        case .layers: (.sequence(from: position), activation == nil ? 2 : 3)
        }
      position += modules
      x = x.convNormActivation(
        unitNames, channels, kernel: kernel, stride: stride, groups: groups, epsilon: epsilon, samePadding: samePadding,
        activation: activation)
    }
    let expands = expanded != input.channels
    if isFused {
      // Without expansion the full convolution is the projection, and is activated.
      unit(expands ? "conv_exp" : "conv", expands ? expanded : channels, kernel: kernel, stride: stride, activation)
      guard expands else { return x }
    } else {
      if expands { unit("conv_pw", expanded, activation) }
      unit("conv_dw", expanded, kernel: kernel, stride: stride, groups: expanded, activation)
    }
    if let attention {
      x = x.scope(names == .timm ? "se" : String(position)) { attention($0) }
      if names != .timm { position += 1 }
    }
    unit(expands ? "conv_pwl" : "conv_pw", channels, nil)
    return x
  }
}
