import NetworkGraph

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Functions of single numbers, in float64.

func exponential(_ x: Double) -> Double { exp(x) }

func logarithm(_ x: Double) -> Double { log(x) }

func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

/// The reciprocal of 1 + e^-x, without overflow.
private func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

/// Under another name, since a case of the enumeration below has this one.
private func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }

private func softPlus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

extension Activation.Function {
  /// The function as its case documents it; nil for one whose parameter is a tensor.
  var scalar: ((Double) -> Double)? {
    switch self {
    case .relu: return { $0 > 0 || $0.isNaN ? $0 : 0 }
    case .relu6: return { min(max($0, 0), 6) }
    case .clip(let lower, let upper): return { min(max($0, lower), upper) }
    case .leakyReLU(let slope): return { $0 >= 0 ? $0 : slope * $0 }
    case .preLU: return nil
    case .thresholdedReLU(let threshold): return { $0 > threshold ? $0 : 0 }
    case .sigmoid: return logistic
    case .hardSigmoid(let alpha, let beta): return { min(max(alpha * $0 + beta, 0), 1) }
    case .tanh: return hyperbolicTangent
    case .silu: return { $0 * logistic($0) }
    case .hardSwish: return { $0 * min(max($0 / 6 + 0.5, 0), 1) }
    case .gelu: return { $0 * (1 + erf($0 / 2.squareRoot())) / 2 }
    case .geluTanh:
      let scale = (2 / Double.pi).squareRoot()
      return { $0 * (1 + hyperbolicTangent(scale * ($0 + 0.044715 * $0 * $0 * $0))) / 2 }
    case .mish: return { $0 * hyperbolicTangent(softPlus($0)) }
    case .softplus: return softPlus
    case .softsign: return { $0 / (1 + abs($0)) }
    case .elu(let alpha): return { $0 >= 0 ? $0 : alpha * expm1($0) }
    case .selu(let alpha, let scale): return { scale * ($0 >= 0 ? $0 : alpha * expm1($0)) }
    case .celu(let alpha): return { max(0, $0) + min(0, alpha * expm1($0 / alpha)) }
    }
  }
}

extension Elementwise.Function {
  /// The function of one number; nil for functions of several.
  var unary: ((Double) -> Double)? {
    switch self {
    case .not: { $0 == 0 ? 1 : 0 }
    case .exponential: { exp($0) }
    case .logarithm: { log($0) }
    case .squareRoot: { $0.squareRoot() }
    case .reciprocal: { 1 / $0 }
    case .errorFunction: { erf($0) }
    case .absolute: { abs($0) }
    case .negate: { -$0 }
    case .sign: { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 }
    case .floor: { $0.rounded(.down) }
    case .ceiling: { $0.rounded(.up) }
    case .round: { $0.rounded(.toNearestOrEven) }
    case .sine: { sin($0) }
    case .cosine: { cos($0) }
    default: nil
    }
  }

  /// The function of two numbers, of which functions of more are chains; nil for others.
  /// - Parameter isInteger: whether the numbers stand for integers, whose quotient is cut toward zero.
  func binary(isInteger: Bool) -> ((Double, Double) -> Double)? {
    switch self {
    case .add, .mean: { $0 + $1 }
    case .subtract: { $0 - $1 }
    case .multiply: { $0 * $1 }
    case .divide: isInteger ? { $1 == 0 ? 0 : ($0 / $1).rounded(.towardZero) } : { $0 / $1 }
    case .power: { pow($0, $1) }
    case .modulo:
      {
        let rest = $0.truncatingRemainder(dividingBy: $1)
        return rest != 0 && (rest < 0) != ($1 < 0) ? rest + $1 : rest
      }
    case .remainder: { $0.truncatingRemainder(dividingBy: $1) }
    case .minimum: { $0.isNaN || $1.isNaN ? .nan : min($0, $1) }
    case .maximum: { $0.isNaN || $1.isNaN ? .nan : max($0, $1) }
    case .equal: { $0 == $1 ? 1 : 0 }
    case .less: { $0 < $1 ? 1 : 0 }
    case .lessOrEqual: { $0 <= $1 ? 1 : 0 }
    case .greater: { $0 > $1 ? 1 : 0 }
    case .greaterOrEqual: { $0 >= $1 ? 1 : 0 }
    case .and: { $0 != 0 && $1 != 0 ? 1 : 0 }
    case .or: { $0 != 0 || $1 != 0 ? 1 : 0 }
    case .xor: { ($0 != 0) != ($1 != 0) ? 1 : 0 }
    default: nil
    }
  }
}
