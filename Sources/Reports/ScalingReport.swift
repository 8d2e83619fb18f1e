import Analysis
import Scaling
import SymbolicIntegers

/// The machine-readable form of a family's scaling.
private struct ScalingDocument: Encodable, Sendable {
  struct Factors: Encodable, Sendable {
    var depth: Double
    var width: Double
    var resolution: Int
  }
  struct Compound: Encodable, Sendable {
    var phi: Int
    var released: Factors
    var ideal: Factors
    var predictedRatio: Double
    var costRatio: Double
    var idealCosts: PointCosts?
  }
  struct Network: Encodable, Sendable {
    var name: String
    var resolution: Int
    var repeats: [Int]
    var depthRatios: [Double]
    var widthRatios: [Double]
    var costs: PointCosts
    var compound: Compound?
  }
  struct Exponents: Encodable, Sendable {
    var parameters: Double
    var macs: Double
    var activations: Double
  }
  struct Rule: Encodable, Sendable {
    var name: String
    var law: Exponents
    var measured: Exponents
  }
  var schema = "convscope.scaling/1"
  var family: String
  var baseline: String
  var alpha: Double
  var beta: Double
  var gamma: Double
  var networks: [Network]
  var rules: [Rule]
}

extension Report {
  /// How a family was scaled, network by network, and by which powers of a growth its costs grow under each rule.
  ///
  /// CSV holds the exponents.
  public static func scaling(_ released: ReleasedNetworks, _ rules: [(name: String, MeasuredExponents)]) -> Report {
    let baseline = released.family.baseline
    let constants = released.scaling
    let isCompound = released.members.contains { $0.compound != nil }
    var tables: [Table] = []
    if isCompound { tables.append(compoundTable(released)) }
    tables.append(memberTable(released))
    let exponents = exponentTable(rules)
    tables.append(exponents)
    let growths = MeasuredExponents.growths
    var notes = [
      "A rule shares a growth s of depth * width^2 * resolution^2. Exponents: costs grow as s to that power, by the laws of "
        + "Dollár, Singh and Girshick 2021 (arXiv:2103.06877), which hold where nothing is rounded and every layer scales, "
        + "and by least squares through exact costs at \(growths.count) growths from 1 to "
        + "\(number(growths[growths.count - 1], 0)); blocks and channels rounded to the nearest, sides to multiples of 4.",
      "MACs: \(CountingConvention.macs.definition). Activations: output elements of the same layers.",
    ]
    let tabled = released.members.filter { $0.compound == nil }
    if isCompound, !tabled.isEmpty {
      notes.insert(
        "Without a phi: \(tabled.map(\.entry.name).joined(separator: ", ")); their stages grow as the ratios say. No "
          + "released network of \(baseline.family) takes a side above \(released.largestSide).", at: 0)
    }
    if isCompound {
      notes.insert(
        "Compound scaling: depth \(constants.alpha)^phi, width \(constants.beta)^phi, resolution \(constants.gamma)^phi "
          + "(Tan and Le 2019, arXiv:1905.11946, equation 3), which is to multiply the work by "
          + "\(Quantity.fixed(constants.product, decimals: 5))^phi, about 2^phi. The released coefficients are rounded "
          + "by hand, and channels to multiples of 8.", at: 0)
    }
    return Report(
      title: "How \(baseline.family) scales from \(baseline.name)", tables: tables, data: exponents,
      notes: notes, document: document(released, rules))
  }

  /// At most that many decimals.
  private static func number(_ value: Double, _ decimals: Int) -> String {
    var text = Quantity.fixed(value, decimals: decimals)
    guard text.contains(".") else { return text }
    while text.hasSuffix("0") { text.removeLast() }
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }

  private static func compoundTable(_ released: ReleasedNetworks) -> Table {
    let base = Double(released.members[0].costs.macs)
    return Table(
      title: "compound scaling: released and ideal",
      columns: [
        Table.Column("network", "network"), Table.Column("phi", "phi", isNumeric: true),
        Table.Column("depth", "depth", isNumeric: true), Table.Column("alphaPhi", "alpha^phi", isNumeric: true),
        Table.Column("width", "width", isNumeric: true), Table.Column("betaPhi", "beta^phi", isNumeric: true),
        Table.Column("resolution", "side", isNumeric: true), Table.Column("gammaPhi", "ideal side", isNumeric: true),
        Table.Column("macs", "macs", isNumeric: true), Table.Column("ratio", "ratio", isNumeric: true),
        Table.Column("predicted", "2^phi", isNumeric: true),
        Table.Column("idealMacs", "ideal macs", isNumeric: true), Table.Column("idealRatio", "ratio", isNumeric: true),
      ],
      rows: released.members.compactMap { member in
        guard let compound = member.compound else { return nil }
        func ratio(_ macs: Int) -> Cell { .text(Quantity.fixed(Double(macs) / base, decimals: 2)) }
        return [
          .text(member.entry.name), .text("\(compound.phi)"),
          .text(number(compound.released.depth, 2)), .text(Quantity.fixed(compound.ideal.depth, decimals: 2)),
          .text(number(compound.released.width, 2)), .text(Quantity.fixed(compound.ideal.width, decimals: 2)),
          .text("\(member.side)"), .text("\(compound.idealSide)"),
          .count(Dimension(member.costs.macs)), ratio(member.costs.macs),
          .text(number(predicted(compound.phi), 0)),
          compound.idealCosts.map { .count(Dimension($0.macs)) } ?? .empty,
          compound.idealCosts.map { ratio($0.macs) } ?? .empty,
        ]
      })
  }

  private static func predicted(_ phi: Int) -> Double { (0..<phi).reduce(1) { result, _ in result * 2 } }

  private static func memberTable(_ released: ReleasedNetworks) -> Table {
    func ratios(_ values: [Double]) -> String { values.map { number($0, 2) }.joined(separator: " ") }
    return Table(
      title: "released networks, stage by stage over \(released.family.baseline.name)",
      columns: [
        Table.Column("network", "network"), Table.Column("resolution", "side", isNumeric: true),
        Table.Column("repeats", "blocks"), Table.Column("depthRatios", "ratios of blocks"),
        Table.Column("widthRatios", "ratios of channels"), Table.Column("parameters", "parameters", isNumeric: true),
        Table.Column("macs", "macs", isNumeric: true), Table.Column("activations", "activations", isNumeric: true),
      ],
      rows: released.members.map { member in
        [
          .text(member.entry.name), .text("\(member.side)"),
          .text(member.repeats.map(String.init).joined(separator: " ")), .text(ratios(member.depthRatios)),
          .text(ratios(member.widthRatios)), .count(Dimension(member.costs.parameters)),
          .count(Dimension(member.costs.macs)), .count(Dimension(member.costs.activations)),
        ]
      })
  }

  private static func exponentTable(_ rules: [(name: String, MeasuredExponents)]) -> Table {
    func pair(_ law: Double, _ measured: Double) -> [Cell] {
      [.text(Quantity.fixed(law, decimals: 2)), .text(Quantity.fixed(measured, decimals: 3))]
    }
    return Table(
      title: "exponents of the costs: law and measured",
      columns: [Table.Column("rule", "scaled")]
        + ["parameters", "macs", "activations"].flatMap { quantity in
          [
            Table.Column("\(quantity)_law", "\(quantity): law", isNumeric: true),
            Table.Column(quantity, "measured", isNumeric: true),
          ]
        },
      rows: rules.map { name, measured in
        let laws = measured.rule.laws
        return [.text(name)] + pair(laws.parameters, measured.parameters) + pair(laws.macs, measured.macs)
          + pair(laws.activations, measured.activations)
      })
  }

  private static func document(
    _ released: ReleasedNetworks, _ rules: [(name: String, MeasuredExponents)]
  ) -> ScalingDocument {
    let base = Double(released.members[0].costs.macs)
    let constants = released.scaling
    return ScalingDocument(
      family: released.family.baseline.family, baseline: released.family.baseline.name,
      alpha: constants.alpha.double, beta: constants.beta.double, gamma: constants.gamma.double,
      networks: released.members.map { member in
        ScalingDocument.Network(
          name: member.entry.name, resolution: member.side, repeats: member.repeats, depthRatios: member.depthRatios,
          widthRatios: member.widthRatios, costs: member.costs,
          compound: member.compound.map { compound in
            ScalingDocument.Compound(
              phi: compound.phi,
              released: ScalingDocument.Factors(
                depth: compound.released.depth, width: compound.released.width, resolution: member.side),
              ideal: ScalingDocument.Factors(
                depth: compound.ideal.depth, width: compound.ideal.width, resolution: compound.idealSide),
              predictedRatio: predicted(compound.phi), costRatio: Double(member.costs.macs) / base,
              idealCosts: compound.idealCosts)
          })
      },
      rules: rules.map { name, measured in
        let laws = measured.rule.laws
        return ScalingDocument.Rule(
          name: name,
          law: ScalingDocument.Exponents(
            parameters: laws.parameters, macs: laws.macs, activations: laws.activations),
          measured: ScalingDocument.Exponents(
            parameters: measured.parameters, macs: measured.macs, activations: measured.activations))
      })
  }
}
