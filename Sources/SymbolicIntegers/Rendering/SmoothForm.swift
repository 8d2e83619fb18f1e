/// A polynomial with real coefficients: what is left of a dimension when nothing is rounded.
///
/// Every `floor(n / d)` is replaced by the exact quotient of n without its constant: a side `floor((H+31)/32)` by `H/32`.
/// It is what a cost grows like; the dimension itself is a staircase around it.
public struct SmoothForm: Hashable, Sendable {
  /// A power of one symbol.
  public struct Power: Hashable, Sendable {
    public let symbol: Symbol
    public let exponent: Int
  }

  /// A product of a number and powers of different symbols, the symbols in ascending order.
  public struct Term: Hashable, Sendable {
    public let coefficient: Double
    public let powers: [Power]

    var degree: Int { powers.reduce(0) { $0 + $1.exponent } }
  }

  /// Terms by falling degree, each product of symbols once.
  public let terms: [Term]

  /// Nil for a dimension that has failed or holds a maximum, or whose form would be too large.
  public init?(_ dimension: Dimension) {
    guard let polynomial = try? dimension.polynomial(), let sum = RealSum(polynomial) else {
      return nil
    }
    terms = sum.terms.map { Term(coefficient: $0.value, powers: $0.key) }.filter { $0.coefficient != 0 }.sorted {
      if $0.degree != $1.degree { return $0.degree > $1.degree }
      for (left, right) in zip($0.powers, $1.powers) where left != right {
        return left.symbol != right.symbol ? left.symbol < right.symbol : left.exponent > right.exponent
      }
      return $0.powers.count < $1.powers.count
    }
  }

  /// The value at these values of the symbols; a symbol without one counts as 1.
  public func value(at bindings: [Symbol: Double]) -> Double {
    var sum = 0.0
    for term in terms {
      var product = term.coefficient
      for power in term.powers {
        for _ in 0..<power.exponent { product *= bindings[power.symbol] ?? 1 }
      }
      sum += product
    }
    return sum
  }
}

extension Dimension {
  /// The value with nothing rounded, as ``SmoothForm`` has it, of a dimension with maxima too.
  /// - Returns: nil for a failed dimension.
  public func smoothValue(at bindings: [Symbol: Double]) -> Double? {
    guard let polynomial = try? polynomial() else { return nil }
    return polynomial.smoothValue(at: bindings)
  }
}

extension Polynomial {
  fileprivate func smoothValue(at bindings: [Symbol: Double]) -> Double {
    var sum = 0.0
    for term in terms {
      var product = Double(term.coefficient)
      for factor in term.monomial.factors {
        let value = factor.atom.smoothValue(at: bindings)
        // Exponents are small: a degree is bounded by the size of an expression.
        for _ in 0..<min(factor.exponent, 64) { product *= value }
      }
      sum += product
    }
    return sum
  }
}

extension Atom {
  fileprivate func smoothValue(at bindings: [Symbol: Double]) -> Double {
    switch self {
    case .symbol(let symbol): return bindings[symbol] ?? 1
    case .floor(let quotient):
      let numerator = Polynomial(ordered: Array(quotient.numerator.nonConstantTerms))
      return numerator.smoothValue(at: bindings) / Double(quotient.divisor)
    case .maximum(let maximum):
      return maximum.differences.reduce(0) { max($0, $1.smoothValue(at: bindings)) }
    }
  }
}
