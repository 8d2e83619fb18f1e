import NetworkGraph
import SymbolicIntegers

/// The unit of residual networks: convolutions with batch norms beside a shortcut, an activation behind their sum.
///
/// He, Zhang, Ren and Sun 2016, arXiv:1512.03385, figures 2 and 5.
struct ResidualBlock {
  /// A convolution of the residual branch, whose padding keeps the side at stride 1.
  struct Layer {
    var channels: Dimension
    var kernel: Int
    var stride = 1
    var groups: Dimension = 1
  }

  /// What the input meets on its way to the sum; where shapes agree it stays as it is.
  enum Shortcut {
    /// There is no shortcut and no sum.
    case absent
    /// A convolution with the block's stride.
    case projection(kernel: Int)
    /// An average over the stride's squares, then a 1x1 convolution; He et al. 2019, arXiv:1812.01187, figure 2.
    case pooledProjection
  }

  /// What a library calls the parts, and the order of its calls.
  enum Naming {
    case torchvision, timm
    /// The Caffe models' networks: the shortcut runs before the attention.
    case caffe
  }

  var layers: [Layer]
  var shortcut = Shortcut.projection(kernel: 1)
  /// Channels between the layers of the channel attention at the branch's end; nil without attention.
  var squeezed: Dimension?
  /// Whether an activation ends the branch before its attention, beside the one behind the sum.
  var isBranchActivated = false
  var naming = Naming.torchvision

  func callAsFunction(_ input: Feature) -> Feature {
    var x = input
    for (index, layer) in layers.enumerated() {
      if index > 0 { x = activation(x, number: index) }
      x = x.conv(
        "conv\(index + 1)", layer.channels, kernel: PerAxis(layer.kernel), stride: PerAxis(layer.stride),
        padding: PerAxis((layer.kernel - 1) / 2), groups: layer.groups, bias: false
      ).batchNorm("bn\(index + 1)")
    }
    if case .absent = shortcut { return activation(x, number: layers.count) }
    if isBranchActivated { x = activation(x, number: layers.count) }
    switch naming {
    case .torchvision, .timm:
      if let squeezed { x = x.scope("se") { attention(squeezed)($0) } }
      x += projected(input, channels: x.channels)
    case .caffe:
      let projection = projected(input, channels: x.channels)
      x = x.whileHeld { branch in
        var x = branch
        if let squeezed { x = x.scope("se_module") { attention(squeezed)($0) } }
        if projection.value != input.value { x.builder.registersHere("downsample") }
        return x + projection
      }
    }
    return activation(x, number: layers.count)
  }

  /// timm has a module for each activation, the others call one again.
  private func activation(_ input: Feature, number: Int) -> Feature {
    input.relu(naming == .timm ? "act\(number)" : "relu")
  }

  private func attention(_ squeezed: Dimension) -> SqueezeExcite {
    let names: SqueezeExcite.Names =
      switch naming {
      case .torchvision: .torchvision
      case .timm: .timmModule
      case .caffe: .caffe
      }
    return SqueezeExcite(squeezed: squeezed, isActivationInPlace: true, names: names)
  }

  private func projected(_ input: Feature, channels: Dimension) -> Feature {
    let stride = layers.reduce(1) { $0.multipliedReportingOverflow(by: $1.stride).partialValue }
    guard stride != 1 || input.channels != channels else { return input }
    return input.scope("downsample") { input in
      switch shortcut {
      case .absent: return input
      case .projection(let kernel):
        return input.conv(
          "0", channels, kernel: PerAxis(kernel), stride: PerAxis(stride), padding: PerAxis((kernel - 1) / 2),
          bias: false
        ).batchNorm("1")
      case .pooledProjection:
        var x = input
        if stride > 1 {
          x = x.averagePool(
            "0", kernel: 2, stride: PerAxis(stride), ceilMode: true, countIncludePad: false)
        }
        return x.conv("1", channels, kernel: 1, bias: false).batchNorm("2")
      }
    }
  }
}

extension ResidualBlock {
  /// Two 3x3 convolutions of `channels`.
  static func basic(_ channels: Dimension, stride: Int) -> [Layer] {
    [Layer(channels: channels, kernel: 3, stride: stride), Layer(channels: channels, kernel: 3)]
  }

  /// A 1x1 convolution to `narrow` channels, 3x3 to `middle`, 1x1 to `output`. The stride lies in the 3x3, or as
  /// first published in the first 1x1.
  static func bottleneck(
    _ narrow: Dimension, _ middle: Dimension, _ output: Dimension, stride: Int, groups: Dimension = 1,
    strideInFirst: Bool = false
  ) -> [Layer] {
    [
      Layer(channels: narrow, kernel: 1, stride: strideInFirst ? stride : 1),
      Layer(channels: middle, kernel: 3, stride: strideInFirst ? 1 : stride, groups: groups),
      Layer(channels: output, kernel: 1),
    ]
  }
}
