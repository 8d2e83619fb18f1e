import Architectures
import Scaling
import SymbolicIntegers

/// What compound scaling promises of a family and what it gives.
public struct ScalingComparison: Sendable {
  /// A released network beside what the powers of the paper's constants give.
  public struct Released: Encodable, Sendable {
    public var name: String
    public var phi: Int
    public var width: Double
    public var depth: Double
    public var resolution: Int
    public var powerWidth: Double
    public var powerDepth: Double
    public var powerResolution: Double
    public var parameters: Int
    public var macs: Int
    public var macsRatio: Double
    /// MACs of the network that the powers give.
    public var powerMacs: Int
    public var powerMacsRatio: Double
    /// 2^phi.
    public var predictedRatio: Double
  }

  /// Powers of a growth by a rule: by the laws, and fitted to exact costs.
  public struct Exponents: Encodable, Sendable {
    public var rule: String
    public var macsLaw: Double
    public var macs: Double
    public var parametersLaw: Double
    public var parameters: Double
    public var activationsLaw: Double
    public var activations: Double
  }

  /// Blocks and channels of the stages of a released network, and their ratios to the smallest one's.
  public struct Stages: Encodable, Sendable {
    public var name: String
    public var resolution: Int
    public var repeats: [Int]
    public var channels: [Int]
    public var depthRatios: [Double]
    public var widthRatios: [Double]
  }

  public let family: ScaledFamily
  public let released: [Released]
  public let exponents: [Exponents]
  public let stages: [Stages]

  /// The rules of the laws' table, and what they scale.
  static let rules = ["d", "w", "r", "dw", "dr", "wr", "dwr", "d1_w8_g8_r1"]

  /// - Throws: ``ScalingError`` where too few of the scaled networks can be built.
  public init(_ family: ScaledFamily) throws(ScalingError) {
    self.family = family
    let fitted = try ScaledFamily(family.baseline, rounding: .nearest)
    var exponents: [Exponents] = []
    for text in Self.rules {
      guard let rule = ScalingRule(parsing: text) else { continue }
      if !Swift.type(of: family.architecture).hasWidths, rule.width > 0 { continue }
      let (measured, laws) = (try MeasuredExponents(fitted, rule), rule.laws)
      exponents.append(
        Exponents(
          rule: text, macsLaw: laws.macs, macs: measured.macs, parametersLaw: laws.parameters,
          parameters: measured.parameters, activationsLaw: laws.activations, activations: measured.activations))
    }
    self.exponents = exponents
    released = family.baseline.family == "EfficientNet" ? try Self.released(family) : []
    stages = family.baseline.family == "EfficientNetV2" ? Self.stages() : []
  }

  private static func released(_ family: ScaledFamily) throws(ScalingError) -> [Released] {
    let constants = CompoundScaling.efficientNet
    var result: [Released] = []
    for row in ReleasedCoefficients.efficientNet {
      let power = constants(row.phi, side: family.side)
      let space = try SweepSpace(family, resolutions: ScalingAxis(row.resolution))
      let costs = try space.costs.built(row.factors, resolution: row.resolution)
      let powerCosts = try space.costs.built(power.factors, resolution: power.side)
      let first = result.first?.macs ?? costs[1]
      let growth = Double(constants(row.phi, side: 1_000_000).side) / 1_000_000
      result.append(
        Released(
          name: row.name, phi: row.phi, width: row.width, depth: row.depth, resolution: row.resolution,
          powerWidth: power.factors.width, powerDepth: power.factors.depth,
          powerResolution: Double(family.side) * growth, parameters: costs[0], macs: costs[1],
          macsRatio: Double(costs[1]) / Double(first), powerMacs: powerCosts[1],
          powerMacsRatio: Double(powerCosts[1]) / Double(first), predictedRatio: Double(1 << row.phi)))
    }
    return result
  }

  /// The larger networks of the second version, which are tables and not scaled.
  private static func stages() -> [Stages] {
    var result: [Stages] = []
    for name in ["efficientnet_v2_s", "efficientnet_v2_m", "efficientnet_v2_l", "tf_efficientnetv2_xl"] {
      guard let entry = Catalog.entry(named: name), let network = entry.architecture as? EfficientNet else { continue }
      let (repeats, channels) = (network.stages.map(\.depth), network.stages.map { $0.channels.constant ?? 0 })
      func ratios(_ values: [Int], _ first: [Int]?) -> [Double] {
        zip(values, first ?? values).map { Double($0) / Double($1) }
      }
      result.append(
        Stages(
          name: name, resolution: entry.input[2].constant ?? 0, repeats: repeats, channels: channels,
          depthRatios: ratios(repeats, result.first?.repeats),
          widthRatios: ratios(channels, result.first?.channels)))
    }
    return result
  }
}

/// The machine-readable form.
private struct ScalingDocument: Encodable, Sendable {
  var schema = "convscope.scaling/1"
  var model: String
  var released: [ScalingComparison.Released]
  var exponents: [ScalingComparison.Exponents]
  var stages: [ScalingComparison.Stages]
}

extension Report {
  /// Released coefficients beside powers of the paper's constants, and laws of growth beside fitted exponents.
  ///
  /// CSV holds the exponents.
  public static func scaling(_ comparison: ScalingComparison) -> Report {
    let exponents = exponentTable(comparison.exponents)
    var tables: [Table] = []
    if !comparison.released.isEmpty {
      tables += [coefficientTable(comparison.released), ratioTable(comparison.released)]
    }
    if !comparison.stages.isEmpty { tables.append(stageTable(comparison.stages)) }
    tables.append(exponents)
    var notes = [
      "Exponents: least squares through logarithms of exact costs at s from 1 to \(Int(MeasuredExponents.growths.max() ?? 1)); "
        + "repeats and channels to the nearest, resolutions to multiples of 4.",
      "Laws: s is what d·w²·r² grows by; they hold where nothing is rounded and every layer scales.",
    ]
    if !comparison.released.isEmpty {
      notes.insert(
        "The released coefficients are no powers of the constants, which at φ = 7 give width 1.95, depth 3.58, 596 pixels.",
        at: 0)
    }
    if !comparison.stages.isEmpty {
      notes.insert(
        "S to XL are tables: stages grow by different factors, M has a seventh one, and training stops at 480 pixels.",
        at: 0)
    }
    return Report(
      title: "Scaling laws and \(comparison.family.baseline.name)", tables: tables, data: exponents, notes: notes,
      document: ScalingDocument(
        model: comparison.family.baseline.name, released: comparison.released, exponents: comparison.exponents,
        stages: comparison.stages))
  }

  private static func number(_ value: Double, _ decimals: Int = 2) -> Cell {
    .text(Quantity.fixed(value, decimals: decimals))
  }

  private static func column(_ key: String, _ title: String) -> Table.Column {
    Table.Column(key, title, isNumeric: true)
  }

  private static func coefficientTable(_ rows: [ScalingComparison.Released]) -> Table {
    Table(
      title: "released coefficients, and powers of α = 1.2, β = 1.1, γ = 1.15",
      columns: [
        Table.Column("name", ""), column("phi", "φ"), column("depth", "depth"), column("power_depth", "α^φ"),
        column("width", "width"), column("power_width", "β^φ"), column("resolution", "resolution"),
        column("power_resolution", "224·γ^φ"),
      ],
      rows: rows.map { row in
        [
          .text(row.name), .text("\(row.phi)"), number(row.depth, 1), number(row.powerDepth), number(row.width, 1),
          number(row.powerWidth), .text("\(row.resolution)"), number(row.powerResolution, 1),
        ]
      })
  }

  private static func ratioTable(_ rows: [ScalingComparison.Released]) -> Table {
    Table(
      title: "exact costs, and how many times B0's MACs they are",
      columns: [
        Table.Column("name", ""), column("parameters", "parameters"), column("macs", "MACs"),
        column("macs_ratio", "times B0"), column("predicted", "2^φ"), column("power_macs", "MACs of the powers"),
        column("power_ratio", "times B0"),
      ],
      rows: rows.map { row in
        [
          .text(row.name), .count(Dimension(row.parameters)), .count(Dimension(row.macs)), number(row.macsRatio),
          .text("\(Int(row.predictedRatio))"), .count(Dimension(row.powerMacs)), number(row.powerMacsRatio),
        ]
      })
  }

  private static func exponentTable(_ rows: [ScalingComparison.Exponents]) -> Table {
    Table(
      title: "exponents of s: law and measured",
      columns: [
        Table.Column("rule", "scaled"), column("macs_law", "MACs"), column("macs", "measured"),
        column("parameters_law", "parameters"), column("parameters", "measured"),
        column("activations_law", "activations"), column("activations", "measured"),
      ],
      rows: rows.map { row in
        [
          .text(row.rule), number(row.macsLaw), number(row.macs), number(row.parametersLaw), number(row.parameters),
          number(row.activationsLaw), number(row.activations),
        ]
      })
  }

  private static func stageTable(_ rows: [ScalingComparison.Stages]) -> Table {
    func list(_ values: [Double]) -> Cell {
      .text(values.map { Quantity.fixed($0, decimals: 2) }.joined(separator: " "))
    }
    func list(_ values: [Int]) -> Cell { .text(values.map(String.init).joined(separator: " ")) }
    return Table(
      title: "stages of the released tables, and their ratios to S",
      columns: [
        Table.Column("name", ""), column("resolution", "resolution"), Table.Column("repeats", "repeats"),
        Table.Column("depth_ratios", "times S's"), Table.Column("channels", "channels"),
        Table.Column("width_ratios", "times S's"),
      ],
      rows: rows.map { row in
        [
          .text(row.name), .text("\(row.resolution)"), list(row.repeats), list(row.depthRatios), list(row.channels),
          list(row.widthRatios),
        ]
      })
  }
}
