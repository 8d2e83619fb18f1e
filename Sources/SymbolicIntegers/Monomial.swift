/// One atom raised to a positive power.
struct Factor: Hashable, Sendable {
  let atom: Atom
  let exponent: Int
}

/// A product of distinct atoms in ascending order; the empty product is 1.
struct Monomial: Hashable, Sendable {
  static let one = Monomial(factors: [], degree: 0, size: 0)

  let factors: [Factor]
  /// The sum of the exponents.
  let degree: Int
  /// Terms and factors of the written-out monomial.
  let size: Int

  var isOne: Bool { factors.isEmpty }

  init(_ atom: Atom) { self.init(factors: [Factor(atom: atom, exponent: 1)], degree: 1, size: atom.size) }

  private init(factors: [Factor], degree: Int, size: Int) {
    self.factors = factors
    self.degree = degree
    self.size = size
  }

  /// The atom itself when the monomial is one atom to the first power.
  var soleAtom: Atom? { degree == 1 ? factors[0].atom : nil }

  /// Negative when this monomial is written before `other`, zero when they are equal.
  ///
  /// Higher degrees come first, then earlier atoms. This is a monomial order: it survives multiplication of both sides
  /// by a monomial.
  func order(_ other: Monomial) -> Int {
    if degree != other.degree { return degree > other.degree ? -1 : 1 }
    // Of two products of one degree neither is a proper beginning of the other.
    for index in 0..<min(factors.count, other.factors.count) {
      let atoms = factors[index].atom.order(other.factors[index].atom)
      if atoms != 0 { return atoms }
      let (left, right) = (factors[index].exponent, other.factors[index].exponent)
      if left != right { return left > right ? -1 : 1 }
    }
    return 0
  }

  func multiplied(by other: Monomial) throws(DimensionError) -> Monomial {
    if isOne { return other }
    if other.isOne { return self }
    let degree = try Checked.sum(degree, other.degree)
    // Cannot overflow: every polynomial has at most DimensionLimits.size.
    var size = size + other.size
    var product: [Factor] = []
    product.reserveCapacity(factors.count + other.factors.count)
    var (i, j) = (0, 0)
    while i < factors.count, j < other.factors.count {
      let (left, right) = (factors[i], other.factors[j])
      let order = left.atom.order(right.atom)
      if order == 0 {
        // Cannot overflow: the exponents add up to no more than the checked degree.
        size -= left.atom.size
        product.append(Factor(atom: left.atom, exponent: left.exponent + right.exponent))
        i += 1
        j += 1
      } else if order < 0 {
        product.append(left)
        i += 1
      } else {
        product.append(right)
        j += 1
      }
    }
    product.append(contentsOf: factors[i...])
    product.append(contentsOf: other.factors[j...])
    return Monomial(factors: product, degree: degree, size: size)
  }

  /// The monomial that multiplied by `other` gives this one, or nil when there is none.
  func divided(by other: Monomial) -> Monomial? {
    if other.isOne { return self }
    guard degree >= other.degree else { return nil }
    var quotient: [Factor] = []
    var size = 0
    var j = 0
    for factor in factors {
      guard j < other.factors.count, other.factors[j].atom == factor.atom else {
        quotient.append(factor)
        size += factor.atom.size
        continue
      }
      let exponent = factor.exponent - other.factors[j].exponent
      if exponent < 0 { return nil }
      if exponent > 0 {
        quotient.append(Factor(atom: factor.atom, exponent: exponent))
        size += factor.atom.size
      }
      j += 1
    }
    guard j == other.factors.count else { return nil }
    return Monomial(factors: quotient, degree: degree - other.degree, size: size)
  }
}

/// A monomial with its non-zero coefficient.
struct Term: Hashable, Sendable {
  let coefficient: Int
  let monomial: Monomial
}
