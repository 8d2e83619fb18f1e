/// Why a ``Dimension`` has no value: the reason behind a failed dimension, an evaluation or a parse.
public enum DimensionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The checked operation that went wrong.
  public enum Operation: String, Hashable, Sendable {
    case addition = "+"
    case subtraction = "-"
    case multiplication = "*"
    case division = "/"
  }

  /// A coefficient, an exponent or an evaluated value left the range of `Int`.
  case overflow(Int, Operation, Int)
  /// A division or remainder by zero; carries the text of the dividend.
  case divisionByZero(dividend: String)
  /// A division by a symbolic dimension that is not exact; carries the texts of both.
  case inexactDivision(dividend: String, divisor: String)
  /// A power with an exponent below zero; carries the text of the base.
  case negativeExponent(base: String, exponent: Int)
  /// An expression with more terms, factors or alternatives than ``DimensionLimits`` allows.
  case tooLarge(count: Int, limit: Int)
  /// An expression with more brackets inside one another than ``DimensionLimits`` allows.
  case tooDeep(limit: Int)
  /// Text that is not a valid symbol name.
  case invalidSymbol(String)
  /// An evaluation that met a symbol without a value.
  case unbound(Symbol)
  /// Assumptions that define symbols by one another.
  case cyclicAssumptions([Symbol])
  /// Assumptions that give one symbol two values.
  case conflictingAssumptions(Symbol, String, String)
  /// Text that is not a dimension; columns count characters from 1.
  case syntax(column: Int, expected: String, found: String)

  public var description: String {
    switch self {
    case .overflow(let left, let operation, let right):
      "\(left) \(operation.rawValue) \(right) overflows 64-bit integers"
    case .divisionByZero(let dividend):
      "\(dividend) cannot be divided by zero"
    case .inexactDivision(let dividend, let divisor):
      "\(dividend) is not a multiple of \(divisor)"
    case .negativeExponent(let base, let exponent):
      "\(base) cannot be raised to the negative power \(exponent)"
    case .tooLarge(let count, let limit):
      "an expression of size \(count) is larger than the limit of \(limit)"
    case .tooDeep(let limit):
      "an expression is nested deeper than the limit of \(limit) levels"
    case .invalidSymbol(let name):
      "'\(name)' is not a symbol name: a letter, then letters, digits and underscores"
    case .unbound(let symbol):
      "symbol \(symbol) has no value"
    case .cyclicAssumptions(let symbols):
      "assumptions define \(symbols.map(\.name).joined(separator: ", ")) in terms of one another"
    case .conflictingAssumptions(let symbol, let first, let second):
      "assumptions give \(symbol) two values, \(first) and \(second)"
    case .syntax(let column, let expected, let found):
      "column \(column): expected \(expected), found \(found)"
    }
  }
}

/// The bounds that keep every operation on a ``Dimension`` quick; beyond them the result is a failed dimension.
public enum DimensionLimits {
  /// Terms of one sum.
  public static let terms = 4096
  /// Terms and factors of a whole expression, those inside brackets included.
  public static let size = 16_384
  /// Brackets (floor, maximum) inside one another.
  public static let depth = 64
  /// Term-by-term products of one multiplication.
  public static let products = 16_384
  /// Arguments of one maximum, once flattened.
  public static let alternatives = 256
  /// Symbols of one set of ``Assumptions``.
  public static let assumptions = 256
  /// UTF-8 bytes of text that a parse accepts.
  public static let textLength = 1 << 22
  /// Parentheses inside one another that a parse accepts.
  public static let textDepth = 256
}
