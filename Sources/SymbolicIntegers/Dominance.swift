extension Dimension {
  /// Whether this dimension is provably never below `other`, whatever values from `minimums` on the symbols have.
  ///
  /// Sufficient, not necessary: rounded quotients are bounded by the exact ones, symbols are written as their minimum and
  /// something not negative, and then no coefficient of the difference may be negative. A symbol without a minimum is taken
  /// to be at least 1.
  public func isAtLeast(_ other: Dimension, from minimums: [Symbol: Int]) -> Bool {
    guard let difference = try? (self - other).polynomial(),
      let bound = difference.bound(from: minimums, isLower: true)
    else { return false }
    return bound.terms.values.allSatisfy { $0 >= 0 }
  }
}

extension Polynomial {
  /// A polynomial over the symbols less their minimums that is never above (or never below) this one; nil where none is
  /// found.
  fileprivate func bound(from minimums: [Symbol: Int], isLower: Bool) -> RealSum? {
    var sum = RealSum()
    for term in terms {
      var product = RealSum(constant: Double(term.coefficient))
      for factor in term.monomial.factors {
        guard factor.exponent <= 16,
          let value = factor.atom.bound(from: minimums, isLower: isLower == (term.coefficient > 0))
        else { return nil }
        for _ in 0..<factor.exponent {
          guard let next = product.multiplied(by: value) else { return nil }
          product = next
        }
      }
      for (key, value) in product.terms { sum.terms[key, default: 0] += value }
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
