import NetworkGraph
import SymbolicIntegers

/// One operator of a branch of an Inception module.
enum BranchStep {
  /// Convolution, batch norm and ReLU; `isPadded` keeps the side at stride 1.
  case conv(Dimension, PerAxis, stride: Int = 1, isPadded: Bool = true)
  /// 3x3 maxima, stride 2, no padding.
  case maxPool
  /// 3x3 means of what lies inside the map, stride 1.
  case averagePool
}

extension Feature {
  /// Convolution without bias, batch norm and in-place ReLU. Names are those of timm's `ConvNormAct`, whose norm holds the
  /// activation.
  /// - Parameter norm: the norm's name, `bn1` in timm's `ConvBnAct`.
  func convNormReLU(
    _ name: String, _ channels: Dimension, kernel: PerAxis, stride: Int = 1, padding: PerAxis = 0,
    norm: String = "bn", epsilon: Double = 1e-3, isActivated: Bool = true
  ) -> Feature {
    scope(name) { input in
      let x = input.conv(
        "conv", channels, kernel: kernel, stride: PerAxis(stride), padding: padding, bias: false
      ).batchNorm(norm, epsilon: epsilon, origin: .derivedModule)
      return isActivated ? x.scope(norm) { $0.relu("act") } : x
    }
  }

  /// Operators one after another: a single one has the branch's name, several are numbered in a scope of that name.
  ///
  /// Szegedy et al. 2016, arXiv:1602.07261; names are those of timm's `inception_v4`.
  func branch(_ name: String, _ steps: [BranchStep]) -> Feature {
    if steps.count == 1 { return step(name, steps[0]) }
    return scope(name) { input in
      var x = input
      for (index, step) in steps.enumerated() { x = x.step(String(index), step) }
      return x
    }
  }

  private func step(_ name: String, _ step: BranchStep) -> Feature {
    switch step {
    case .conv(let channels, let kernel, let stride, let isPadded):
      let padding: PerAxis = isPadded ? [kernel[0] / 2, kernel[1] / 2] : 0
      return convNormReLU(name, channels, kernel: kernel, stride: stride, padding: padding)
    case .maxPool:
      return maxPool(name, kernel: 3, stride: 2)
    case .averagePool:
      return averagePool(name, kernel: 3, stride: 1, padding: 1, countIncludePad: false)
    }
  }

  /// Mean over each map, dropout where a probability is given, and a linear layer, named as in timm.
  func pooledClassifier(_ name: String, _ classes: Dimension, dropout: Double? = nil) -> Feature {
    let x = scope("global_pool") { $0.adaptiveAveragePool("pool").flatten(origin: .module) }
    return (dropout.map { x.dropout("head_drop", $0) } ?? x).linear(name, classes)
  }
}
