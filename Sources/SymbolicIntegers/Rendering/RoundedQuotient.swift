/// A division that is rounded down inside a dimension: `floor(numerator / divisor)`.
public struct RoundedQuotient: Hashable, Sendable {
  public let numerator: Dimension
  /// At least 2.
  public let divisor: Int

  /// The quotient as a dimension of its own.
  public var dimension: Dimension { numerator.floorDivided(by: divisor) }

  fileprivate init(_ quotient: FloorQuotient) {
    numerator = Dimension(quotient.numerator)
    divisor = quotient.divisor
  }
}

extension Dimension {
  /// The divisions that are rounded down in this dimension, each once; what stands inside another precedes it.
  ///
  /// With ``naming(_:)`` a long formula is written over a few named sides.
  public var roundedQuotients: [RoundedQuotient] {
    guard case .polynomial(let polynomial) = storage else { return [] }
    var found: [RoundedQuotient] = []
    var seen: Set<RoundedQuotient> = []
    polynomial.collectQuotients(into: &found, &seen)
    return found
  }

  /// The dimension with the quotients in `names` replaced by symbols, the outermost first.
  ///
  /// Law: putting the quotients back for their symbols gives this dimension again.
  public func naming(_ names: [RoundedQuotient: Symbol]) -> Dimension {
    guard case .polynomial(let polynomial) = storage, !names.isEmpty else { return self }
    return Dimension { () throws(DimensionError) in try polynomial.naming(names) }
  }
}

extension Polynomial {
  fileprivate func collectQuotients(into found: inout [RoundedQuotient], _ seen: inout Set<RoundedQuotient>) {
    for term in terms {
      for factor in term.monomial.factors {
        switch factor.atom {
        case .symbol: continue
        case .maximum(let maximum):
          for difference in maximum.differences { difference.collectQuotients(into: &found, &seen) }
        case .floor(let quotient):
          quotient.numerator.collectQuotients(into: &found, &seen)
          let rounded = RoundedQuotient(quotient)
          if seen.insert(rounded).inserted { found.append(rounded) }
        }
      }
    }
  }

  fileprivate func naming(_ names: [RoundedQuotient: Symbol]) throws(DimensionError) -> Polynomial {
    var sum = Polynomial.zero
    for term in terms {
      var product = Polynomial(term.coefficient)
      for factor in term.monomial.factors {
        let value = try factor.atom.naming(names)
        product = try product.multiplied(by: value.raised(to: factor.exponent))
      }
      sum = try sum.adding(product)
    }
    return sum
  }
}

extension Atom {
  fileprivate func naming(_ names: [RoundedQuotient: Symbol]) throws(DimensionError) -> Polynomial {
    switch self {
    case .symbol: return Polynomial(self)
    case .floor(let quotient):
      if let symbol = names[RoundedQuotient(quotient)] { return Polynomial(.symbol(symbol)) }
      return try quotient.numerator.naming(names).floorQuotient(by: quotient.divisor)
    case .maximum(let maximum):
      var arguments = [Polynomial.zero]
      for difference in maximum.differences { arguments.append(try difference.naming(names)) }
      return try Polynomial.maximum(of: arguments)
    }
  }
}
