import NetworkGraph
import SymbolicIntegers

/// Two layers over the channels of every position with a nonlinearity between: transformers' MLP.
struct FeedForward {
  var hidden: Dimension
  var names: ReferenceNames
  /// Whether the layers are 1x1 convolutions of N x C x H x W instead of linear ones over the last axis.
  var isConvolutional = false
  /// Global response normalisation between the layers (ConvNeXt V2).
  var hasResponseNorm = false

  func callAsFunction(_ input: Feature) -> Feature {
    let isTorchvision = names == .torchvision
    let output = isConvolutional ? input.channels : input.size(-1)
    var x = layer(input, isTorchvision ? "0" : "fc1", hidden)
    x = x.activation(.gelu, isTorchvision ? "1" : "act").dropout(isTorchvision ? "2" : "drop1", 0)
    if hasResponseNorm {
      x = x.apply(.globalResponseNorm(GlobalResponseNorm(isChannelsLast: !isConvolutional)), "grn")
    }
    return layer(x, isTorchvision ? "3" : "fc2", output).dropout(isTorchvision ? "4" : "drop2", 0)
  }

  private func layer(_ input: Feature, _ name: String, _ features: Dimension) -> Feature {
    isConvolutional ? input.conv(name, features, kernel: 1) : input.linear(name, features)
  }
}
