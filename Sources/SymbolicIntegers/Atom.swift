/// What a monomial multiplies: a symbol, a floor quotient or a maximum.
enum Atom: Hashable, Sendable {
  case symbol(Symbol)
  case floor(FloorQuotient)
  case maximum(Maximum)

  /// Terms and factors of the written-out atom.
  var size: Int {
    switch self {
    case .symbol: 1
    case .floor(let quotient): quotient.size
    case .maximum(let maximum): maximum.size
    }
  }

  /// Brackets inside one another.
  var depth: Int {
    switch self {
    case .symbol: 0
    case .floor(let quotient): quotient.depth
    case .maximum(let maximum): maximum.depth
    }
  }
}

extension Atom: Comparable {
  /// Symbols by name, then floor quotients by numerator and divisor, then maxima.
  static func < (left: Atom, right: Atom) -> Bool {
    switch (left, right) {
    case (.symbol(let left), .symbol(let right)): left < right
    case (.floor(let left), .floor(let right)):
      left !== right
        && (left.numerator == right.numerator
          ? left.divisor < right.divisor : right.numerator.precedes(left.numerator))
    case (.maximum(let left), .maximum(let right)):
      left !== right
        && right.differences.lexicographicallyPrecedes(left.differences) { $0.precedes($1) }
    case (.symbol, _), (.floor, .maximum): true
    case (.floor, .symbol), (.maximum, _): false
    }
  }
}

/// The integer `floor(numerator / divisor)`, reduced as ``Polynomial/floorQuotient(by:)`` leaves it.
///
/// The divisor is at least 2; every coefficient lies in `0..<divisor`; no factor is common to the divisor and all the
/// non-constant coefficients.
final class FloorQuotient: Hashable, Sendable {
  let numerator: Polynomial
  let divisor: Int
  let size: Int
  let depth: Int

  init(_ numerator: Polynomial, dividedBy divisor: Int) throws(DimensionError) {
    self.numerator = numerator
    self.divisor = divisor
    size = numerator.size + 1
    depth = try numerator.depthOfBracket()
  }

  static func == (left: FloorQuotient, right: FloorQuotient) -> Bool {
    left === right || left.divisor == right.divisor && left.numerator == right.numerator
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(divisor)
    hasher.combine(numerator)
  }
}

/// The largest of zero and some polynomials, reduced as ``Polynomial/maximum(of:)`` leaves it.
///
/// The differences ascend, begin with a positive coefficient, have no common factor and contain no maximum as a term.
final class Maximum: Hashable, Sendable {
  let differences: [Polynomial]
  let size: Int
  let depth: Int

  init(ofZeroAnd differences: [Polynomial]) throws(DimensionError) {
    var size = 1
    var depth = 0
    for difference in differences {
      size += difference.size
      depth = max(depth, try difference.depthOfBracket())
    }
    if size > DimensionLimits.size { throw .tooLarge(count: size, limit: DimensionLimits.size) }
    self.differences = differences
    self.size = size
    self.depth = depth
  }

  static func == (left: Maximum, right: Maximum) -> Bool {
    left === right || left.differences == right.differences
  }

  func hash(into hasher: inout Hasher) { hasher.combine(differences) }
}
