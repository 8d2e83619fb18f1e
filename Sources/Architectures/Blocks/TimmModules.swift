import NetworkGraph
import SymbolicIntegers

extension Feature {
  /// timm's `ClassifierHead`: global average, dropout and a linear layer, or a 1x1 convolution in its place.
  func classifierHead(_ classes: Dimension, dropout: Double, isConvolution: Bool = false) -> Feature {
    scope("head") { input in
      let x = input.scope("global_pool") { pooled in
        let x = pooled.adaptiveAveragePool("pool")
        return isConvolution ? x : x.flatten("flatten", origin: .module)
      }.dropout("drop", dropout)
      guard isConvolution else { return x.linear("fc", classes) }
      return x.conv("fc", classes, kernel: 1).flatten("flatten", origin: .module)
    }
  }

  /// timm's `BatchNormAct2d`: a batch norm whose module holds the activation behind it.
  func batchNormAct(_ name: String, activation: Activation.Function? = .relu) -> Feature {
    let x = batchNorm(name, origin: .derivedModule)
    guard let activation else { return x }
    return x.scope(name) { $0.activation(activation, "act", inPlace: true) }
  }

  /// timm's `ConvNormAct`: convolution without bias, batch norm, activation; padding keeps the side at stride 1.
  func convNormAct(
    _ name: String, _ channels: Dimension, kernel: Int, stride: Int = 1, groups: Dimension = 1,
    activation: Activation.Function? = .relu
  ) -> Feature {
    scope(name) {
      $0.conv(
        "conv", channels, kernel: PerAxis(kernel), stride: PerAxis(stride), padding: PerAxis((kernel - 1) / 2),
        groups: groups, bias: false
      ).batchNormAct("bn", activation: activation)
    }
  }
}
