import NetworkGraph
import SymbolicIntegers

/// Parts of the cells that architecture search found, shared by NASNet and PNASNet. Names are timm's.
extension Feature {
  /// ReLU, 1x1 convolution and batch norm.
  func activatedConvolution(_ name: String, _ channels: Dimension, stride: Int = 1) -> Feature {
    scope(name) { $0.relu("act", inPlace: false).sameConv("conv", channels, stride: stride).cellNorm("bn") }
  }

  /// ReLU, depthwise and 1x1 convolution and batch norm, all twice; the stride is the first one's.
  /// - Parameter isSecondInPlace: whether the second ReLU overwrites its input.
  func separable(
    _ name: String, _ channels: Dimension, kernel: Int, stride: Int = 1, isSecondInPlace: Bool
  ) -> Feature {
    scope(name) { input in
      var x = input
      for pass in 1...2 {
        x = x.relu("act_\(pass)", inPlace: pass == 2 && isSecondInPlace)
          .scope("separable_\(pass)") {
            $0.sameConv(
              "depthwise_conv2d", $0.channels, kernel: kernel, stride: pass == 1 ? stride : 1, groups: $0.channels
            ).conv("pointwise_conv2d", channels, kernel: 1, bias: false)
          }
          .cellNorm("bn_sep_\(pass)")
      }
      return x
    }
  }

  /// Half the side without losing every second position: two 1x1 convolutions read the even and the odd ones.
  func factorizedReduction(_ channels: Dimension) -> Feature {
    let half = channels.floorDivided(by: 2)
    let x = relu("act", inPlace: false)
    let even = x.scope("path_1") {
      $0.averagePool("avgpool", kernel: 1, stride: 2, countIncludePad: false).conv("conv", half, kernel: 1, bias: false)
    }
    let odd = x.scope("path_2") {
      $0.apply(.pad(Pad(before: [0, 0, -1, -1], after: [0, 0, 1, 1])), "pad")
        .averagePool("avgpool", kernel: 1, stride: 2, countIncludePad: false)
        .conv("conv", channels - half, kernel: 1, bias: false)
    }
    return Feature.concatenate([even, odd]).cellNorm("final_path_bn")
  }

  /// 3x3 maxima or means with SAME padding.
  ///
  /// timm's strided means count the padding, TensorFlow's do not; at stride 1 neither does.
  func cellPool(_ name: String, _ kind: CellPool, stride: Int = 1) -> Feature {
    guard stride == 1 else {
      var window = Window(rank: shape.spatialRank, kernel: 3, stride: PerAxis(stride))
      window.padding = .sameUpper
      let pool = Pool(kind == .maximum ? .maximum : .average(countIncludePad: true), window: window)
      return apply(.pool(pool), name, .derivedModule)
    }
    switch kind {
    case .maximum: return maxPool(name, kernel: 3, stride: 1, padding: 1)
    case .mean: return averagePool(name, kernel: 3, stride: 1, padding: 1, countIncludePad: false)
    }
  }

  func cellNorm(_ name: String) -> Feature { batchNorm(name, epsilon: 1e-3) }

  /// SAME convolution without bias; at stride 1 its padding is symmetric and known.
  private func sameConv(
    _ name: String, _ channels: Dimension, kernel: Int = 1, stride: Int, groups: Dimension = 1
  ) -> Feature {
    stride == 1
      ? conv(name, channels, kernel: PerAxis(kernel), padding: PerAxis(kernel / 2), groups: groups, bias: false)
      : convSame(name, channels, kernel: PerAxis(kernel), stride: PerAxis(stride), groups: groups, bias: false)
  }
}

/// The tensors of a searched cell, each of which has a name in timm's code until the cell returns.
struct CellNames {
  private var tensors: [Feature] = []

  mutating func callAsFunction(_ tensor: Feature) -> Feature {
    tensors.append(tensor)
    return tensor
  }

  /// The sum of two parts of the cell.
  mutating func sum(_ left: Feature, _ right: Feature) -> Feature {
    tensors += [left, right]
    return self(left + right)
  }

  /// The cell's output: `parts` joined.
  func joined(_ parts: [Feature]) -> Feature {
    let output = Feature.concatenate(parts)
    for tensor in tensors { tensor.held(until: output) }
    return output
  }
}

/// What a pool of a searched cell computes.
enum CellPool {
  case maximum, mean
}
