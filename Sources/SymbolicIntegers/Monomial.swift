/// One atom raised to a positive power.
struct Factor: Hashable, Sendable {
  let atom: Atom
  let exponent: Int
}

/// A product of distinct atoms in ascending order; the empty product is 1.
struct Monomial: Hashable, Sendable {
  static let one = Monomial(factors: [], degree: 0)

  let factors: [Factor]
  /// The sum of the exponents.
  let degree: Int

  var isOne: Bool { factors.isEmpty }

  init(_ atom: Atom) { self.init(factors: [Factor(atom: atom, exponent: 1)], degree: 1) }

  private init(factors: [Factor], degree: Int) {
    self.factors = factors
    self.degree = degree
  }

  /// The atom itself when the monomial is one atom to the first power.
  var soleAtom: Atom? { degree == 1 ? factors[0].atom : nil }

  /// Whether this monomial is written before `other`: higher degree first, then earlier atoms first.
  ///
  /// This is a monomial order: it survives multiplication of both sides by a monomial.
  func precedes(_ other: Monomial) -> Bool {
    if degree != other.degree { return degree > other.degree }
    for (left, right) in zip(factors, other.factors) where left != right {
      return left.atom == right.atom ? left.exponent > right.exponent : left.atom < right.atom
    }
    return false
  }

  func multiplied(by other: Monomial) throws(DimensionError) -> Monomial {
    if isOne { return other }
    if other.isOne { return self }
    let degree = try Checked.sum(degree, other.degree)
    var product: [Factor] = []
    product.reserveCapacity(factors.count + other.factors.count)
    var (i, j) = (0, 0)
    while i < factors.count, j < other.factors.count {
      let (left, right) = (factors[i], other.factors[j])
      if left.atom == right.atom {
        // Cannot overflow: the exponents add up to no more than the checked degree.
        product.append(Factor(atom: left.atom, exponent: left.exponent + right.exponent))
        i += 1
        j += 1
      } else if left.atom < right.atom {
        product.append(left)
        i += 1
      } else {
        product.append(right)
        j += 1
      }
    }
    product.append(contentsOf: factors[i...])
    product.append(contentsOf: other.factors[j...])
    return Monomial(factors: product, degree: degree)
  }

  /// The monomial that multiplied by `other` gives this one, or nil when there is none.
  func divided(by other: Monomial) -> Monomial? {
    if other.isOne { return self }
    guard degree >= other.degree else { return nil }
    var quotient: [Factor] = []
    var j = 0
    for factor in factors {
      guard j < other.factors.count, other.factors[j].atom == factor.atom else {
        quotient.append(factor)
        continue
      }
      let exponent = factor.exponent - other.factors[j].exponent
      if exponent < 0 { return nil }
      if exponent > 0 { quotient.append(Factor(atom: factor.atom, exponent: exponent)) }
      j += 1
    }
    return j == other.factors.count ? Monomial(factors: quotient, degree: degree - other.degree) : nil
  }
}

/// A monomial with its non-zero coefficient.
struct Term: Hashable, Sendable {
  let coefficient: Int
  let monomial: Monomial
}
