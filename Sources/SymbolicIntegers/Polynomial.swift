/// A sum of terms with distinct monomials in writing order: the general form of a ``Dimension``.
///
/// Two polynomials in the same atoms are equal as integers for every binding of the atoms exactly when they are `==`.
@usableFromInline
struct Polynomial: Hashable, Sendable {
  static let zero = Polynomial(ordered: [])

  let terms: [Term]

  init(ordered terms: [Term]) { self.terms = terms }

  init(_ constant: Int) {
    terms = constant == 0 ? [] : [Term(coefficient: constant, monomial: .one)]
  }

  init(_ atom: Atom) { terms = [Term(coefficient: 1, monomial: Monomial(atom))] }

  /// Checks the size of terms that are already in order, without zeros or repeated monomials.
  init(checking terms: [Term]) throws(DimensionError) {
    if terms.count > DimensionLimits.terms { throw .tooLarge(count: terms.count, limit: DimensionLimits.terms) }
    self.init(ordered: terms)
    let size = self.size
    if size > DimensionLimits.size { throw .tooLarge(count: size, limit: DimensionLimits.size) }
  }

  /// The value when no atom occurs.
  var constant: Int? {
    guard let first = terms.first else { return 0 }
    return first.monomial.isOne ? first.coefficient : nil
  }

  /// The coefficient of the monomial 1.
  var constantTerm: Int {
    guard let last = terms.last, last.monomial.isOne else { return 0 }
    return last.coefficient
  }

  var nonConstantTerms: ArraySlice<Term> {
    guard let last = terms.last, last.monomial.isOne else { return terms[...] }
    return terms.dropLast()
  }

  /// Terms and factors when written out.
  var size: Int {
    var size = 0
    for term in terms { size += 1 + term.monomial.size }
    return size
  }

  /// The depth of a bracket around this polynomial.
  func depthOfBracket() throws(DimensionError) -> Int {
    var depth = 0
    for term in terms {
      for factor in term.monomial.factors { depth = max(depth, factor.atom.depth) }
    }
    if depth >= DimensionLimits.depth { throw .tooDeep(limit: DimensionLimits.depth) }
    return depth + 1
  }

  /// Negative when `other - self` begins with a positive coefficient: a total order that no translation changes.
  func order(_ other: Polynomial) -> Int {
    for index in 0..<max(terms.count, other.terms.count) {
      guard index < terms.count else { return other.terms[index].coefficient > 0 ? -1 : 1 }
      guard index < other.terms.count else { return terms[index].coefficient < 0 ? -1 : 1 }
      let (left, right) = (terms[index], other.terms[index])
      let order = left.monomial.order(right.monomial)
      if order < 0 { return left.coefficient < 0 ? -1 : 1 }
      if order > 0 { return right.coefficient > 0 ? -1 : 1 }
      if left.coefficient != right.coefficient { return left.coefficient < right.coefficient ? -1 : 1 }
    }
    return 0
  }

  func precedes(_ other: Polynomial) -> Bool { order(other) < 0 }
}

extension Polynomial {
  func adding(_ other: Polynomial) throws(DimensionError) -> Polynomial {
    try merging(other) { (left, right) throws(DimensionError) in try Checked.sum(left, right) }
  }

  func subtracting(_ other: Polynomial) throws(DimensionError) -> Polynomial {
    try merging(other) { (left, right) throws(DimensionError) in try Checked.difference(left, right) }
  }

  /// Applies `combine` to the two coefficients of every monomial.
  private func merging(
    _ other: Polynomial, _ combine: (Int, Int) throws(DimensionError) -> Int
  ) throws(DimensionError) -> Polynomial {
    var result: [Term] = []
    result.reserveCapacity(terms.count + other.terms.count)
    var start = 0
    for term in other.terms {
      let (position, isShared) = position(of: term.monomial, from: start)
      result.append(contentsOf: terms[start..<position])
      let coefficient = try combine(isShared ? terms[position].coefficient : 0, term.coefficient)
      if coefficient != 0 { result.append(Term(coefficient: coefficient, monomial: term.monomial)) }
      start = isShared ? position + 1 : position
    }
    result.append(contentsOf: terms[start...])
    return try Polynomial(checking: result)
  }

  /// Where `monomial` stands or would stand among the terms from `start` on, and whether it does.
  ///
  /// The search doubles its stride, so that it is quick both for a near position and in a long sum.
  private func position(of monomial: Monomial, from start: Int) -> (position: Int, isPresent: Bool) {
    var (low, high) = (start, terms.count)
    var stride = 1
    while low < high {
      let middle = stride > 0 ? min(low + stride, high) - 1 : low + (high - low) / 2
      let order = terms[middle].monomial.order(monomial)
      if order == 0 { return (middle, true) }
      if order < 0 {
        low = middle + 1
        stride *= 2
      } else {
        high = middle
        stride = 0
      }
    }
    return (low, false)
  }

  func multiplied(by factor: Int) throws(DimensionError) -> Polynomial {
    if factor == 1 { return self }
    if factor == 0 { return .zero }
    var result: [Term] = []
    result.reserveCapacity(terms.count)
    for term in terms {
      result.append(
        Term(coefficient: try Checked.product(term.coefficient, factor), monomial: term.monomial))
    }
    return Polynomial(ordered: result)
  }

  func multiplied(by factor: Term) throws(DimensionError) -> Polynomial {
    if factor.monomial.isOne { return try multiplied(by: factor.coefficient) }
    var result: [Term] = []
    result.reserveCapacity(terms.count)
    for term in terms {
      result.append(
        Term(
          coefficient: try Checked.product(term.coefficient, factor.coefficient),
          monomial: try term.monomial.multiplied(by: factor.monomial)))
    }
    return try Polynomial(checking: result)
  }

  func multiplied(by other: Polynomial) throws(DimensionError) -> Polynomial {
    if other.terms.count == 1 { return try multiplied(by: other.terms[0]) }
    if terms.count == 1 { return try other.multiplied(by: terms[0]) }
    let count = terms.count * other.terms.count
    if count > DimensionLimits.products { throw .tooLarge(count: count, limit: DimensionLimits.products) }
    var products: [Term] = []
    products.reserveCapacity(count)
    for left in terms {
      for right in other.terms {
        products.append(
          Term(
            coefficient: try Checked.product(left.coefficient, right.coefficient),
            monomial: try left.monomial.multiplied(by: right.monomial)))
      }
    }
    products.sort { $0.monomial.order($1.monomial) < 0 }
    return try Polynomial(collecting: products)
  }

  /// Adds up the coefficients of equal monomials, which stand side by side.
  private init(collecting products: [Term]) throws(DimensionError) {
    var result: [Term] = []
    var start = 0
    while start < products.count {
      let monomial = products[start].monomial
      var coefficient = 0
      while start < products.count, products[start].monomial == monomial {
        coefficient = try Checked.sum(coefficient, products[start].coefficient)
        start += 1
      }
      if coefficient != 0 { result.append(Term(coefficient: coefficient, monomial: monomial)) }
    }
    try self.init(checking: result)
  }

  func raised(to exponent: Int) throws(DimensionError) -> Polynomial {
    var result = Polynomial(1)
    var square = self
    var remaining = exponent
    while remaining > 0 {
      if remaining & 1 == 1 { result = try result.multiplied(by: square) }
      remaining >>= 1
      if remaining > 0 { square = try square.multiplied(by: square) }
    }
    return result
  }

  /// The polynomial that multiplied by `divisor` gives this one, or nil when there is none; `divisor` is not zero.
  func exactQuotient(by divisor: Polynomial) throws(DimensionError) -> Polynomial? {
    guard let leading = divisor.terms.first else { return nil }
    var quotient: [Term] = []
    var remainder = self
    while let term = remainder.terms.first {
      let (coefficient, overflow) = term.coefficient.dividedReportingOverflow(by: leading.coefficient)
      if overflow { throw .overflow(term.coefficient, .division, leading.coefficient) }
      guard coefficient * leading.coefficient == term.coefficient,
        let monomial = term.monomial.divided(by: leading.monomial)
      else { return nil }
      if quotient.count == DimensionLimits.terms {
        throw .tooLarge(count: quotient.count + 1, limit: DimensionLimits.terms)
      }
      quotient.append(Term(coefficient: coefficient, monomial: monomial))
      remainder = try remainder.subtracting(divisor.multiplied(by: quotient[quotient.count - 1]))
    }
    return try Polynomial(checking: quotient)
  }
}
