import SymbolicIntegers

extension Dimension {
  /// This number of channels times `factor`, to the nearest multiple of `divisor` that keeps `kept` of it.
  ///
  /// Halves go up; at least `divisor`. A product beyond 2^53 fails. Of a symbolic number the result is a formula: the
  /// larger of the nearest multiple and the least one that keeps enough, or the product where that is a multiple. It
  /// fails for a factor whose products are themselves rounded, such as 1.2.
  /// Source: `_make_divisible` of the MobileNet authors' code.
  package func scaled(by factor: Double, toMultipleOf divisor: Int, keeping kept: Double = 0.9) -> Dimension {
    guard let channels = constant else {
      guard let fraction = Fraction(factor) else { return unscaled(by: factor) }
      let (product, under) = (self * fraction.over, fraction.under * divisor)
      let nearest = (product * 2 + under).floorDivided(by: under * 2)
      if nearest * under == product { return nearest * divisor }
      let percent = Int((kept * 100).rounded())
      let least = percent > 0 ? (product * percent).ceilDivided(by: under * 100) : 1
      return Dimension.maximum(nearest, least) * divisor
    }
    let product = Double(channels) * factor
    guard product >= 0, product < 0x1p53 else { return Dimension(failure: .overflow(channels, .multiplication, .max)) }
    let rounded = max(divisor, Int(product + Double(divisor) / 2) / divisor * divisor)
    return Dimension(Double(rounded) < kept * product ? rounded + divisor : rounded)
  }

  /// This number of channels times `factor`, to the nearest integer, halves to the even one. Fails as ``scaled`` does.
  func scaledToNearest(by factor: Double) -> Dimension {
    if let channels = constant {
      let product = (Double(channels) * factor).rounded(.toNearestOrEven)
      return abs(product) < 0x1p53
        ? Dimension(Int(product)) : Dimension(failure: .overflow(channels, .multiplication, .max))
    }
    guard let fraction = Fraction(factor) else { return unscaled(by: factor) }
    let (product, under) = (self * fraction.over, fraction.under)
    let quotient = product.floorDivided(by: under)
    if quotient * under == product { return quotient }
    // The half of x + 1/2 rounded down and that of x - 1/2 rounded up.
    return (product * 2 + under).floorDivided(by: under * 4) + (product * 2 - under).ceilDivided(by: under * 4)
  }

  private func unscaled(by factor: Double) -> Dimension {
    failure != nil ? self : Dimension(failure: .inexactDivision(dividend: "\(self)", divisor: "\(1 / factor)"))
  }

  /// The channels inside an inverted residual: `ratio` times as many, to a multiple of 8. 1 is no expansion.
  func expanded(by ratio: Int) -> Dimension { ratio == 1 ? self : (self * ratio).scaled(by: 1, toMultipleOf: 8) }
}

/// A factor with which floating-point products are exact.
private struct Fraction {
  var over: Int
  var under: Int

  /// Nil for a number that is no multiple of 1/64 up to 1000.
  init?(_ value: Double) {
    guard (0...1000).contains(value),
      let under = [1, 2, 4, 8, 16, 32, 64].first(where: { under in
        value * Double(under) == (value * Double(under)).rounded()
      })
    else { return nil }
    (over, self.under) = (Int(value * Double(under)), under)
  }
}

/// The most blocks a scaled stage can have.
package let maximumDepth = 4096

/// `depth` times `factor`, rounded up, between 0 and ``maximumDepth``.
func scaledDepth(_ depth: Int, by factor: Double) -> Int {
  let product = (Double(depth) * factor).rounded(.up)
  return product >= 0 ? Int(min(product, Double(maximumDepth))) : 0
}

/// Positions of the blocks of a stage: none for a negative depth, at most ``maximumDepth``.
func positions(_ depth: Int) -> Range<Int> { 0..<min(max(0, depth), maximumDepth) }
