/// The products of atoms that several dimensions are integer combinations of: formulas compiled for many values.
///
/// A dimension is the sum of its ``coefficients(of:)`` times ``monomials``. Evaluating the monomials once for a value and
/// each dimension as a scalar product gives what evaluating each dimension would.
public struct MonomialBasis: Sendable {
  /// Each a product of symbols, floor quotients and maxima with coefficient 1; in order of their first use.
  public private(set) var monomials: [Dimension] = []
  private var positions: [Monomial: Int] = [:]

  public init() {}

  /// The coefficients of `dimension` by position in ``monomials``, which grow by those not met before.
  /// - Throws: the failure of a failed dimension.
  public mutating func coefficients(
    of dimension: Dimension
  ) throws(DimensionError) -> [(monomial: Int, coefficient: Int)] {
    var result: [(monomial: Int, coefficient: Int)] = []
    for term in try dimension.polynomial().terms {
      let position = positions[term.monomial, default: monomials.count]
      if position == monomials.count {
        positions[term.monomial] = position
        monomials.append(Dimension(Polynomial(ordered: [Term(coefficient: 1, monomial: term.monomial)])))
      }
      result.append((position, term.coefficient))
    }
    return result
  }
}
