extension Polynomial {
  /// `floor(self / divisor)` for a divisor of at least 1, in canonical form.
  ///
  /// Laws, in the order in which they apply:
  /// - a multiple of the divisor in any coefficient leaves the bracket, so that coefficients lie in `0..<divisor`;
  /// - a factor common to the divisor and all the non-constant coefficients cancels, and the constant is floored;
  /// - `floor((floor(e / a) + c) / d) = floor((e + a * c) / (a * d))`, for any c without a floor quotient among its terms;
  ///   several floor quotients remain inside, divided as `floor(n / (a * d)) = floor(floor(n / a) / d)` by any factor a
  ///   of the divisor that all their coefficients have.
  ///
  /// Brackets are not combined beyond that: `floor(n / 2)` and `floor((n + 1) / 2)`, which add up to n, are both in use
  /// as sides, and neither is written as n minus the other.
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
    let whole = Polynomial(ordered: outside)
    guard let first = inside.first, !first.monomial.isOne else { return whole }
    let factor = Int(commonFactor)
    let numerator = Polynomial(ordered: inside).flooringCoefficients(by: factor)
    return try whole.adding(numerator.foldedQuotient(by: divisor / factor))
  }

  /// Divides every coefficient, which is not negative, and drops the fraction of the constant.
  private func flooringCoefficients(by factor: Int) -> Polynomial {
    if factor == 1 { return self }
    var result: [Term] = []
    for term in terms where term.coefficient >= factor {
      result.append(Term(coefficient: term.coefficient / factor, monomial: term.monomial))
    }
    return Polynomial(ordered: result)
  }

  /// The laws about floor quotients inside the numerator, whose coefficients lie in `0..<divisor` without common factor.
  private func foldedQuotient(by divisor: Int) throws(DimensionError) -> Polynomial {
    var inner: [(coefficient: Int, quotient: FloorQuotient)] = []
    var commonFactor = divisor.magnitude
    for term in terms {
      guard case .floor(let quotient)? = term.monomial.soleAtom else { continue }
      inner.append((term.coefficient, quotient))
      commonFactor = Checked.greatestCommonDivisor(commonFactor, term.coefficient.magnitude)
    }
    if !inner.isEmpty, commonFactor > 1 {
      let factor = Int(commonFactor)
      return try floorQuotient(by: factor).floorQuotient(by: divisor / factor)
    }
    if inner.count == 1, inner[0].coefficient == 1 {
      let quotient = inner[0].quotient
      let (product, overflow) = quotient.divisor.multipliedReportingOverflow(by: divisor)
      // Nested brackets remain where one divisor could not hold the product of both.
      if !overflow {
        let rest = try subtracting(Polynomial(.floor(quotient)))
        return try rest.multiplied(by: quotient.divisor).adding(quotient.numerator).floorQuotient(by: product)
      }
    }
    return Polynomial(.floor(try FloorQuotient(self, dividedBy: divisor)))
  }
}
