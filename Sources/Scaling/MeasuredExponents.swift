#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// By which powers of a growth s a family's exact costs grow when a rule scales it: beside the laws, which hold where
/// nothing is rounded and every layer scales.
public struct MeasuredExponents: Hashable, Sendable {
  public let rule: ScalingRule
  public let parameters: Double
  public let macs: Double
  public let activations: Double
  /// The largest growth that took part.
  public let largestGrowth: Double

  /// Growths to which the exponents are fitted; those without a network are left out.
  public static let growths = [1.0, 1.5, 2, 3, 4, 6, 8, 12, 16]

  /// The slopes of least squares through the logarithms of costs over those of growths.
  /// - Throws: ``ScalingError`` where there are fewer than three networks.
  public init(_ family: ScaledFamily, _ rule: ScalingRule) throws(ScalingError) {
    let isGrouped = family.architecture.regrouped { $0 } != nil
    var logarithms: [[Double]] = []
    var failure: ScalingError?
    for growth in Self.growths {
      var (factors, resolution) = rule.factors(growth: growth)
      if !isGrouped { factors.groupWidth = 1 }
      // The code's multiple for resolutions; the baseline's need not be one.
      let side = resolution == 1 ? family.side : CompoundScaling.side(family.side, times: resolution, multiple: 4)
      do throws(ScalingError) {
        let costs = try NetworkCosts(try family.graph(factors, side: side)) { "growth \(growth)" }
        logarithms.append([log(growth)] + costs.values.map { log(Double($0.constant ?? 0)) })
      } catch {
        failure = error
      }
    }
    if logarithms.count < 3 {
      throw failure ?? .network(point: "all growths", reason: "there are fewer than three networks")
    }
    func slope(_ column: Int) -> Double {
      let count = Double(logarithms.count)
      let (x, y) = (logarithms.reduce(0) { $0 + $1[0] } / count, logarithms.reduce(0) { $0 + $1[column] } / count)
      let square = logarithms.reduce(0) { $0 + ($1[0] - x) * ($1[0] - x) }
      return logarithms.reduce(0) { $0 + ($1[0] - x) * ($1[column] - y) } / square
    }
    self.rule = rule
    (parameters, macs, activations) = (slope(1), slope(2), slope(3))
    largestGrowth = exp(logarithms[logarithms.count - 1][0])
  }
}
