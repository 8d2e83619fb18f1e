/// Which dimensions are provably never below others, whatever values from `minimums` on the symbols have.
///
/// Sufficient, not necessary: rounded quotients are bounded by the exact ones, symbols are written as their minimum and
/// something not negative, and then no coefficient of the difference may be negative. A symbol without a minimum is
/// taken to be at least 1. Bounds of products are kept: dimensions of one network share them.
public struct Dominance: Sendable {
  public let minimums: [Symbol: Int]
  private var lower: [Monomial: RealSum?] = [:]
  private var upper: [Monomial: RealSum?] = [:]

  public init(from minimums: [Symbol: Int]) { self.minimums = minimums }

  /// Whether `left` is seen to be nowhere below `right`.
  public mutating func isAtLeast(_ left: Dimension, _ right: Dimension) -> Bool {
    guard let difference = try? (left - right).polynomial() else { return false }
    var sum = RealSum()
    for term in difference.terms {
      guard let bound = bound(of: term.monomial, isLower: term.coefficient > 0) else { return false }
      for (key, value) in bound.terms { sum.terms[key, default: 0] += Double(term.coefficient) * value }
    }
    return sum.terms.values.allSatisfy { $0 >= 0 }
  }

  private mutating func bound(of monomial: Monomial, isLower: Bool) -> RealSum? {
    if let known = isLower ? lower[monomial] : upper[monomial] { return known }
    let bound = monomial.bound(from: minimums, isLower: isLower)
    if isLower { lower[monomial] = .some(bound) } else { upper[monomial] = .some(bound) }
    return bound
  }
}

extension Dimension {
  /// Whether this dimension is provably never below `other` (``Dominance``).
  public func isAtLeast(_ other: Dimension, from minimums: [Symbol: Int]) -> Bool {
    var dominance = Dominance(from: minimums)
    return dominance.isAtLeast(self, other)
  }
}

extension Monomial {
  /// A polynomial over the symbols less their minimums that is never above (or never below) this product; nil where
  /// none is found. It has no negative coefficients, as products of bounds need.
  fileprivate func bound(from minimums: [Symbol: Int], isLower: Bool) -> RealSum? {
    var product = RealSum(constant: 1)
    for factor in factors {
      guard factor.exponent <= 16, let value = factor.atom.bound(from: minimums, isLower: isLower) else { return nil }
      for _ in 0..<factor.exponent {
        guard let next = product.multiplied(by: value) else { return nil }
        product = next
      }
    }
    return product
  }
}

extension Polynomial {
  /// The same of a sum, which may have negative coefficients.
  fileprivate func bound(from minimums: [Symbol: Int], isLower: Bool) -> RealSum? {
    var sum = RealSum()
    for term in terms {
      guard let bound = term.monomial.bound(from: minimums, isLower: isLower == (term.coefficient > 0)) else {
        return nil
      }
      for (key, value) in bound.terms { sum.terms[key, default: 0] += Double(term.coefficient) * value }
    }
    return sum
  }
}

extension Atom {
  /// A bound without negative coefficients, so that products of bounds are bounds of products.
  fileprivate func bound(from minimums: [Symbol: Int], isLower: Bool) -> RealSum? {
    switch self {
    case .symbol(let symbol):
      let minimum = minimums[symbol] ?? 1
      return minimum >= 0 ? RealSum(symbol, offset: Double(minimum)) : nil
    case .maximum(let maximum):
      // A largest of zero and differences is at least any of them, and at most the sum of their positive parts.
      var sum = RealSum()
      for difference in maximum.differences {
        guard let bound = difference.bound(from: minimums, isLower: isLower) else {
          if isLower { continue } else { return nil }
        }
        if isLower, bound.terms.values.allSatisfy({ $0 >= 0 }) { return bound }
        if !isLower { for (key, value) in bound.terms where value > 0 { sum.terms[key, default: 0] += value } }
      }
      return sum
    case .floor(let quotient):
      guard var sum = quotient.numerator.bound(from: minimums, isLower: isLower) else { return nil }
      if isLower { sum.terms[[], default: 0] -= Double(quotient.divisor - 1) }
      for key in sum.terms.keys { sum.terms[key]? /= Double(quotient.divisor) }
      if sum.terms.values.allSatisfy({ $0 >= 0 }) { return sum }
      guard isLower else { return nil }
      // The quotient does not fall: its coefficients are not negative, and neither are those inside.
      var bindings: [Symbol: Int] = [:]
      for symbol in Dimension(quotient.numerator).symbols { bindings[symbol] = minimums[symbol] ?? 1 }
      guard let least = try? Dimension(Polynomial(self)).evaluated(with: bindings), least >= 0 else { return nil }
      return RealSum(constant: Double(least))
    }
  }
}
