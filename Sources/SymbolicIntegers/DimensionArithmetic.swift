extension Dimension {
  @inlinable
  public static func + (left: Dimension, right: Dimension) -> Dimension {
    if case .constant(let a) = left.storage, case .constant(let b) = right.storage {
      let (sum, overflow) = a.addingReportingOverflow(b)
      if !overflow { return Dimension(sum) }
    }
    return left.generalSum(right)
  }

  @inlinable
  public static func - (left: Dimension, right: Dimension) -> Dimension {
    if case .constant(let a) = left.storage, case .constant(let b) = right.storage {
      let (difference, overflow) = a.subtractingReportingOverflow(b)
      if !overflow { return Dimension(difference) }
    }
    return left.generalDifference(right)
  }

  @inlinable
  public static func * (left: Dimension, right: Dimension) -> Dimension {
    if case .constant(let a) = left.storage, case .constant(let b) = right.storage {
      let (product, overflow) = a.multipliedReportingOverflow(by: b)
      if !overflow { return Dimension(product) }
    }
    return left.generalProduct(right)
  }

  @inlinable
  public static prefix func - (value: Dimension) -> Dimension { Dimension(0) - value }

  @usableFromInline
  func generalSum(_ other: Dimension) -> Dimension {
    // Tallies of symbolic networks are mostly zeros.
    if case .constant(0) = other.storage { return self }
    if case .constant(0) = storage { return other }
    return Dimension { () throws(DimensionError) in try polynomial().adding(other.polynomial()) }
  }

  @usableFromInline
  func generalDifference(_ other: Dimension) -> Dimension {
    if case .constant(0) = other.storage { return self }
    return Dimension { () throws(DimensionError) in try polynomial().subtracting(other.polynomial()) }
  }

  @usableFromInline
  func generalProduct(_ other: Dimension) -> Dimension {
    if case .constant(1) = other.storage { return self }
    if case .constant(1) = storage { return other }
    return Dimension { () throws(DimensionError) in try polynomial().multiplied(by: other.polynomial()) }
  }

  /// The dimension multiplied by itself `exponent` times; fails for a negative exponent.
  public func power(_ exponent: Int) -> Dimension {
    Dimension { () throws(DimensionError) in
      let base = try polynomial()
      if exponent < 0 { throw .negativeExponent(base: excerpt, exponent: exponent) }
      return try base.raised(to: exponent)
    }
  }
}

extension Dimension {
  @inlinable
  public static func + (left: Dimension, right: Int) -> Dimension { left + Dimension(right) }
  @inlinable
  public static func + (left: Int, right: Dimension) -> Dimension { Dimension(left) + right }
  @inlinable
  public static func - (left: Dimension, right: Int) -> Dimension { left - Dimension(right) }
  @inlinable
  public static func - (left: Int, right: Dimension) -> Dimension { Dimension(left) - right }
  @inlinable
  public static func * (left: Dimension, right: Int) -> Dimension { left * Dimension(right) }
  @inlinable
  public static func * (left: Int, right: Dimension) -> Dimension { Dimension(left) * right }

  @inlinable
  public static func += (left: inout Dimension, right: Dimension) { left = left + right }
  @inlinable
  public static func -= (left: inout Dimension, right: Dimension) { left = left - right }
  @inlinable
  public static func *= (left: inout Dimension, right: Dimension) { left = left * right }
  @inlinable
  public static func += (left: inout Dimension, right: Int) { left = left + right }
  @inlinable
  public static func -= (left: inout Dimension, right: Int) { left = left - right }
  @inlinable
  public static func *= (left: inout Dimension, right: Int) { left = left * right }

  @inlinable
  var isFailed: Bool {
    if case .failure = storage { return true }
    return false
  }

  /// The sum of `dimensions`; 0 for none.
  @inlinable
  public static func sum(_ dimensions: some Sequence<Dimension>) -> Dimension {
    var sum = Dimension(0)
    for dimension in dimensions where !sum.isFailed { sum += dimension }
    return sum
  }

  /// The product of `dimensions`; 1 for none.
  @inlinable
  public static func product(_ dimensions: some Sequence<Dimension>) -> Dimension {
    var product = Dimension(1)
    for dimension in dimensions where !product.isFailed { product *= dimension }
    return product
  }
}
