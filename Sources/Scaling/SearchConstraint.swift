/// alpha * beta^2 * gamma^2 within a tolerance of a target, over three axes, exactly.
struct SearchConstraint {
  let alphas: ScalingAxis
  let betas: ScalingAxis
  let gammas: ScalingAxis
  let target: ExactDecimal
  let tolerance: ExactDecimal
  /// Products are numerators over 10 to this power.
  let scale: Int
  private let (least, most): (Int128, Int128)

  static let largestTarget = 100_000

  init(
    alphas: ScalingAxis, betas: ScalingAxis, gammas: ScalingAxis, target: ExactDecimal, tolerance: ExactDecimal
  ) throws(ScalingError) {
    let digits = SearchSpace.mostDigits
    for (name, axis) in [("alpha", alphas), ("beta", betas), ("gamma", gammas)] {
      guard axis.first.mantissa > 0 else {
        throw .axis(name: name, value: "\(axis.first)", rule: "it must lie above 0")
      }
      guard axis.last <= ExactDecimal(SearchSpace.largestFactor) else {
        throw .axis(name: name, value: "\(axis.last)", rule: "it must be at most \(SearchSpace.largestFactor)")
      }
      if let value = axis.values.first(where: { $0.scale > digits }) {
        throw .axis(name: name, value: "\(value)", rule: "it may have \(digits) digits behind the point")
      }
    }
    for (name, value) in [("the target", target), ("the tolerance", tolerance)] {
      guard value.mantissa >= 0, value <= ExactDecimal(Self.largestTarget), value.scale <= digits else {
        throw .axis(
          name: name, value: "\(value)",
          rule: "it lies between 0 and \(Self.largestTarget), with \(digits) digits behind the point")
      }
    }
    (self.alphas, self.betas, self.gammas) = (alphas, betas, gammas)
    (self.target, self.tolerance) = (target, tolerance)
    func scale(_ axis: ScalingAxis) -> Int { axis.values.lazy.map(\.scale).max() ?? 0 }
    self.scale = max(
      scale(alphas) + 2 * scale(betas) + 2 * scale(gammas), target.scale, tolerance.scale)
    // At most 10^5 * 10^30, well within 128 bits.
    let (middle, width) = (Self.numerator(target, self.scale), Self.numerator(tolerance, self.scale))
    (least, most) = (middle - width, middle + width)
  }

  static func product(_ alpha: ExactDecimal, _ beta: ExactDecimal, _ gamma: ExactDecimal, scale: Int) -> Int128 {
    let digits = alpha.scale + 2 * (beta.scale + gamma.scale)
    let (beta, gamma) = (Int128(beta.mantissa), Int128(gamma.mantissa))
    return Int128(alpha.mantissa) * beta * beta * gamma * gamma * power(scale - digits)
  }

  private static func numerator(_ value: ExactDecimal, _ scale: Int) -> Int128 {
    Int128(value.mantissa) * power(scale - value.scale)
  }

  private static func power(_ exponent: Int) -> Int128 {
    Int128(powerOfTen(min(18, exponent))) * Int128(powerOfTen(max(0, exponent - 18)))
  }

  /// The points within the tolerance, gamma running fastest.
  /// - Throws: ``ScalingError/infeasible(_:)`` where there are none, ``ScalingError/tooMany(what:count:limit:)``.
  func candidates(most limit: Int) throws(ScalingError) -> [SearchSpace.Candidate] {
    let (pairs, overflow) = alphas.count.multipliedReportingOverflow(by: betas.count)
    let (all, carry) = pairs.multipliedReportingOverflow(by: gammas.count)
    guard !overflow, !carry, all <= SearchSpace.mostCombinations else {
      throw .tooMany(
        what: "combinations", count: carry || overflow ? "over 2^63" : "\(all)", limit: SearchSpace.mostCombinations)
    }
    // Ascending numbers over one denominator: for each alpha and beta the gammas within the tolerance are a run.
    func numerators(_ axis: ScalingAxis, _ exponent: Int) -> (values: [Int128], scale: Int) {
      let scale = axis.values.lazy.map(\.scale).max() ?? 0
      return (
        axis.values.map { value in
          let number = Self.numerator(value, scale)
          return exponent == 2 ? number * number : number
        }, scale * exponent
      )
    }
    let (a, b, c) = (numerators(alphas, 1), numerators(betas, 2), numerators(gammas, 2))
    let unit = Self.power(scale - a.scale - b.scale - c.scale)
    var result: [SearchSpace.Candidate] = []
    for (alpha, first) in a.values.enumerated() {
      for (beta, second) in b.values.enumerated() {
        let pair = first * second * unit
        var (low, high) = (0, c.values.count)
        while low < high {
          let middle = (low + high) / 2
          if pair * c.values[middle] < least { low = middle + 1 } else { high = middle }
        }
        while low < c.values.count, pair * c.values[low] <= most {
          guard result.count < limit else {
            throw .tooMany(what: "points within the tolerance", count: "over \(limit)", limit: limit)
          }
          result.append(.init(alpha: Int32(alpha), beta: Int32(beta), gamma: Int32(low)))
          low += 1
        }
      }
    }
    guard !result.isEmpty else { throw .infeasible(infeasibility) }
    return result
  }

  /// Why no point is within the tolerance, and what comes closest.
  private var infeasibility: String {
    let axes = [("alpha", alphas, 1.0), ("beta", betas, 2.0), ("gamma", gammas, 2.0)]
    func product(_ ends: [Double]) -> Double { ends[0] * ends[1] * ends[1] * ends[2] * ends[2] }
    let (lows, highs) = (axes.map(\.1.first.double), axes.map(\.1.last.double))
    let head = "no alpha*beta^2*gamma^2 lies within \(tolerance) of \(target)"
    let (least, most) = (target.double - tolerance.double, target.double + tolerance.double)
    func closest(_ ends: [Double], to wanted: Double, _ which: String) -> String {
      // The bound that has to move by the smallest part, the others staying where they are.
      let moved = axes.indices.map { ends[$0] * Self.root(wanted / product(ends), axes[$0].2) }
      let best = axes.indices.min { abs(moved[$0] / ends[$0] - 1) < abs(moved[$1] / ends[$1] - 1) } ?? 0
      return "the bound closest to it is \(axes[best].0)'s \(which) one, \(ends[best]), "
        + "which would have to be \(Self.rounded(moved[best], up: wanted == least))"
    }
    if product(highs) < least {
      return "\(head): at their upper bounds it is \(Self.rounded(product(highs), up: false)); "
        + closest(highs, to: least, "upper")
    }
    if product(lows) > most {
      return "\(head): at their lower bounds it is \(Self.rounded(product(lows), up: true)); "
        + closest(lows, to: most, "lower")
    }
    return "\(head): the steps pass over it; take smaller ones, or a larger tolerance"
  }

  private static func root(_ value: Double, _ exponent: Double) -> Double {
    exponent == 2 ? value.squareRoot() : value
  }

  private static func rounded(_ value: Double, up: Bool) -> Double {
    (value * 10_000).rounded(up ? .up : .down) / 10_000
  }
}
