/// A sum of products of symbols with real coefficients, for arithmetic.
struct RealSum {
  var terms: [[SmoothForm.Power]: Double] = [:]

  init() {}

  init(constant: Double) { terms[[]] = constant }

  /// `symbol + offset`.
  init(_ symbol: Symbol, offset: Double = 0) {
    terms[[.init(symbol: symbol, exponent: 1)]] = 1
    if offset != 0 { terms[[]] = offset }
  }

  /// The polynomial with nothing rounded; nil where it holds a maximum or grows too large.
  init?(_ polynomial: Polynomial) {
    for term in polynomial.terms {
      var product = RealSum(constant: Double(term.coefficient))
      for factor in term.monomial.factors {
        let value: RealSum
        switch factor.atom {
        case .symbol(let symbol):
          value = RealSum(symbol)
        case .floor(let quotient):
          let numerator = Polynomial(ordered: Array(quotient.numerator.nonConstantTerms))
          guard var sum = RealSum(numerator) else { return nil }
          for key in sum.terms.keys { sum.terms[key]? /= Double(quotient.divisor) }
          value = sum
        case .maximum: return nil
        }
        guard factor.exponent <= 64 else { return nil }
        for _ in 0..<factor.exponent {
          guard let next = product.multiplied(by: value) else { return nil }
          product = next
        }
      }
      for (key, value) in product.terms { terms[key, default: 0] += value }
    }
  }

  func multiplied(by other: RealSum) -> RealSum? {
    guard terms.count * other.terms.count <= DimensionLimits.terms else { return nil }
    var result = RealSum()
    for (left, a) in terms {
      for (right, b) in other.terms {
        var exponents: [Symbol: Int] = [:]
        for power in left + right { exponents[power.symbol, default: 0] += power.exponent }
        let key = exponents.sorted { $0.key < $1.key }.map { SmoothForm.Power(symbol: $0.key, exponent: $0.value) }
        result.terms[key, default: 0] += a * b
      }
    }
    return result
  }
}
