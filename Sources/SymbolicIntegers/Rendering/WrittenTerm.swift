/// A term as it is written: a polynomial's term, or one with a maximum that has taken in other terms.
struct WrittenTerm {
  var coefficient: Int
  var factors: [Factor]
  /// The largest or smallest of some polynomials, as a further factor.
  var extremum: Extremum?

  struct Extremum {
    var isMinimum: Bool
    var arguments: [Polynomial]
  }
}

extension Polynomial {
  /// The terms as they are written.
  ///
  /// A maximum is held as `base + k * max(0, differences)`. Where the base is still among the terms, it goes back into
  /// the brackets: `b + max(0, a - b)` is written `max(a, b)`, and `a - max(0, a - b)` is written `min(a, b)`.
  func writtenTerms() -> [WrittenTerm] {
    guard terms.contains(where: { $0.splitMaximum != nil }) else {
      return terms.map { WrittenTerm(coefficient: $0.coefficient, factors: $0.monomial.factors) }
    }
    var remaining: [Monomial: Int] = [:]
    for term in terms { remaining[term.monomial] = term.coefficient }
    var extrema: [Monomial: WrittenTerm] = [:]
    for term in terms {
      guard let (context, maximum) = term.splitMaximum else { continue }
      extrema[term.monomial] = term.written(maximum, times: context, absorbing: &remaining)
    }
    return terms.compactMap { term in
      if let written = extrema[term.monomial] { return written }
      guard let coefficient = remaining[term.monomial], coefficient != 0 else { return nil }
      return WrittenTerm(coefficient: coefficient, factors: term.monomial.factors)
    }
  }
}

extension Term {
  /// The last factor when it is a maximum to the first power, apart from the others.
  fileprivate var splitMaximum: (context: Monomial, maximum: Maximum)? {
    guard let last = monomial.factors.last, last.exponent == 1, case .maximum(let maximum) = last.atom,
      let context = monomial.divided(by: Monomial(last.atom))
    else { return nil }
    return (context, maximum)
  }

  /// This term with as much of the `remaining` terms inside its brackets as rids those of negative coefficients.
  fileprivate func written(
    _ maximum: Maximum, times context: Monomial, absorbing remaining: inout [Monomial: Int]
  ) -> WrittenTerm {
    let factors = context.factors
    let plain = WrittenTerm(
      coefficient: coefficient, factors: factors,
      extremum: .init(isMinimum: false, arguments: Self.inWritingOrder([.zero] + maximum.differences)))
    // -k * max(0, d) is k * min(0, -d).
    let isMinimum = coefficient < 0
    guard coefficient != .min, let differences = try? maximum.differences.negated(isMinimum) else { return plain }
    let scale = abs(coefficient)
    var shift = Polynomial.zero
    for monomial in Set(differences.flatMap { $0.terms.map(\.monomial) }) {
      let least = differences.lazy.map { $0.coefficient(of: monomial) }.min() ?? 0
      guard least < 0, let taken = try? Checked.product(least, scale),
        let product = try? context.multiplied(by: monomial), let available = remaining[product],
        available > 0, available.addingReportingOverflow(taken).partialValue >= 0,
        let positive = try? Checked.difference(0, least),
        let larger = try? shift.adding(Polynomial(checking: [Term(coefficient: positive, monomial: monomial)]))
      else { continue }
      remaining[product] = available + taken
      shift = larger
    }
    if shift.terms.isEmpty { return plain }
    // Adding a positive coefficient to a negative one and to zero cannot overflow; to a positive one it might.
    guard let arguments = try? differences.translated(by: shift) else { return plain }
    return WrittenTerm(
      coefficient: scale, factors: factors,
      extremum: .init(isMinimum: isMinimum, arguments: Self.inWritingOrder([shift] + arguments)))
  }

  /// A constant first, then the arguments with the earlier symbols.
  private static func inWritingOrder(_ arguments: [Polynomial]) -> [Polynomial] {
    arguments.filter { $0.constant != nil } + arguments.filter { $0.constant == nil }.sorted { $1.precedes($0) }
  }
}

extension [Polynomial] {
  fileprivate func negated(_ isNegated: Bool) throws(DimensionError) -> [Polynomial] {
    guard isNegated else { return self }
    var result: [Polynomial] = []
    for polynomial in self { result.append(try polynomial.multiplied(by: -1)) }
    return result
  }

  fileprivate func translated(by shift: Polynomial) throws(DimensionError) -> [Polynomial] {
    var result: [Polynomial] = []
    for polynomial in self { result.append(try polynomial.adding(shift)) }
    return result
  }
}
