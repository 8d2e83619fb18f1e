import Architectures
import NetworkGraph

/// Networks drawn from RegNet's design space: (d, w0, wa, wm, g) at random within bounds.
///
/// Radosavovic et al. 2020, section 3.3 and table 2: depth below 64, w0 and wa below 256, wm between 1.5 and 3, group
/// widths up to 32; widths log-uniform as the authors draw them. A draw depends on the seed and its number alone. Draws
/// that make no network are points without values: more or fewer than ``stages`` stages, or widths that shrink.
public struct RegNetSpace: PointSpace {
  /// What is drawn from, ends included.
  public struct Bounds: Hashable, Sendable {
    public var depth: ClosedRange<Int> = 12...28
    public var initialWidth: ClosedRange<Int> = 8...256
    public var slope: ClosedRange<Int> = 8...256
    /// In hundredths.
    public var multiplier: ClosedRange<Int> = 150...300
    public var groupWidth: ClosedRange<Int> = 8...32

    public init() {}

    var identity: String {
      func text(_ range: ClosedRange<Int>) -> String { "\(range.lowerBound)..\(range.upperBound)" }
      return "depth=\(text(depth)) initialWidth=\(text(initialWidth)) slope=\(text(slope)) "
        + "multiplierHundredths=\(text(multiplier)) groupWidth=\(text(groupWidth))"
    }
  }

  public let bounds: Bounds
  /// Stages that a network has.
  public let stages: Int
  public let count: Int
  public let seed: UInt64
  public let side: Int
  private let family: ScaledFamily
  private let squeezeRatio: Double

  public static let mostDraws = 100_000_000

  /// - Parameters:
  ///   - baseline: a RegNet of the catalogue, which gives everything that is not drawn: X or Y, classes, rounding.
  ///   - count: draws.
  /// - Throws: ``ScalingError``.
  public init(
    _ baseline: CatalogEntry, bounds: Bounds = Bounds(), stages: Int = 4, count: Int, seed: UInt64, side: Int? = nil
  ) throws(ScalingError) {
    family = try ScaledFamily(baseline)
    guard let network = baseline.architecture as? RegNet else {
      throw .notScalable(model: baseline.name, what: "design space", reason: "it is no RegNet")
    }
    guard (1...Self.mostDraws).contains(count) else {
      throw .axis(name: "the number of draws", value: "\(count)", rule: "it lies between 1 and \(Self.mostDraws)")
    }
    squeezeRatio = network.squeezeRatio
    (self.bounds, self.stages, self.count, self.seed) = (bounds, stages, count, seed)
    self.side = side ?? family.side
    guard (1...ScaledFamily.maximumSide).contains(self.side) else {
      throw .axis(
        name: "a resolution", value: "\(self.side)", rule: "it lies between 1 and \(ScaledFamily.maximumSide)")
    }
  }

  public let columns =
    [PointColumn("depth"), PointColumn("initialWidth"), PointColumn("slope", isInteger: false)]
    + [PointColumn("multiplier", isInteger: false), PointColumn("groupWidth")]
    + ["resolution", "parameters", "macs", "activations"].map { PointColumn($0) }

  public var blockSize: Int { 32 }

  public var identity: String {
    "sample \(family.identity) \(bounds.identity) stages=\(stages) seed=\(seed) resolution=\(side)"
  }

  public func key(of index: Int) -> String {
    let network = network(index)
    return "draw=\(index) depth=\(network.depth) initialWidth=\(network.initialWidth) slope=\(network.slope) "
      + "multiplier=\(network.multiplier) groupWidth=\(network.groupWidth)"
  }

  /// The parameters of a draw.
  public func network(_ index: Int) -> RegNet {
    var generator = SplitMix(state: seed &+ UInt64(index) &* 0x9E37_79B9_7F4A_7C15)
    func uniform(_ range: ClosedRange<Int>) -> Int { range.lowerBound + generator.next(below: range.count) }
    /// Multiples of 8, the logarithm of which is uniform.
    func logarithmic(_ range: ClosedRange<Int>) -> Int {
      let ratio = Double(range.upperBound) / Double(range.lowerBound)
      let value = Double(range.lowerBound) * exponential(ratio, generator.nextFraction())
      return min(max(Int((value / 8).rounded()) * 8, range.lowerBound), range.upperBound)
    }
    let depth = uniform(bounds.depth)
    let initial = logarithmic(bounds.initialWidth)
    let slope = logarithmic(bounds.slope)
    let multiplier = uniform(bounds.multiplier)
    let group = logarithmic(bounds.groupWidth)
    guard var network = family.baseline.architecture as? RegNet else {
      return RegNet(depth: depth, initialWidth: initial, slope: Double(slope), multiplier: 2, groupWidth: group)
    }
    (network.depth, network.initialWidth, network.groupWidth) = (depth, initial, group)
    (network.slope, network.multiplier) = (Double(slope), Double(multiplier) / 100)
    network.table = nil
    return network
  }

  public func graph(at index: Int) throws(ScalingError) -> Graph {
    let network = network(index)
    let found = network.stages.count
    guard found == stages else {
      throw .network(point: key(of: index), reason: "it has \(found) stages, not \(stages)")
    }
    return try family.graph(network, side: .init(side)) { key(of: index) }
  }

  public func rows(of range: Range<Int>) -> PointRows {
    var indices: [Int] = []
    var failures: [PointFailure] = []
    var integers = Array(repeating: [Int](), count: columns.count)
    var (slopes, multipliers): ([Double], [Double]) = ([], [])
    for index in range {
      do throws(ScalingError) {
        let costs = try NetworkCosts(try graph(at: index)) { key(of: index) }.values.map { $0.constant ?? 0 }
        let network = network(index)
        indices.append(index)
        slopes.append(network.slope)
        multipliers.append(network.multiplier)
        for (column, value) in zip(
          [0, 1, 4, 5, 6, 7, 8], [network.depth, network.initialWidth, network.groupWidth, side] + costs)
        {
          integers[column].append(value)
        }
      } catch {
        failures.append(PointFailure(index: index, reason: error.reason))
      }
    }
    let values = columns.indices.map { column -> PointValues in
      column == 2 ? .reals(slopes) : column == 3 ? .reals(multipliers) : .integers(integers[column])
    }
    return PointRows(indices: indices, values: values, failures: failures)
  }
}

/// Numbers that depend on a state alone, the same in every version of the language. Steele, Lea and Flood 2014.
private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A whole number from 0 on; `count` is far below 2^64, so that all are equally likely but for a part in 2^50.
  mutating func next(below count: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(count)).high) }

  /// From 0 to below 1.
  mutating func nextFraction() -> Double { Double(next() >> 11) * 0x1p-53 }
}

/// The empirical distribution of a number over networks: how large a part of them has at most each value.
///
/// Radosavovic et al. 2020, equation 1, where the number is the error.
public struct EmpiricalDistribution: Hashable, Sendable {
  /// Ascending.
  public let values: [Double]

  /// - Parameter values: numbers; what is no number is left out.
  public init(_ values: [Double]) { self.values = values.filter { !$0.isNaN }.sorted() }

  /// The part of the values that are at most `value`.
  public func share(upTo value: Double) -> Double {
    guard !values.isEmpty else { return 0 }
    var (low, high) = (0, values.count)
    while low < high {
      let middle = (low + high) / 2
      if values[middle] <= value { low = middle + 1 } else { high = middle }
    }
    return Double(low) / Double(values.count)
  }

  /// The least value that at least this part of the values do not exceed; nil for no values.
  public func quantile(_ share: Double) -> Double? {
    guard !values.isEmpty, share >= 0, share <= 1 else { return nil }
    let position = Int((share * Double(values.count)).rounded(.up)) - 1
    return values[min(max(0, position), values.count - 1)]
  }
}
