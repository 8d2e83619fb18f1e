extension Dimension {
  /// Whether the value is seen to be at least 0 while every symbol is at least 1, as sizes are; false also where it is
  /// not seen.
  ///
  /// Seen when no coefficient is negative, as it stands or written in the symbols less 1: `3*h*w - 2*h` is
  /// `3*u*v + u + 3*v + 1` for `h = u + 1`, `w = v + 1`. For that, atoms must not be negative: floor quotients of a
  /// canonical dimension have no negative coefficients inside, and maxima have zero among their arguments.
  public var isNonNegativeForSizes: Bool {
    switch storage {
    case .constant(let value): return value >= 0
    case .failure: return false
    case .polynomial(let polynomial):
      if polynomial.hasNoNegativeCoefficient { return true }
      // The value for large symbols has the sign of some leading term: without a positive one there is no hope.
      guard polynomial.terms.contains(where: { $0.coefficient > 0 && !$0.monomial.isOne }) else { return false }
      var shifts: [Symbol: Dimension] = [:]
      for symbol in symbols { shifts[symbol] = Dimension(symbol) + 1 }
      switch substituting(shifts).storage {
      case .constant(let value): return value >= 0
      case .polynomial(let shifted): return shifted.hasNoNegativeCoefficient
      case .failure: return false
      }
    }
  }
}

extension Polynomial {
  fileprivate var hasNoNegativeCoefficient: Bool { terms.allSatisfy { $0.coefficient >= 0 } }
}
