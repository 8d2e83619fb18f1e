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

extension Atom {
  /// Negative when this atom comes before `other`, zero when they are equal.
  ///
  /// Symbols come first, by name, then floor quotients by numerator and divisor, then maxima.
  func order(_ other: Atom) -> Int {
    switch (self, other) {
    case (.symbol(let left), .symbol(let right)):
      return left == right ? 0 : left < right ? -1 : 1
    case (.floor(let left), .floor(let right)):
      if left === right { return 0 }
      let order = right.numerator.order(left.numerator)
      return order != 0 ? order : left.divisor - right.divisor
    case (.maximum(let left), .maximum(let right)):
      if left === right { return 0 }
      for (left, right) in zip(left.differences, right.differences) {
        let order = right.order(left)
        if order != 0 { return order }
      }
      return right.differences.count - left.differences.count
    case (.symbol, _), (.floor, .maximum): return -1
    case (.floor, .symbol), (.maximum, _): return 1
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
