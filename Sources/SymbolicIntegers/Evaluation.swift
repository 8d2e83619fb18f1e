extension Dimension {
  /// The value when every symbol has the value that `bindings` gives it.
  ///
  /// Throws for a symbol without a value, for an overflow on the way, and the failure of a failed dimension.
  public func evaluated(with bindings: [Symbol: Int]) throws(DimensionError) -> Int {
    switch storage {
    case .constant(let value): return value
    case .polynomial(let polynomial): return try polynomial.evaluated(with: bindings)
    case .failure(let error): throw error
    }
  }

  /// The dimension with every symbol in `replacements` replaced, all at once.
  ///
  /// Law: evaluating the result equals evaluating this dimension with the values of the replacements.
  public func substituting(_ replacements: [Symbol: Dimension]) -> Dimension {
    guard case .polynomial(let polynomial) = storage, !replacements.isEmpty else { return self }
    return Dimension { () throws(DimensionError) in try polynomial.substituting(replacements) }
  }
}

extension Polynomial {
  func evaluated(with bindings: [Symbol: Int]) throws(DimensionError) -> Int {
    var sum = 0
    for term in terms {
      var product = term.coefficient
      for factor in term.monomial.factors {
        let value = try factor.atom.evaluated(with: bindings)
        product = try Checked.product(product, Checked.power(value, factor.exponent))
      }
      sum = try Checked.sum(sum, product)
    }
    return sum
  }

  func substituting(_ replacements: [Symbol: Dimension]) throws(DimensionError) -> Polynomial {
    var sum = Polynomial.zero
    for term in terms {
      var product = Polynomial(term.coefficient)
      for factor in term.monomial.factors {
        let value = try factor.atom.substituting(replacements)
        product = try product.multiplied(by: value.raised(to: factor.exponent))
      }
      sum = try sum.adding(product)
    }
    return sum
  }
}

extension Atom {
  fileprivate func evaluated(with bindings: [Symbol: Int]) throws(DimensionError) -> Int {
    switch self {
    case .symbol(let symbol):
      guard let value = bindings[symbol] else { throw .unbound(symbol) }
      return value
    case .floor(let quotient):
      return try Checked.floorQuotient(quotient.numerator.evaluated(with: bindings), quotient.divisor)
    case .maximum(let maximum):
      var largest = 0
      for difference in maximum.differences { largest = max(largest, try difference.evaluated(with: bindings)) }
      return largest
    }
  }

  fileprivate func substituting(_ replacements: [Symbol: Dimension]) throws(DimensionError) -> Polynomial {
    switch self {
    case .symbol(let symbol):
      return try replacements[symbol]?.polynomial() ?? Polynomial(self)
    case .floor(let quotient):
      return try quotient.numerator.substituting(replacements).floorQuotient(by: quotient.divisor)
    case .maximum(let maximum):
      var arguments = [Polynomial.zero]
      for difference in maximum.differences { arguments.append(try difference.substituting(replacements)) }
      return try Polynomial.maximum(of: arguments)
    }
  }
}
