import Architectures
import NetworkGraph

/// Factors alpha, beta and gamma on depth, width and resolution, of which alpha * beta^2 * gamma^2 is near a target,
/// and the networks that their powers alpha^phi, beta^phi and gamma^phi give.
///
/// MACs grow like depth times the square of width times the square of resolution, so that each step of phi multiplies
/// them by about the target. Rounding of repeats and channels makes the exact ratio another. Tan and Le 2019, section
/// 3.3.
///
/// Points are numbered with gamma running fastest, then beta, alpha and phi.
public struct SearchSpace: PointSpace {
  public let family: ScaledFamily
  public let alphas: ScalingAxis
  public let betas: ScalingAxis
  public let gammas: ScalingAxis
  public let phis: [Int]
  public let target: ExactDecimal
  public let tolerance: ExactDecimal
  /// Sides become multiples of this.
  public let resolutionMultiple: Int
  public let costs: FamilyCosts
  /// Parameters, MACs and activations of the baseline.
  public let baselineCosts: [Int]
  private let candidates: [Candidate]
  /// Products of candidates, as numerators over a power of ten.
  private let productScale: Int
  private let depths: [[(factor: Double, repeats: [Int])]]
  private let widths: [[Double]]
  /// Positions in the resolutions of ``costs``.
  private let places: [[Int]]

  /// Positions in the axes.
  struct Candidate: Sendable {
    var alpha: Int32
    var beta: Int32
    var gamma: Int32
  }

  /// The largest alpha, beta and gamma, and the most digits behind their points.
  public static let (largestFactor, mostDigits) = (10, 6)
  public static let largestPhi = 32
  public static let mostCombinations = 1_000_000_000
  public static let mostPoints = 2_000_000

  /// - Parameters:
  ///   - phis: ascending whole numbers from 1 on.
  ///   - target: what alpha * beta^2 * gamma^2 should be.
  ///   - tolerance: how far off it may be, on either side.
  /// - Throws: ``ScalingError``; ``ScalingError/infeasible(_:)`` where no point is within the tolerance.
  public init(
    _ family: ScaledFamily, alphas: ScalingAxis, betas: ScalingAxis, gammas: ScalingAxis, phis: [Int] = [1],
    target: ExactDecimal = ExactDecimal(2), tolerance: ExactDecimal, resolutionMultiple: Int = 1
  ) throws(ScalingError) {
    let constraint = try SearchConstraint(
      alphas: alphas, betas: betas, gammas: gammas, target: target, tolerance: tolerance)
    guard let last = phis.last, phis.allSatisfy({ $0 >= 1 }), last <= Self.largestPhi else {
      throw .axis(
        name: "phi", value: phis.map(String.init).joined(separator: ","),
        rule: "it takes whole numbers from 1 to \(Self.largestPhi)")
    }
    guard resolutionMultiple > 0, resolutionMultiple <= 1024 else {
      throw .axis(
        name: "the multiple of a resolution", value: "\(resolutionMultiple)", rule: "it lies between 1 and 1024")
    }
    try family.check(width: betas, groupWidth: ScalingAxis(1))
    candidates = try constraint.candidates(most: Self.mostPoints / phis.count)
    productScale = constraint.scale
    (self.family, self.phis, self.target, self.tolerance) = (family, phis, target, tolerance)
    (self.alphas, self.betas, self.gammas) = (alphas, betas, gammas)
    self.resolutionMultiple = resolutionMultiple
    for (name, axis) in [("alpha", alphas), ("beta", betas), ("gamma", gammas)] {
      let factor = CompoundScaling.power(axis.last, last)
      guard factor <= Double(ScaledFamily.maximumFactor) else {
        throw .axis(
          name: "\(name)^phi", value: "\(axis.last)^\(last)", rule: "it must be at most \(ScaledFamily.maximumFactor)")
      }
    }
    let architecture = family.architecture
    depths = phis.map { phi in
      alphas.values.map { alpha in
        let factor = CompoundScaling.power(alpha, phi)
        return (factor, architecture.deepened(by: factor, rounding: family.rounding))
      }
    }
    widths = phis.map { phi in betas.values.map { CompoundScaling.power($0, phi) } }
    let sides = phis.map { phi in
      gammas.values.map {
        CompoundScaling.side(family.side, times: CompoundScaling.power($0, phi), multiple: resolutionMultiple)
      }
    }
    let resolutions = Set(sides.joined()).union([family.side]).sorted()
    guard resolutions.last ?? 0 <= ScaledFamily.maximumSide else {
      throw .axis(
        name: "a resolution", value: "\(resolutions.last ?? 0)", rule: "it must be at most \(ScaledFamily.maximumSide)")
    }
    let positions = Dictionary(uniqueKeysWithValues: resolutions.enumerated().map { ($1, $0) })
    places = sides.map { $0.map { positions[$0] ?? 0 } }
    costs = FamilyCosts(
      family, resolutions: resolutions,
      extremes: [
        ScalingFactors(depth: depths[0][0].factor, width: widths[0][0]),
        ScalingFactors(depth: CompoundScaling.power(alphas.last, last), width: CompoundScaling.power(betas.last, last)),
      ])
    baselineCosts = try costs.built(ScalingFactors(), resolution: family.side)
  }

  public var count: Int { candidates.count * phis.count }

  public let columns =
    [
      PointColumn("alpha", isInteger: false), PointColumn("beta", isInteger: false),
      PointColumn("gamma", isInteger: false),
    ]
    + [PointColumn("phi"), PointColumn("product", isInteger: false)]
    + [PointColumn("depth", isInteger: false), PointColumn("width", isInteger: false)]
    + ["resolution", "parameters", "macs", "activations"].map { PointColumn($0) }
    + [PointColumn("idealRatio", isInteger: false), PointColumn("costRatio", isInteger: false)]
    + [PointColumn("score", isInteger: false)]

  public var identity: String {
    "search \(family.identity) alpha=\(alphas) beta=\(betas) gamma=\(gammas) target=\(target) tolerance=\(tolerance) "
      + "phi=\(phis.map(String.init).joined(separator: ",")) multiple=\(resolutionMultiple)"
  }

  public var blockSize: Int {
    if case .built = costs.method { return 16 }
    return 1 << 14
  }

  private func point(_ index: Int) -> (phi: Int, candidate: Candidate) {
    let (phi, candidate) = index.quotientAndRemainder(dividingBy: candidates.count)
    return (phi, candidates[candidate])
  }

  public func key(of index: Int) -> String {
    let (phi, candidate) = point(index)
    return "alpha=\(alphas.values[Int(candidate.alpha)]) beta=\(betas.values[Int(candidate.beta)]) "
      + "gamma=\(gammas.values[Int(candidate.gamma)]) phi=\(phis[phi])"
  }

  public func graph(at index: Int) throws(ScalingError) -> Graph {
    let (phi, candidate) = point(index)
    return try family.graph(
      ScalingFactors(depth: depths[phi][Int(candidate.alpha)].factor, width: widths[phi][Int(candidate.beta)]),
      side: costs.resolutions[places[phi][Int(candidate.gamma)]])
  }

  public func rows(of range: Range<Int>) -> PointRows {
    var costRows = CostRows(count: range.count)
    var index = range.lowerBound
    var sides: [Int] = []
    while index < range.upperBound {
      let (phi, first) = point(index)
      var end = index + 1
      var run = [places[phi][Int(first.gamma)]]
      while end < range.upperBound, case let (next, other) = point(end), next == phi, other.alpha == first.alpha,
        other.beta == first.beta
      {
        run.append(places[phi][Int(other.gamma)])
        end += 1
      }
      let depth = depths[phi][Int(first.alpha)]
      costRows.add(
        costs, ScalingFactors(depth: depth.factor, width: widths[phi][Int(first.beta)]), repeats: depth.repeats,
        places: run, at: index - range.lowerBound)
      sides += run.map { costs.resolutions[$0] }
      index = end
    }
    let points = range.map(point)
    func reals(_ value: ((phi: Int, candidate: Candidate)) -> Double) -> PointValues { .reals(points.map(value)) }
    let unit = Double(powerOfTen(min(18, productScale))) * Double(powerOfTen(max(0, productScale - 18)))
    let products = points.map { Double(product($0.candidate)) / unit }
    let baseline = Double(baselineCosts[1])
    let values: [PointValues] = [
      reals { alphas.values[Int($0.candidate.alpha)].double }, reals { betas.values[Int($0.candidate.beta)].double },
      reals { gammas.values[Int($0.candidate.gamma)].double }, .integers(points.map { phis[$0.phi] }), .reals(products),
      reals { depths[$0.phi][Int($0.candidate.alpha)].factor }, reals { widths[$0.phi][Int($0.candidate.beta)] },
      .integers(sides), .integers(costRows.values[0]), .integers(costRows.values[1]), .integers(costRows.values[2]),
      .reals(zip(products, points).map { CompoundScaling.power($0, phis[$1.phi]) }),
      .reals(costRows.values[1].map { Double($0) / baseline }),
      .reals(Array(repeating: .nan, count: range.count)),
    ]
    let failures = costRows.failures.map { PointFailure(index: range.lowerBound + $0.position, reason: $0.reason) }
    let result = PointRows(indices: Array(range), values: values, failures: failures)
    guard !failures.isEmpty else { return result }
    let failed = Set(failures.map(\.index))
    return result.selecting(result.indices.indices.filter { !failed.contains(result.indices[$0]) })
  }

  /// The numerator of alpha * beta^2 * gamma^2.
  private func product(_ candidate: Candidate) -> Int128 {
    SearchConstraint.product(
      alphas.values[Int(candidate.alpha)], betas.values[Int(candidate.beta)], gammas.values[Int(candidate.gamma)],
      scale: productScale)
  }

  /// The space of one point alone whatever its product: how a reference row is computed.
  public func reference(
    alpha: ExactDecimal, beta: ExactDecimal, gamma: ExactDecimal
  ) throws(ScalingError) -> SearchSpace {
    try SearchSpace(
      family, alphas: ScalingAxis(alpha), betas: ScalingAxis(beta), gammas: ScalingAxis(gamma), phis: phis,
      target: target, tolerance: ExactDecimal(SearchConstraint.largestTarget), resolutionMultiple: resolutionMultiple)
  }
}
