extension Polynomial {
  /// The largest of `arguments`, of which there is at least one, in canonical form.
  ///
  /// Laws: `max(x + y, x + z) = x + max(y, z)`; `max(k * x, k * y) = k * max(x, y)` for k > 0; maxima inside flatten;
  /// an argument that another exceeds by a constant drops out. What remains is `base + k * max(0, differences)`, where
  /// the base is the first argument in the order of ``precedes(_:)``.
  static func maximum(of arguments: [Polynomial]) throws(DimensionError) -> Polynomial {
    let pulled = try commonMaxima(of: arguments)
    var candidates: [Polynomial] = []
    for argument in arguments {
      try candidates.append(contentsOf: argument.subtracting(pulled).alternatives())
      try checkAlternatives(candidates.count)
    }
    candidates.sort { $0.precedes($1) }
    // Polynomials that differ by a constant stand side by side in this order, the largest last.
    let undominated = candidates.indices.filter { index in
      index + 1 == candidates.count
        || candidates[index].nonConstantTerms != candidates[index + 1].nonConstantTerms
    }.map { candidates[$0] }
    let base = undominated[0]
    let shifted = try pulled.adding(base)
    if undominated.count == 1 { return shifted }

    var commonFactor: UInt = 0
    var differences: [Polynomial] = []
    for candidate in undominated.dropFirst() {
      let difference = try candidate.subtracting(base)
      for term in difference.terms {
        commonFactor = Checked.greatestCommonDivisor(commonFactor, term.coefficient.magnitude)
      }
      differences.append(difference)
    }
    // The leading coefficients are positive, so the common factor fits in Int.
    let factor = Int(commonFactor)
    let atom = Atom.maximum(try Maximum(ofZeroAnd: differences.map { $0.dividingCoefficients(by: factor) }))
    return try shifted.adding(Polynomial(atom).multiplied(by: factor))
  }

  private func dividingCoefficients(by factor: Int) -> Polynomial {
    if factor == 1 { return self }
    return Polynomial(
      ordered: terms.map { Term(coefficient: $0.coefficient / factor, monomial: $0.monomial) })
  }

  private static func checkAlternatives(_ count: Int) throws(DimensionError) {
    if count > DimensionLimits.alternatives { throw .tooLarge(count: count, limit: DimensionLimits.alternatives) }
  }

  /// The maxima that occur as terms, each with its least coefficient over all `arguments`.
  private static func commonMaxima(of arguments: [Polynomial]) throws(DimensionError) -> Polynomial {
    var result = Polynomial.zero
    var seen: Set<Monomial> = []
    for argument in arguments {
      for term in argument.terms {
        guard case .maximum? = term.monomial.soleAtom, seen.insert(term.monomial).inserted else { continue }
        let least = arguments.lazy.map { $0.coefficient(of: term.monomial) }.min() ?? 0
        if least != 0 {
          result = try result.adding(Polynomial(checking: [Term(coefficient: least, monomial: term.monomial)]))
        }
      }
    }
    return result
  }

  func coefficient(of monomial: Monomial) -> Int {
    terms.first { $0.monomial == monomial }?.coefficient ?? 0
  }

  /// The polynomials of which this one is the largest, once every maximum among its terms is written out.
  private func alternatives() throws(DimensionError) -> [Polynomial] {
    var plain: [Term] = []
    var maxima: [(coefficient: Int, maximum: Maximum)] = []
    for term in terms {
      if case .maximum(let maximum)? = term.monomial.soleAtom {
        maxima.append((term.coefficient, maximum))
      } else {
        plain.append(term)
      }
    }
    var result = [Polynomial(ordered: plain)]
    for (coefficient, maximum) in maxima {
      try Self.checkAlternatives(result.count * (maximum.differences.count + 1))
      var expanded = result
      for difference in maximum.differences {
        let scaled = try difference.multiplied(by: coefficient)
        for alternative in result { expanded.append(try alternative.adding(scaled)) }
      }
      result = expanded
    }
    return result
  }
}
