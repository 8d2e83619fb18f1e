import SymbolicIntegers

/// A quotient of two formulas, with what both share cancelled: symbols, integers, and the divisor where it divides.
///
/// Sums as common factors are not looked for. A failed operand makes a failed numerator over 1.
public struct ExactFraction: Hashable, Sendable {
  public private(set) var numerator: Dimension
  public private(set) var denominator: Dimension

  public init(_ numerator: Dimension, over denominator: Dimension = 1) {
    self.numerator = numerator
    self.denominator = denominator
    if let failure = numerator.failure ?? denominator.failure {
      self.numerator = Dimension(failure: failure)
      self.denominator = 1
      return
    }
    guard denominator != 1 else { return }
    if let quotient = numerator.exactlyDivided(by: denominator) {
      self.numerator = quotient
      self.denominator = 1
      return
    }
    for symbol in denominator.symbols { cancel(Dimension(symbol)) }
    cancel(Dimension(commonDivisor(self.numerator.content, self.denominator.content)))
    if let quotient = self.denominator.exactlyDivided(by: self.numerator), self.numerator != 1 {
      self.numerator = 1
      self.denominator = quotient
    }
  }

  /// Divides both sides by `factor` as often as it divides them.
  private mutating func cancel(_ factor: Dimension) {
    guard factor != 1, factor != 0 else { return }
    while let above = numerator.exactlyDivided(by: factor), let below = denominator.exactlyDivided(by: factor),
      above.failure == nil, below.failure == nil
    {
      (numerator, denominator) = (above, below)
    }
  }

  /// The quotient of two fractions.
  public static func / (left: ExactFraction, right: ExactFraction) -> ExactFraction {
    ExactFraction(left.numerator * right.denominator, over: left.denominator * right.numerator)
  }

  /// The value where it depends on no symbol.
  public var value: Double? {
    guard let above = numerator.constant, let below = denominator.constant, below != 0 else { return nil }
    return Double(above) / Double(below)
  }

  /// The fraction as a sum of one fraction for each term of the numerator, where the denominator is one term: `(k^2 +
  /// C)/(k^2*C)` is `1/C` and `1/k^2`.
  public var summands: [ExactFraction] {
    guard denominator != 1, denominator.terms.count == 1 else { return [self] }
    return numerator.terms.map { ExactFraction($0, over: denominator) }
  }
}

extension Dimension {
  /// The terms of a sum, the highest degree first; the dimension itself where it holds brackets.
  var terms: [Dimension] {
    let text = description
    guard !isConstant, failure == nil, !text.contains("(") else { return [self] }
    var terms: [Dimension] = []
    var isNegative = false
    for word in text.split(separator: " ") {
      if word == "+" || word == "-" {
        isNegative = word == "-"
      } else if let term = try? Dimension(parsing: String(word)) {
        terms.append(isNegative ? -term : term)
      }
    }
    return terms
  }

  /// The greatest common divisor of the coefficients; 1 for formulas with brackets.
  fileprivate var content: Int {
    var divisor = 0
    for term in terms {
      let ones = Dictionary(uniqueKeysWithValues: term.symbols.map { ($0, 1) })
      guard !term.description.contains("("), let coefficient = try? term.evaluated(with: ones) else { return 1 }
      divisor = commonDivisor(divisor, coefficient)
    }
    return divisor == 0 ? 1 : divisor
  }
}

/// The greatest common divisor; 1 where it leaves the range of `Int`.
func commonDivisor(_ left: Int, _ right: Int) -> Int {
  var (a, b) = (left.magnitude, right.magnitude)
  while b != 0 { (a, b) = (b, a % b) }
  return Int(exactly: a) ?? 1
}
