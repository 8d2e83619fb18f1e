import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers

/// The costs of a built-in network as formulas in the repeats of its stages and in its width.
///
/// Repeats are settings such as `depths[0]`; their formula is the polynomial through networks of few repeats. Width is
/// one symbol `c`: every channel setting becomes a multiple of it. Both are settings of ``entry``, in which the factors of
/// a family that scales are worked out. They are checked against networks built with other numbers, and left out, with a
/// note, where a network has no such settings or its costs are no formula in them.
public struct FormulaScaling: Sendable {
  public struct Variable: Sendable {
    public var symbol: Symbol
    /// What it counts: `repeats, setting depths[0]`.
    public var meaning: String
    public var minimum: Int
    /// Its value in the network as published.
    public var value: Int
    /// Settings that give the network with this variable: each name, and the number that the variable is multiplied by.
    var settings: [(name: String, factor: Int)]
  }

  /// The network whose settings the variables are.
  public let entry: CatalogEntry
  public let variables: [Variable]
  public let formulas: [FormulaQuantity: Dimension]
  /// The formulas of which memory is the largest, and the stages in which they are the peak.
  public let peaks: [(stage: String, bytes: Dimension)]
  /// The least sizes, repeats and width for the formula of memory.
  public let memoryMinimums: [Symbol: Int]
  /// Why repeats or width have no symbol, and what the symbols leave out.
  public let notes: [String]

  /// The quantities that are polynomials in repeats and width; memory is a maximum of such.
  public static let quantities: [FormulaQuantity] = [.parameters, .macs, .activations]

  /// - Parameter model: the formulas of the same network, over the input that these are written over too.
  public init(_ entry: CatalogEntry, _ model: ModelFormulas) {
    let graph = model.formulas.graph
    let input = graph.inputs.first.map { graph.type(of: $0.value).shape } ?? entry.input
    let settings = ScalingSettings(entry)
    self.entry = settings.entry
    var notes: [String] = []
    if settings.depths.isEmpty { notes.append("No symbols for repeats: \(entry.name) has no settings for them.") }
    let channels = settings.width
    if channels == nil { notes.append("No symbol for the width: no setting of \(entry.name) is a number of channels.") }
    let attempts = [(settings.depths, channels), (settings.depths, nil), ([], channels)]
    for (depths, width) in attempts where !depths.isEmpty || width != nil {
      let networks = ScaledNetworks(settings.entry, input: input, depths: depths, width: width)
      guard let fit = networks.fitCosts() else { continue }
      if depths.isEmpty, !settings.depths.isEmpty {
        notes.append("No symbols for repeats: costs are no polynomial in them.")
      }
      if width == nil, channels != nil {
        notes.append("No symbol for the width: numbers other than channels follow from it.")
      }
      if !depths.isEmpty, settings.surplus > 0 {
        notes.append("\(settings.surplus) more settings are repeats; they stay as published.")
      }
      if let (scaled, all) = networks.convolutionsOfWidth, scaled < all {
        notes.append("c is the width of \(scaled) of \(all) convolutions; channels of the others are no settings.")
      }
      if settings.hasRules {
        let factors = settings.changed.isEmpty ? "" : " (\(settings.changed.joined(separator: ", ")))"
        notes.append("Settings are those of the same network with its rules worked out into its tables\(factors).")
      }
      variables = (depths + (width.map { [$0] } ?? [])).map { variable in
        var variable = variable
        variable.minimum = fit.minimums[variable.symbol] ?? variable.minimum
        return variable
      }
      var formulas = Dictionary(uniqueKeysWithValues: zip(Self.quantities, fit.formulas))
      let peak = networks.fitPeak(from: model.memoryDomain.minimums)
      formulas[.memory] = peak?.formulas.first
      if peak == nil {
        notes.append(
          "Memory is no maximum of polynomials in repeats and width; its formula is that of the published ones.")
      }
      self.formulas = formulas
      peaks = peak.map { Array(zip($0.labels, $0.formulas).dropFirst().map { (stage: $0, bytes: $1) }) } ?? []
      memoryMinimums = model.memoryDomain.minimums.merging(peak?.minimums ?? [:]) { $1 }
      self.notes = notes
      return
    }
    if !settings.depths.isEmpty || channels != nil { notes.append("Costs are no polynomial in repeats and width.") }
    (variables, formulas, self.notes) = ([], [:], notes)
    (peaks, memoryMinimums) = ([], [:])
  }

  /// The settings that give the network with these values of the variables.
  public func settings(_ values: [Symbol: Int]) -> [String] {
    variables.flatMap { variable in
      variable.settings.map { "\($0.name)=\($0.factor * (values[variable.symbol] ?? variable.value))" }
    }
  }
}
