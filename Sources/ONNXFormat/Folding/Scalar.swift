import NetworkGraph
import SymbolicIntegers

/// One element of a constant: exact where it is a whole number, so that sizes may stay symbolic.
///
/// A tensor of real numbers holds whole numbers as ``integer(_:)`` too: a size that was cast to float and back
/// survives. Truth values are 0 and 1.
enum Scalar: Hashable, Sendable {
  case integer(Dimension)
  case real(Double)

  /// The value as a real number; nil for a symbolic one.
  var real: Double? {
    switch self {
    case .integer(let value): value.constant.map(Double.init)
    case .real(let value): value
    }
  }

  /// The value as a whole number; nil for a fraction.
  var dimension: Dimension? {
    switch self {
    case .integer(let value): value
    case .real(let value): Int(exactly: value).map { Dimension($0) }
    }
  }

  var isSymbolic: Bool {
    if case .integer(let value) = self { return !value.isConstant }
    return false
  }

  init(_ truth: Bool) { self = .integer(truth ? 1 : 0) }

  /// Whether the value differs from 0. A symbolic value is a size: at least 1.
  var isTrue: Bool { real != 0 }

  /// The element converted to another type; nil where a number has no counterpart.
  func converted(to type: ElementType) -> Scalar? {
    switch type {
    case .bool: return Scalar(isTrue)
    case .other: return nil
    default: break
    }
    guard case .real(let value) = self, !type.isFloatingPoint else { return self }
    return Int(exactly: value.rounded(.towardZero)).map { .integer(Dimension($0)) }
  }
}

extension Scalar {
  /// The order of two values; nil where it depends on symbols.
  ///
  /// A symbolic value is a size: it is greater than 0 and than everything below.
  static func compare(_ left: Scalar, _ right: Scalar) -> Int? {
    if let left = left.real, let right = right.real { return left < right ? -1 : left == right ? 0 : 1 }
    guard case .integer(let a) = left, case .integer(let b) = right else { return nil }
    if let difference = (a - b).constant { return difference.signum() }
    if let value = b.constant, value <= 0 { return 1 }
    if let value = a.constant, value <= 0 { return -1 }
    return nil
  }
}
