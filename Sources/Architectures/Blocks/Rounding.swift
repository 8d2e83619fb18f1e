import SymbolicIntegers

extension Dimension {
  /// This number of channels times `factor`, to the nearest multiple of `divisor` that loses at most a tenth.
  ///
  /// At least `divisor`. A symbolic number of channels stays as it is; a product beyond 2^53 fails.
  /// Source: `_make_divisible` of the MobileNet authors' code.
  func scaled(by factor: Double, toMultipleOf divisor: Int) -> Dimension {
    guard let channels = constant else { return self }
    let product = Double(channels) * factor
    guard product >= 0, product < 0x1p53 else { return Dimension(failure: .overflow(channels, .multiplication, .max)) }
    let rounded = max(divisor, Int(product + Double(divisor) / 2) / divisor * divisor)
    return Dimension(Double(rounded) < 0.9 * product ? rounded + divisor : rounded)
  }
}

/// The most blocks a scaled stage can have.
let maximumDepth = 4096

/// `depth` times `factor`, rounded up, between 0 and ``maximumDepth``.
func scaledDepth(_ depth: Int, by factor: Double) -> Int {
  let product = (Double(depth) * factor).rounded(.up)
  return product >= 0 ? Int(min(product, Double(maximumDepth))) : 0
}
