/// An integer that may depend on symbols: a tensor side, a channel count, a number of operations.
///
/// A dimension is a polynomial with `Int` coefficients over symbols, floor quotients and maxima, and is canonical at
/// construction: `==` and `hash` compare structure and there is nothing to simplify. Equal dimensions have equal values
/// for every binding; dimensions that are polynomials in the same atoms and have equal values are equal.
///
/// Arithmetic never traps and never wraps. An operation that overflows, divides by zero or exceeds ``DimensionLimits``
/// gives a *failed* dimension: see ``failure``. As with a floating-point NaN, every operation on it fails as well, with
/// the first cause. Constants take a path without allocation.
@frozen
public struct Dimension: Hashable, Sendable {
  @usableFromInline
  @frozen
  enum Storage: Hashable, Sendable {
    case constant(Int)
    /// Not a constant.
    case polynomial(Polynomial)
    indirect case failure(DimensionError)
  }

  @usableFromInline let storage: Storage

  @inlinable
  init(storage: Storage) { self.storage = storage }

  /// Makes a constant.
  @inlinable
  public init(_ value: Int) { storage = .constant(value) }

  /// Makes the dimension that is `symbol` itself.
  public init(_ symbol: Symbol) { storage = .polynomial(Polynomial(.symbol(symbol))) }

  /// Makes a failed dimension.
  public init(failure: DimensionError) { storage = .failure(failure) }

  /// The dimension that is the symbol called `name`; failed when that is not a symbol name.
  public static func symbol(_ name: String) -> Dimension {
    if let symbol = Symbol(name) { return Dimension(symbol) }
    return Dimension(failure: .invalidSymbol(String(name.prefix(Symbol.maximumLength))))
  }

  @inlinable
  public static func == (left: Dimension, right: Dimension) -> Bool {
    if case .constant(let left) = left.storage, case .constant(let right) = right.storage { return left == right }
    return left.storage == right.storage
  }

  /// The value, when it depends on no symbol.
  // Not inlined: the optimiser of Swift 6.3.1 crashes on callers in other modules that map over the result.
  @inline(never)
  public var constant: Int? {
    if case .constant(let value) = storage { return value }
    return nil
  }

  public var isConstant: Bool { constant != nil }

  /// The magnitude of the largest coefficient, and the terms and factors when written out; nil for a failed dimension.
  ///
  /// Those of a sum are at most the sums of those of its parts.
  public var extent: (coefficient: UInt, size: Int)? {
    switch storage {
    case .constant(let value): (value.magnitude, 1)
    case .polynomial(let sum): (sum.terms.reduce(0) { max($0, $1.coefficient.magnitude) }, sum.size)
    case .failure: nil
    }
  }

  /// Why the dimension has no value; nil for every dimension that has one.
  public var failure: DimensionError? {
    if case .failure(let error) = storage { return error }
    return nil
  }
}

extension Dimension: ExpressibleByIntegerLiteral {
  @inlinable
  public init(integerLiteral value: Int) { self.init(value) }
}

extension Dimension {
  init(_ polynomial: Polynomial) {
    if let constant = polynomial.constant {
      storage = .constant(constant)
    } else {
      storage = .polynomial(polynomial)
    }
  }

  /// Runs an operation on polynomials; what it throws becomes the failure of the result.
  init(catching operation: () throws(DimensionError) -> Polynomial) {
    do {
      self.init(try operation())
    } catch {
      self.init(failure: error)
    }
  }

  /// The polynomial, of a constant too; throws the failure.
  func polynomial() throws(DimensionError) -> Polynomial {
    switch storage {
    case .constant(let value): return Polynomial(value)
    case .polynomial(let polynomial): return polynomial
    case .failure(let error): throw error
    }
  }
}

extension Dimension {
  /// The symbols that the dimension depends on, in ascending order.
  public var symbols: [Symbol] {
    guard case .polynomial(let polynomial) = storage else { return [] }
    var found: Set<Symbol> = []
    polynomial.collectSymbols(into: &found)
    return found.sorted()
  }
}

extension Dimension {
  /// Terms and factors of the whole expression, those inside brackets included: what ``DimensionLimits/size`` bounds.
  /// 1 for a constant.
  public var expressionSize: Int {
    guard case .polynomial(let polynomial) = storage else { return 1 }
    return polynomial.size
  }
}

extension Polynomial {
  func collectSymbols(into found: inout Set<Symbol>) {
    for term in terms {
      for factor in term.monomial.factors {
        switch factor.atom {
        case .symbol(let symbol): found.insert(symbol)
        case .floor(let quotient): quotient.numerator.collectSymbols(into: &found)
        case .maximum(let maximum):
          for difference in maximum.differences { difference.collectSymbols(into: &found) }
        }
      }
    }
  }
}
