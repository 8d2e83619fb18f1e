/// Compound scaling: depth, width and resolution grow together, as powers of constants.
///
/// Tan and Le 2019, equation 3: depth alpha^phi, width beta^phi, resolution gamma^phi.
public struct CompoundScaling: Hashable, Sendable {
  public var alpha: ExactDecimal
  public var beta: ExactDecimal
  public var gamma: ExactDecimal

  public init(alpha: ExactDecimal, beta: ExactDecimal, gamma: ExactDecimal) {
    self.alpha = alpha
    self.beta = beta
    self.gamma = gamma
  }

  /// The paper's constants, whose alpha * beta^2 * gamma^2 is 1.92027.
  public static let efficientNet = CompoundScaling(
    alpha: ExactDecimal(mantissa: 12, scale: 1), beta: ExactDecimal(mantissa: 11, scale: 1),
    gamma: ExactDecimal(mantissa: 115, scale: 2))

  /// alpha * beta^2 * gamma^2: what a step of phi is to multiply the work by.
  public var product: Double { alpha.double * beta.double * beta.double * gamma.double * gamma.double }

  /// Factors on depth and width, and the side that `side` becomes.
  /// - Parameter multiple: the side is the nearest multiple of this.
  public func callAsFunction(_ phi: Int, side: Int, multiple: Int = 1) -> (factors: ScalingFactors, side: Int) {
    (
      ScalingFactors(depth: Self.power(alpha, phi), width: Self.power(beta, phi)),
      Self.side(side, times: Self.power(gamma, phi), multiple: multiple)
    )
  }

  /// The power, exact as a decimal number where that has few enough digits, else as binary products give it.
  static func power(_ base: ExactDecimal, _ exponent: Int) -> Double {
    var exact: ExactDecimal? = ExactDecimal(1)
    for _ in 0..<exponent { exact = exact?.multiplied(by: base) }
    return exact?.double ?? power(base.double, exponent)
  }

  static func power(_ base: Double, _ exponent: Int) -> Double {
    var result = 1.0
    for _ in 0..<exponent { result *= base }
    return result
  }

  /// `side` times `factor` to the nearest multiple, at least one multiple.
  public static func side(_ side: Int, times factor: Double, multiple: Int) -> Int {
    let count = (Double(side) * factor / Double(multiple)).rounded()
    return count < Double(Int32.max) ? max(1, Int(count)) * multiple : Int(Int32.max)
  }
}
