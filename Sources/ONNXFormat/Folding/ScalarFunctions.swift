import NetworkGraph
import SymbolicIntegers

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Elementwise.Function {
  /// The function of constant elements; nil where the result depends on symbols in a way no ``Scalar`` expresses.
  ///
  /// Division of whole numbers rounds toward zero, as ONNX has it; sizes, being positive, may be symbolic.
  func evaluate(_ arguments: [Scalar], isReal: Bool) -> Scalar? {
    switch arguments.count {
    case 1: return evaluate(arguments[0], isReal: isReal)
    case 2: return evaluate(arguments[0], arguments[1], isReal: isReal)
    default: break
    }
    switch self {
    case .where where arguments.count == 3:
      return arguments[0].isTrue ? arguments[1] : arguments[2]
    case .add, .minimum, .maximum:
      var result = arguments.first
      for argument in arguments.dropFirst() {
        guard let value = result else { return nil }
        result = evaluate(value, argument, isReal: isReal)
      }
      return result
    default: return nil
    }
  }

  private func evaluate(_ value: Scalar, isReal: Bool) -> Scalar? {
    switch self {
    case .add, .minimum, .maximum, .mean: return value
    case .not: return Scalar(!value.isTrue)
    case .floor, .ceiling, .round:
      guard case .real(let number) = value else { return value }
      let rounded = number.rounded(self == .floor ? .down : self == .ceiling ? .up : .toNearestOrEven)
      return .real(rounded)
    case .negate:
      if case .integer(let number) = value { return .integer(0 - number) }
      return value.real.map { .real(-$0) }
    case .absolute:
      if value.isSymbolic { return value }
      if case .integer(let number) = value { return .integer(Dimension.maximum(number, 0 - number)) }
      return value.real.map { .real(abs($0)) }
    case .sign:
      guard let order = Scalar.compare(value, .integer(0)) else { return nil }
      return .integer(Dimension(order))
    case .squareRoot: return isReal ? value.real.map { .real($0.squareRoot()) } : nil
    case .reciprocal: return isReal ? value.real.map { .real(1 / $0) } : nil
    case .exponential: return isReal ? value.real.map { .real(exp($0)) } : nil
    case .logarithm: return isReal ? value.real.map { .real(log($0)) } : nil
    case .sine: return isReal ? value.real.map { .real(sin($0)) } : nil
    case .cosine: return isReal ? value.real.map { .real(cos($0)) } : nil
    case .errorFunction: return isReal ? value.real.map { .real(erf($0)) } : nil
    default: return nil
    }
  }

  private func evaluate(_ left: Scalar, _ right: Scalar, isReal: Bool) -> Scalar? {
    switch self {
    case .and: return Scalar(left.isTrue && right.isTrue)
    case .or: return Scalar(left.isTrue || right.isTrue)
    case .xor: return Scalar(left.isTrue != right.isTrue)
    case .equal: return Scalar.compare(left, right).map { Scalar($0 == 0) }
    case .less: return Scalar.compare(left, right).map { Scalar($0 < 0) }
    case .lessOrEqual: return Scalar.compare(left, right).map { Scalar($0 <= 0) }
    case .greater: return Scalar.compare(left, right).map { Scalar($0 > 0) }
    case .greaterOrEqual: return Scalar.compare(left, right).map { Scalar($0 >= 0) }
    case .minimum where Scalar.compare(left, right) != nil:
      return Scalar.compare(left, right) == 1 ? right : left
    case .maximum where Scalar.compare(left, right) != nil:
      return Scalar.compare(left, right) == -1 ? right : left
    default: break
    }
    if isReal, let left = left.real, let right = right.real { return evaluate(left, right) }
    guard let left = left.dimension, let right = right.dimension else { return nil }
    return evaluate(left, right, isReal: isReal).map { .integer($0) }
  }

  private func evaluate(_ left: Double, _ right: Double) -> Scalar? {
    switch self {
    case .add: .real(left + right)
    case .subtract: .real(left - right)
    case .multiply: .real(left * right)
    case .divide: .real(left / right)
    case .power: .real(pow(left, right))
    case .modulo, .remainder:
      left >= 0 && right > 0 ? .real(left.truncatingRemainder(dividingBy: right)) : nil
    case .mean: .real((left + right) / 2)
    default: nil
    }
  }

  private func evaluate(_ left: Dimension, _ right: Dimension, isReal: Bool) -> Dimension? {
    switch self {
    case .add: return left + right
    case .subtract: return left - right
    case .multiply: return left * right
    case .minimum: return Dimension.minimum(left, right)
    case .maximum: return Dimension.maximum(left, right)
    case .power: return right.constant.flatMap { 0...64 ~= $0 ? left.power($0) : nil }
    case .divide:
      guard let divisor = right.constant, !isReal else { return left.exactlyDivided(by: right) }
      guard let dividend = left.constant else { return divisor > 0 ? left.floorDivided(by: divisor) : nil }
      let (quotient, overflow) = dividend.dividedReportingOverflow(by: divisor)
      return overflow ? nil : Dimension(quotient)
    case .modulo, .remainder:
      // These differ for negative numbers.
      guard let divisor = right.constant, divisor > 0, (left.constant ?? 0) >= 0 else { return nil }
      return left.modulo(divisor)
    default: return nil
    }
  }
}
