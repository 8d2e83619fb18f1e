extension Dimension {
  /// The quotient rounded toward minus infinity, whatever the signs.
  ///
  /// Fails for a divisor of zero. Laws, which hold as equality of dimensions: multiples of the divisor leave the bracket;
  /// a common factor cancels; `floor((floor(e / a) + c) / d) = floor((e + a * c) / (a * d))` where e and c have no floor
  /// quotient among their terms. So a side that five layers halve reads `floor((H+31)/32)`.
  @inlinable
  public func floorDivided(by divisor: Int) -> Dimension {
    if case .constant(let value) = storage, divisor > 0 {
      let quotient = value / divisor
      return Dimension(quotient * divisor > value ? quotient - 1 : quotient)
    }
    return generalFloorQuotient(by: divisor)
  }

  /// The quotient rounded toward plus infinity, whatever the signs: `floor((self + divisor - 1) / divisor)` for a
  /// positive divisor.
  ///
  /// Fails for a divisor of zero.
  @inlinable
  public func ceilDivided(by divisor: Int) -> Dimension {
    if case .constant(let value) = storage, divisor > 0 {
      let quotient = value / divisor
      return Dimension(quotient * divisor < value ? quotient + 1 : quotient)
    }
    return generalCeilQuotient(by: divisor)
  }

  /// The remainder with the sign of the divisor: `self - divisor * floor(self / divisor)`.
  ///
  /// Fails for a divisor of zero.
  public func modulo(_ divisor: Int) -> Dimension {
    if case .constant(let value) = storage, divisor != 0 {
      return Dimension(Checked.floorRemainder(value, divisor))
    }
    return self - floorDivided(by: divisor) * divisor
  }

  @usableFromInline
  func generalFloorQuotient(by divisor: Int) -> Dimension {
    Dimension { () throws(DimensionError) in
      let dividend = try polynomial()
      if divisor == 0 { throw .divisionByZero(dividend: excerpt) }
      if let constant { return Polynomial(try Checked.floorQuotient(constant, divisor)) }
      if divisor > 0 { return try dividend.floorQuotient(by: divisor) }
      return try dividend.multiplied(by: -1).floorQuotient(by: Checked.difference(0, divisor))
    }
  }

  @usableFromInline
  func generalCeilQuotient(by divisor: Int) -> Dimension {
    if divisor == 0 { return floorDivided(by: divisor) }
    if case .constant(let value) = storage {
      let quotient = floorDivided(by: divisor)
      return Checked.floorRemainder(value, divisor) == 0 ? quotient : quotient + 1
    }
    // ceil(e / d) is floor((e + d - 1) / d) for d > 0 and floor((e + d + 1) / d) for d < 0.
    return (self + (divisor > 0 ? divisor - 1 : divisor + 1)).floorDivided(by: divisor)
  }

  /// The quotient by a dimension: rounded toward minus infinity for a constant divisor, exact for a symbolic one.
  ///
  /// Fails for a divisor of zero, and for a symbolic divisor of which this is not a multiple.
  public func floorDivided(by divisor: Dimension) -> Dimension {
    if let divisor = divisor.constant { return floorDivided(by: divisor) }
    return Dimension { () throws(DimensionError) in
      let dividend = try polynomial()
      if let quotient = try dividend.exactQuotient(by: divisor.polynomial()) { return quotient }
      throw .inexactDivision(dividend: excerpt, divisor: divisor.excerpt)
    }
  }

  /// The quotient by a dimension: rounded toward plus infinity for a constant divisor, exact for a symbolic one.
  ///
  /// Fails as ``floorDivided(by:)-(Dimension)`` does.
  public func ceilDivided(by divisor: Dimension) -> Dimension {
    if let divisor = divisor.constant { return ceilDivided(by: divisor) }
    return floorDivided(by: divisor)
  }

  /// The dimension that multiplied by `divisor` gives this one; nil when there is none or the divisor is zero.
  ///
  /// A failed operand, an overflow and a quotient beyond ``DimensionLimits`` give a failed quotient.
  public func exactlyDivided(by divisor: Dimension) -> Dimension? {
    do {
      return try polynomial().exactQuotient(by: divisor.polynomial()).map { Dimension($0) }
    } catch {
      return Dimension(failure: error)
    }
  }
}

extension Dimension {
  /// The larger of two dimensions.
  ///
  /// Laws, which hold as equality of dimensions: `max(x + y, x + z) = x + max(y, z)`; a positive common factor leaves
  /// the bracket; maxima inside flatten; an argument that another exceeds by a constant drops out.
  public static func maximum(_ left: Dimension, _ right: Dimension) -> Dimension {
    if let left = left.constant, let right = right.constant { return Dimension(max(left, right)) }
    return Dimension { () throws(DimensionError) in
      try Polynomial.maximum(of: [left.polynomial(), right.polynomial()])
    }
  }

  /// The smaller of two dimensions: `-maximum(-left, -right)`.
  public static func minimum(_ left: Dimension, _ right: Dimension) -> Dimension {
    if let left = left.constant, let right = right.constant { return Dimension(min(left, right)) }
    return -maximum(-left, -right)
  }

  /// A short form of the text for error sentences.
  var excerpt: String {
    let text = description
    return text.utf8.count <= 80 ? text : text.prefix(77) + "..."
  }
}
