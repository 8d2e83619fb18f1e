import SymbolicIntegers

extension Dimension {
  /// This number of channels times `factor`, to the nearest multiple of `divisor` that keeps `kept` of it.
  ///
  /// Halves go up; at least `divisor`. A symbolic number of channels stays as it is; a product beyond 2^53 fails.
  /// Source: `_make_divisible` of the MobileNet authors' code.
  func scaled(by factor: Double, toMultipleOf divisor: Int, keeping kept: Double = 0.9) -> Dimension {
    guard let channels = constant else { return self }
    let product = Double(channels) * factor
    guard product >= 0, product < 0x1p53 else { return Dimension(failure: .overflow(channels, .multiplication, .max)) }
    let rounded = max(divisor, Int(product + Double(divisor) / 2) / divisor * divisor)
    return Dimension(Double(rounded) < kept * product ? rounded + divisor : rounded)
  }
}

/// The most blocks a scaled stage can have.
let maximumDepth = 4096

/// `depth` times `factor`, rounded up, between 0 and ``maximumDepth``.
func scaledDepth(_ depth: Int, by factor: Double) -> Int {
  let product = (Double(depth) * factor).rounded(.up)
  return product >= 0 ? Int(min(product, Double(maximumDepth))) : 0
}

/// Positions of the blocks of a stage: none for a negative depth, at most ``maximumDepth``.
func positions(_ depth: Int) -> Range<Int> { 0..<min(max(0, depth), maximumDepth) }
