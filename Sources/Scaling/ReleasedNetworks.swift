import Architectures
import NetworkGraph

/// The released networks of a family beside what its rules of scaling make of the baseline.
public struct ReleasedNetworks: Sendable {
  /// One network of the catalogue.
  public struct Member: Sendable {
    public var entry: CatalogEntry
    public var side: Int
    /// Blocks of each stage.
    public var repeats: [Int]
    /// Blocks over those of the baseline, stage by stage, as far as both have stages.
    public var depthRatios: [Double]
    /// Channels over those of the baseline: stem, stages, head, as the family lists them; stages as far as both have them.
    public var widthRatios: [Double]
    public var costs: PointCosts
    /// Nil where the network does not come from the baseline by two factors.
    public var compound: Compound?
  }

  /// A network that the authors' code makes with two factors, as compound scaling would have it.
  public struct Compound: Sendable {
    public var phi: Int
    /// The factors that were released.
    public var released: ScalingFactors
    /// The powers of the constants.
    public var ideal: ScalingFactors
    public var idealSide: Int
    /// The costs of the network with the ideal factors; nil where there is none.
    public var idealCosts: PointCosts?
  }

  public let family: ScaledFamily
  /// The constants of ``Compound``.
  public let scaling: CompoundScaling
  /// The baseline first.
  public let members: [Member]
  /// The largest side of any network of the family, those that others have released too.
  public let largestSide: Int

  /// The networks whose names begin as the baseline's does and that are tables of the same kind.
  /// - Throws: ``ScalingError`` where a network has no costs.
  public init(of family: ScaledFamily, scaling: CompoundScaling = .efficientNet) throws(ScalingError) {
    self.family = family
    self.scaling = scaling
    let series = Self.series(family.baseline.name)
    var members: [Member] = []
    var largestSide = family.side
    for entry in Catalog.entries where entry.family == family.baseline.family {
      largestSide = max(largestSide, entry.input.spatial.compactMap(\.constant).max() ?? 0)
    }
    self.largestSide = largestSide
    for entry in Catalog.entries where entry.family == family.baseline.family && Self.series(entry.name) == series {
      guard let member = try? ScaledFamily(entry, rounding: family.rounding),
        type(of: member.architecture) == type(of: family.architecture)
      else { continue }
      members.append(try Self.member(member, of: family, scaling))
    }
    let baseline = members.filter { $0.entry.name == family.baseline.name }
    self.members = baseline + members.filter { $0.entry.name != family.baseline.name }
  }

  /// The name up to its last part: `tf_efficientnet_` of `tf_efficientnet_b3`.
  private static func series(_ name: String) -> Substring {
    name.lastIndex(of: "_").map { name[...$0] } ?? ""
  }

  private static func member(
    _ member: ScaledFamily, of family: ScaledFamily, _ scaling: CompoundScaling
  ) throws(ScalingError) -> Member {
    let (own, base) = (member.architecture.tabulatedSizes, family.architecture.tabulatedSizes)
    return Member(
      entry: member.baseline, side: member.side, repeats: own.repeats,
      depthRatios: zip(own.repeats, base.repeats).map { Double($0) / Double($1) },
      widthRatios: ratios(own.channels, base.channels),
      costs: try PointCosts(member, ScalingFactors(), side: member.side),
      compound: try compound(member, of: family, scaling))
  }

  /// Stem and stages as far as both have them, and the last layer of each.
  private static func ratios(_ own: [Double], _ base: [Double]) -> [Double] {
    guard let ownLast = own.last, let baseLast = base.last else { return [] }
    let shared = min(own.count, base.count) - 1
    return zip(own.prefix(shared), base.prefix(shared)).map { $0 / $1 } + [ownLast / baseLast]
  }

  private static func compound(
    _ member: ScaledFamily, of family: ScaledFamily, _ scaling: CompoundScaling
  ) throws(ScalingError) -> Compound? {
    guard let phi = member.baseline.phi, family.baseline.phi == 0, type(of: member.architecture).hasOwnFactors else {
      return nil
    }
    let (own, base) = (member.architecture.factors, family.architecture.factors)
    let released = ScalingFactors(depth: own.depth / base.depth, width: own.width / base.width)
    // Factors are the whole difference: the baseline so scaled is the network.
    let scaled = family.architecture.scaled(by: released, rounding: .family).tabulatedSizes
    guard scaled == member.architecture.tabulatedSizes else { return nil }
    let (ideal, side) = scaling(phi, side: family.side)
    return Compound(
      phi: phi, released: released, ideal: ideal, idealSide: side,
      idealCosts: try? PointCosts(family, ideal, side: side))
  }
}

/// The sizes of a network as numbers.
private struct TabulatedSizes: Hashable {
  var repeats: [Int]
  /// 0 for one that is a formula.
  var channels: [Double]
}

extension StagedArchitecture {
  fileprivate var tabulatedSizes: TabulatedSizes {
    let table = tabulated()
    return TabulatedSizes(repeats: table.stageRepeats, channels: table.channels.map { Double($0.constant ?? 0) })
  }
}

/// The costs of one network of a family, built and analysed.
public struct PointCosts: Hashable, Sendable, Encodable {
  public var parameters: Int
  public var macs: Int
  public var activations: Int

  /// - Throws: ``ScalingError/network(point:reason:)`` where there is no such network.
  init(_ family: ScaledFamily, _ factors: ScalingFactors, side: Int) throws(ScalingError) {
    func point() -> String { "depth=\(factors.depth) width=\(factors.width) resolution=\(side)" }
    let values = try NetworkCosts(family.graph(factors, side: side), point: point).values
    guard let parameters = values[0].constant, let macs = values[1].constant, let activations = values[2].constant
    else {
      throw .network(point: point(), reason: "its costs are formulas; settings must be numbers")
    }
    (self.parameters, self.macs, self.activations) = (parameters, macs, activations)
  }
}
