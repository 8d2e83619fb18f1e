import Architectures
import NetworkGraph
import SymbolicIntegers

/// A network of the catalogue as the baseline of a family of scaled ones.
public struct ScaledFamily: Sendable {
  /// The baseline; factors multiply its sizes.
  public let baseline: CatalogEntry
  public let architecture: any StagedArchitecture
  public let rounding: ScalingRounding
  /// The side of the baseline's square input.
  public let side: Int

  /// The most blocks that a stage can have.
  public static let maximumRepeats = maximumDepth
  /// The largest side of an input.
  public static let maximumSide = 1 << 15
  /// The largest factor.
  public static let maximumFactor = 100

  /// - Throws: ``ScalingError/notScalable(model:what:reason:)``.
  public init(_ baseline: CatalogEntry, rounding: ScalingRounding = .family) throws(ScalingError) {
    guard let architecture = baseline.architecture as? any StagedArchitecture else {
      throw .notScalable(model: baseline.name, what: "stages", reason: "its family is no table of repeated blocks")
    }
    let shape = baseline.input
    guard shape.rank == 4, let side = shape[2].constant, shape[3] == shape[2], shape[0] == 1 else {
      throw .notScalable(model: baseline.name, what: "resolution", reason: "its input \(shape) is no square image")
    }
    self.baseline = baseline
    self.architecture = architecture
    self.rounding = rounding
    self.side = side
  }

  /// The network of that name, or the one from which the family of that name, whatever its case, is scaled.
  /// - Throws: ``ScalingError/unknownFamily(_:known:)`` or ``ScalingError/notScalable(model:what:reason:)``.
  public static func baseline(named name: String) throws(ScalingError) -> CatalogEntry {
    if let entry = Catalog.entry(named: name) { return entry }
    let wanted = letters(name)
    let members = Catalog.entries.filter { letters($0.family) == wanted }
    guard !members.isEmpty else {
      throw .unknownFamily(String(name.prefix(100)), known: families)
    }
    return members.first { $0.phi == 0 } ?? members[0]
  }

  /// A name without case, spaces and signs.
  private static func letters(_ name: String) -> String {
    String(name.lowercased().filter { $0.isLetter || $0.isNumber })
  }

  /// Names of the families that scale.
  public static var families: [String] {
    var result: [String] = []
    for entry in Catalog.entries where entry.architecture is any StagedArchitecture && result.last != entry.family {
      result.append(entry.family)
    }
    return result
  }

  /// Whether width has something to multiply.
  public var hasWidths: Bool { type(of: architecture).hasWidths }

  /// The network with factors applied.
  public func network(_ factors: ScalingFactors) throws(ScalingError) -> any StagedArchitecture {
    let result = architecture.scaled(by: factors, rounding: rounding)
    try check(result, factors)
    return result
  }

  private func check(_ network: any StagedArchitecture, _ factors: ScalingFactors) throws(ScalingError) {
    if let repeats = network.stageRepeats.first(where: { $0 > Self.maximumRepeats }) {
      throw .network(
        point: "depth=\(factors.depth)",
        reason: "a stage would have \(repeats) blocks, more than \(Self.maximumRepeats)")
    }
    if let failure = network.channels.lazy.compactMap(\.failure).first {
      throw .network(point: "width=\(factors.width)", reason: "\(failure)")
    }
  }

  /// The network with factors applied, for a square input of that side.
  /// - Throws: ``ScalingError/network(point:reason:)`` where there is none.
  public func graph(_ factors: ScalingFactors, side: Int) throws(ScalingError) -> Graph {
    try graph(network(factors), side: Dimension(side)) {
      "depth=\(factors.depth) width=\(factors.width) resolution=\(side)"
    }
  }

  func graph(
    _ network: any StagedArchitecture, side: Dimension, point: () -> String
  ) throws(ScalingError) -> Graph {
    var shape = baseline.input
    (shape[2], shape[3]) = (side, side)
    do throws(GraphError) {
      return try Graph(name: baseline.name, input: TensorType(shape)) { network($0) }
    } catch {
      throw .network(point: point(), reason: "\(error)")
    }
  }

  /// The factor on width that ``SweepSpace`` and ``SearchSpace`` refuse for want of widths, and the same of group
  /// widths.
  func check(width: ScalingAxis, groupWidth: ScalingAxis) throws(ScalingError) {
    let one = ExactDecimal(1)
    if !type(of: architecture).hasWidths, width.values.contains(where: { $0 != one }) {
      throw .notScalable(model: baseline.name, what: "width", reason: "channels are no settings of its family")
    }
    if architecture.regrouped({ $0 }) == nil, groupWidth.values.contains(where: { $0 != one }) {
      throw .notScalable(
        model: baseline.name, what: "group width", reason: "none of its convolutions has groups of a stated width")
    }
  }

  /// Factors lie above 0 and at most at ``maximumFactor``.
  static func check(factor axis: ScalingAxis, name: String) throws(ScalingError) {
    for value in [axis.first, axis.last] {
      guard value.mantissa > 0 else { throw .axis(name: name, value: "\(value)", rule: "it must lie above 0") }
      guard value <= ExactDecimal(maximumFactor) else {
        throw .axis(name: name, value: "\(value)", rule: "it must be at most \(maximumFactor)")
      }
    }
  }

  /// Sides are positive whole numbers up to ``maximumSide``.
  static func check(sides axis: ScalingAxis, name: String) throws(ScalingError) -> [Int] {
    var result: [Int] = []
    for value in axis.values {
      guard let side = value.integer, side > 0 else {
        throw .axis(name: name, value: "\(value)", rule: "a side is a positive whole number of pixels")
      }
      guard side <= maximumSide else {
        throw .axis(name: name, value: "\(value)", rule: "it must be at most \(maximumSide)")
      }
      result.append(side)
    }
    return result
  }

  /// What names the family in ``PointSpace/identity``: its settings decide every network.
  public var identity: String {
    let settings = (try? baseline.architecture.settings)?.entries.map { "\($0.name)=\($0.value)" } ?? []
    return "\(baseline.name) rounding=\(rounding.rawValue) \(settings.joined(separator: " "))"
  }
}
