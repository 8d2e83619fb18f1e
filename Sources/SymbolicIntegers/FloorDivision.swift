extension Polynomial {
  /// `floor(self / divisor)` for a divisor of at least 1, in canonical form.
  ///
  /// Laws, in the order in which they apply:
  /// - a multiple of the divisor in any coefficient leaves the bracket, so that coefficients lie in `0..<divisor`;
  /// - a factor common to the divisor and all the non-constant coefficients cancels, and the constant is floored;
  /// - `floor(n / d) = -floor((d - 1 - n) / d)` makes the first coefficient that is not half the divisor less than half;
  /// - `floor((floor(e / a) + c) / d) = floor((e + a * c) / (a * d))`.
  func floorQuotient(by divisor: Int) throws(DimensionError) -> Polynomial {
    if divisor == 1 { return self }
    var outside: [Term] = []
    var inside: [Term] = []
    var commonFactor = divisor.magnitude
    for term in terms {
      let quotient = try Checked.floorQuotient(term.coefficient, divisor)
      let remainder = Checked.floorRemainder(term.coefficient, divisor)
      if quotient != 0 { outside.append(Term(coefficient: quotient, monomial: term.monomial)) }
      if remainder != 0 {
        inside.append(Term(coefficient: remainder, monomial: term.monomial))
        if !term.monomial.isOne {
          commonFactor = Checked.greatestCommonDivisor(commonFactor, remainder.magnitude)
        }
      }
    }
    let whole = try Polynomial(checking: outside)
    guard let first = inside.first, !first.monomial.isOne else { return whole }
    let part = ReducedQuotient(inside, divisor: divisor, commonFactor: Int(commonFactor))
    if part.isPastHalf {
      return try whole.adding(part.sumOfMonomials()).subtracting(part.complement().folded())
    }
    return try whole.adding(part.folded())
  }
}

/// A floor quotient whose coefficients already lie in `0..<divisor`, on the way to its canonical form.
private struct ReducedQuotient {
  var terms: [Term]
  var constant: Int
  var divisor: Int

  init(_ inside: [Term], divisor: Int, commonFactor: Int) {
    terms = []
    constant = 0
    self.divisor = divisor / commonFactor
    for term in inside {
      if term.monomial.isOne {
        constant = term.coefficient / commonFactor
      } else {
        terms.append(Term(coefficient: term.coefficient / commonFactor, monomial: term.monomial))
      }
    }
  }

  /// Whether the first coefficient other than half the divisor is more than half.
  var isPastHalf: Bool {
    for term in terms where term.coefficient != divisor - term.coefficient {
      return term.coefficient > divisor - term.coefficient
    }
    return false
  }

  /// What leaves the bracket when every coefficient c is replaced by c - divisor.
  func sumOfMonomials() throws(DimensionError) -> Polynomial {
    try Polynomial(checking: terms.map { Term(coefficient: 1, monomial: $0.monomial) })
  }

  /// The quotient q with `floor(self) = sumOfMonomials() - q`.
  func complement() -> ReducedQuotient {
    var result = self
    result.terms = terms.map { Term(coefficient: divisor - $0.coefficient, monomial: $0.monomial) }
    result.constant = divisor - 1 - constant
    return result
  }

  /// The quotient as a polynomial, merged with the floor quotient inside when that is the whole numerator.
  func folded() throws(DimensionError) -> Polynomial {
    if terms.count == 1, terms[0].coefficient == 1, case .floor(let inner)? = terms[0].monomial.soleAtom {
      let (product, overflow) = inner.divisor.multipliedReportingOverflow(by: divisor)
      // Nested brackets remain where one divisor could not hold the product of both.
      if !overflow {
        return try inner.numerator.adding(Polynomial(inner.divisor * constant)).floorQuotient(by: product)
      }
    }
    let numerator = try Polynomial(checking: terms).adding(Polynomial(constant))
    return Polynomial(.floor(try FloorQuotient(numerator, dividedBy: divisor)))
  }
}
