import NetworkGraph
import SymbolicIntegers

/// What a reference implementation calls a convolution, its batch norm and its activation.
enum UnitNames {
  /// 0, 1 and 2 in a scope: torchvision's `Conv2dNormActivation`.
  case scope(String)
  /// Elements of the sequence around them, from a position on.
  case sequence(from: Int)
  /// A convolution, and a norm that owns the activation: timm's `BatchNormAct2d`.
  case pair(String, String)
}

extension Feature {
  /// Convolution without bias, batch norm and in-place activation, numbered 0, 1, 2 in a scope.
  ///
  /// Padding keeps the side at stride 1 for an odd kernel. Names are those of torchvision's `Conv2dNormActivation`.
  func convNormActivation(
    _ name: String, role: Scope.Role = .plain, _ channels: Dimension, kernel: Int, stride: Int = 1,
    groups: Dimension = 1, epsilon: Double = 1e-5, activation: Activation.Function?
  ) -> Feature {
    scope(name, role) {
      $0.convNormActivation(
        .sequence(from: 0), channels, kernel: kernel, stride: stride, groups: groups, epsilon: epsilon,
        activation: activation)
    }
  }

  /// Convolution without bias, batch norm and in-place activation under the given names.
  ///
  /// - Parameter samePadding: whether padding is TensorFlow's SAME, which at stride 1 is the symmetric one.
  func convNormActivation(
    _ names: UnitNames, _ channels: Dimension, kernel: Int, stride: Int = 1, groups: Dimension = 1,
    epsilon: Double = 1e-5, samePadding: Bool = false, activation: Activation.Function?
  ) -> Feature {
    let padding = PerAxis((max(kernel, 1) - 1) / 2)
    func convolution(_ name: String) -> Feature {
      guard samePadding, stride != 1 || kernel % 2 == 0 else {
        return conv(
          name, channels, kernel: PerAxis(kernel), stride: PerAxis(stride), padding: padding,
          groups: groups, bias: false)
      }
      return convSame(
        name, channels, kernel: PerAxis(kernel), stride: PerAxis(stride), groups: groups, bias: false)
    }
    switch names {
    case .scope(let name):
      return scope(name) {
        $0.convNormActivation(
          .sequence(from: 0), channels, kernel: kernel, stride: stride, groups: groups, epsilon: epsilon,
          samePadding: samePadding, activation: activation)
      }
    case .sequence(let first):
      let x = convolution(String(first)).batchNorm(String(first + 1), epsilon: epsilon)
      guard let activation else { return x }
      return x.activation(activation, String(first + 2), inPlace: true)
    case .pair(let name, let norm):
      let x = convolution(name).apply(.batchNorm(BatchNorm(epsilon: epsilon)), norm, .derivedModule)
      guard let activation else { return x }
      return x.scope(norm) { $0.activation(activation, "act", inPlace: true) }
    }
  }
}
