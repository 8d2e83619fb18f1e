import NetworkGraph
import SymbolicIntegers

extension Feature {
  /// Convolution, batch norm (or a bias in its place) and ReLU called as a function. Names are those of torchvision's
  /// `BasicConv2d` in its Inception networks.
  func basicConvolution(
    _ name: String, _ channels: Dimension, kernel: PerAxis, stride: Int = 1, padding: PerAxis = 0, hasNorm: Bool = true
  ) -> Feature {
    scope(name) { input in
      let x = input.conv(
        "conv", channels, kernel: kernel, stride: PerAxis(stride), padding: padding, bias: !hasNorm)
      return (hasNorm ? x.batchNorm("bn", epsilon: 1e-3) : x).relu(origin: .function)
    }
  }
}

/// The letter at `index` of the alphabet, as Inception networks name their modules; a number beyond `z`.
func letter(_ index: Int, from first: Unicode.Scalar = "a") -> String {
  let letters: ClosedRange<UInt32> = first.value...("z" as Unicode.Scalar).value
  guard index >= 0, index < letters.count, let scalar = Unicode.Scalar(first.value + UInt32(index)) else {
    return "_\(index)"
  }
  return String(Character(scalar))
}
