/// Integer arithmetic that throws ``DimensionError/overflow(_:_:_:)`` where the standard operators would trap.
enum Checked {
  static func sum(_ left: Int, _ right: Int) throws(DimensionError) -> Int {
    let (value, overflow) = left.addingReportingOverflow(right)
    if overflow { throw .overflow(left, .addition, right) }
    return value
  }

  static func difference(_ left: Int, _ right: Int) throws(DimensionError) -> Int {
    let (value, overflow) = left.subtractingReportingOverflow(right)
    if overflow { throw .overflow(left, .subtraction, right) }
    return value
  }

  static func product(_ left: Int, _ right: Int) throws(DimensionError) -> Int {
    let (value, overflow) = left.multipliedReportingOverflow(by: right)
    if overflow { throw .overflow(left, .multiplication, right) }
    return value
  }

  static func power(_ base: Int, _ exponent: Int) throws(DimensionError) -> Int {
    if exponent == 1 { return base }
    var result = 1
    var square = base
    var remaining = exponent
    while remaining > 0 {
      if remaining & 1 == 1 { result = try product(result, square) }
      remaining >>= 1
      if remaining > 0 { square = try product(square, square) }
    }
    return result
  }

  /// The quotient rounded toward minus infinity; `divisor` is not zero.
  static func floorQuotient(_ dividend: Int, _ divisor: Int) throws(DimensionError) -> Int {
    let (quotient, overflow) = dividend.dividedReportingOverflow(by: divisor)
    if overflow { throw .overflow(dividend, .division, divisor) }
    let remainder = dividend % divisor
    return remainder != 0 && (remainder < 0) != (divisor < 0) ? quotient - 1 : quotient
  }

  /// The remainder that has the sign of `divisor`, which is not zero.
  static func floorRemainder(_ dividend: Int, _ divisor: Int) -> Int {
    let remainder = dividend.remainderReportingOverflow(dividingBy: divisor).partialValue
    return remainder != 0 && (remainder < 0) != (divisor < 0) ? remainder + divisor : remainder
  }

  /// The greatest common divisor of two magnitudes; that of zero and x is x.
  static func greatestCommonDivisor(_ left: UInt, _ right: UInt) -> UInt {
    var (left, right) = (left, right)
    while right != 0 { (left, right) = (right, left % right) }
    return left
  }
}
