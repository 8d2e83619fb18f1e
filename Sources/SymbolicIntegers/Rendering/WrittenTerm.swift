/// A term as it is written: a polynomial's term, or one with a maximum that has taken in other terms.
struct WrittenTerm {
  var coefficient: Int
  var factors: [Factor]
  /// The largest or smallest of some polynomials, as a further factor.
  var extremum: Extremum?

  struct Extremum {
    var isMinimum: Bool
    var arguments: [Polynomial]

    /// Puts constants first, then the arguments with the earlier symbols.
    init(isMinimum: Bool, arguments: [Polynomial]) {
      self.isMinimum = isMinimum
      let symbolic = arguments.filter { $0.constant == nil }.sorted { $1.precedes($0) }
      self.arguments = arguments.filter { $0.constant != nil } + symbolic
    }

    init(_ maximum: Maximum) { self.init(isMinimum: false, arguments: [.zero] + maximum.differences) }
  }
}

extension Polynomial {
  /// The terms as they are written.
  ///
  /// A maximum is held as `base + k * max(0, differences)`. What of the base is still among the terms goes back into
  /// the brackets: `b + max(0, a - b)` is written `max(a, b)`, and `a - max(0, a - b)` is written `min(a, b)`.
  func writtenTerms() -> [WrittenTerm] {
    guard terms.contains(where: { $0.splitMaximum != nil }) else {
      return terms.map { WrittenTerm(coefficient: $0.coefficient, factors: $0.monomial.factors) }
    }
    var remaining: [Monomial: Int] = [:]
    for term in terms where term.splitMaximum == nil { remaining[term.monomial] = term.coefficient }
    var extrema: [Monomial: WrittenTerm] = [:]
    for term in terms {
      guard let split = term.splitMaximum else { continue }
      let candidates = [true, false].compactMap {
        Absorption(of: remaining, into: split.maximum, times: split.context, term.coefficient, keepsSign: $0)
      }
      if let best = candidates.max(by: { $0.count < $1.count }), best.count > 0 {
        remaining = best.remaining
        extrema[term.monomial] = best.written
      } else {
        extrema[term.monomial] = WrittenTerm(
          coefficient: term.coefficient, factors: split.context.factors, extremum: .init(split.maximum))
      }
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
}

/// One way to write `k * context * max(0, differences)` together with some of the other terms.
///
/// Whatever the sign of k it can be written `|k| * max(0, d)`, `|k| * min(0, -d)`, or as the negative of either; the
/// arguments are then moved up, at the cost of the other terms, until no coefficient among them is negative.
private struct Absorption {
  var written: WrittenTerm
  var remaining: [Monomial: Int]
  /// How many of the other terms went in.
  var count = 0

  /// Nil when an integer on the way leaves the range of `Int`.
  init?(
    of terms: [Monomial: Int], into maximum: Maximum, times context: Monomial, _ coefficient: Int, keepsSign: Bool
  ) {
    remaining = terms
    // Keeping the sign of what is absorbed positive, a negative coefficient turns the maximum into a minimum.
    let isMinimum = (coefficient < 0) == keepsSign
    guard let magnitude = Int(exactly: coefficient.magnitude) else { return nil }
    do {
      var arguments = [Polynomial.zero]
      for difference in maximum.differences { arguments.append(try difference.multiplied(by: isMinimum ? -1 : 1)) }
      var shift = Polynomial.zero
      for monomial in Set(arguments.flatMap { $0.terms.map(\.monomial) }) {
        let lift = try Checked.difference(0, arguments.lazy.map { $0.coefficient(of: monomial) }.min() ?? 0)
        let product = try context.multiplied(by: monomial)
        let needed = try Checked.product(try Checked.product(lift, magnitude), keepsSign ? 1 : -1)
        guard lift > 0, let available = remaining[product], (available < 0) == (needed < 0),
          available.magnitude >= needed.magnitude
        else { continue }
        remaining[product] = available - needed
        shift = try shift.adding(Polynomial(checking: [Term(coefficient: lift, monomial: monomial)]))
        count += 1
      }
      for index in arguments.indices { arguments[index] = try arguments[index].adding(shift) }
      written = WrittenTerm(
        coefficient: keepsSign ? magnitude : -magnitude, factors: context.factors,
        extremum: .init(isMinimum: isMinimum, arguments: arguments))
    } catch {
      return nil
    }
  }
}
