import NetworkGraph
import SymbolicIntegers

extension Feature {
  /// Convolution without bias, batch norm and in-place activation, numbered 0, 1, 2 in a scope.
  ///
  /// Padding keeps the side at stride 1 for an odd kernel. Names are those of torchvision's `Conv2dNormActivation`.
  func convNormActivation(
    _ name: String, role: Scope.Role = .plain, _ channels: Dimension, kernel: Int, stride: Int = 1,
    groups: Dimension = 1, epsilon: Double = 1e-5, activation: Activation.Function?
  ) -> Feature {
    scope(name, role) { input in
      let x = input.conv(
        "0", channels, kernel: PerAxis(kernel), stride: PerAxis(stride), padding: PerAxis((kernel - 1) / 2),
        groups: groups, bias: false
      ).batchNorm("1", epsilon: epsilon)
      guard let activation else { return x }
      return x.activation(activation, "2", inPlace: true)
    }
  }
}
