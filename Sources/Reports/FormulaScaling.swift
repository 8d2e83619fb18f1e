import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers

/// The costs of a built-in network as formulas in the repeats of its stages and in its width.
///
/// Repeats are settings such as `depths[0]`; their formula is the polynomial through networks of few repeats. Width is one
/// symbol `c`: every channel setting becomes a multiple of it. Both are checked against networks built with other numbers,
/// and left out, with a note, where a family rounds its channels or chooses its repeats in a way that is no polynomial.
public struct FormulaScaling: Sendable {
  public struct Variable: Sendable {
    public var symbol: Symbol
    /// What it counts: `blocks, setting depths[0]`.
    public var meaning: String
    public var minimum: Int
    /// Its value in the network as published.
    public var value: Int
    /// Settings that give the network with this variable: each name, and the number that the variable is multiplied by.
    var settings: [(name: String, factor: Int)]
  }

  public let variables: [Variable]
  /// Settings that stay the same for every value of the variables.
  let fixed: [String]
  public let formulas: [FormulaQuantity: Dimension]
  /// Why repeats or width have no symbol.
  public let notes: [String]

  /// The quantities that are polynomials in repeats and width.
  static let quantities: [FormulaQuantity] = [.parameters, .macs, .activations]

  /// - Parameter input: the input over which the formulas are written.
  public init(_ entry: CatalogEntry, input: Shape) {
    let found = ScalingSettings(entry)
    var notes: [String] = []
    let freeWidth = found.width(of: entry)
    if freeWidth == nil { notes.append("No symbol for the width: \(found.widthReason).") }
    let depths = found.depths
    if depths.isEmpty { notes.append("No symbols for repeats: \(entry.name) has no settings for them.") }
    let attempts = [(depths, freeWidth), (depths, nil), ([], freeWidth)].filter { !$0.0.isEmpty || $0.1 != nil }
    for (depths, width) in attempts {
      let variables = depths + (width.map { [$0] } ?? [])
      guard let result = Self.fitted(entry, input, depths: depths, width: width, fixed: found.fixed) else { continue }
      if depths.isEmpty, !found.depths.isEmpty {
        notes.append("No symbols for repeats: costs are no polynomial in them.")
      }
      if width == nil, freeWidth != nil {
        notes.append("No symbol for the width: with free repeats channels are rounded.")
      }
      self.variables = variables.map { variable in
        var variable = variable
        variable.minimum = result.minimums[variable.symbol] ?? variable.minimum
        return variable
      }
      fixed = found.fixed
      formulas = Dictionary(uniqueKeysWithValues: zip(Self.quantities, result.formulas))
      self.notes = notes
      return
    }
    if !depths.isEmpty || freeWidth != nil {
      notes.append("Costs are no polynomial in repeats and width: their settings choose both by a rule that rounds.")
    }
    (variables, fixed, formulas, self.notes) = ([], [], [:], notes)
  }

  /// The settings that give the network with these values of the variables.
  public func settings(_ values: [Symbol: Int]) -> [String] {
    fixed
      + variables.flatMap { variable in
        variable.settings.map { "\($0.name)=\($0.factor * (values[variable.symbol] ?? variable.value))" }
      }
  }

  private static func fitted(
    _ entry: CatalogEntry, _ input: Shape, depths: [Variable], width: Variable?, fixed: [String]
  ) -> (formulas: [Dimension], minimums: [Symbol: Int])? {
    let common = fixed + (width.map { width in width.settings.map { "\($0.name)=\($0.factor)*\(width.symbol)" } } ?? [])
    func values(_ repeats: [Int], _ texts: [String], _ input: Shape) -> [Dimension]? {
      let texts =
        texts
        + zip(depths, repeats).flatMap { variable, count in
          variable.settings.map { "\($0.name)=\(count)" }
        }
      guard let edited = try? entry.with(settings: texts), let graph = try? edited.graph(input: input),
        let formulas = try? NetworkFormulas(graph)
      else { return nil }
      return quantities.map { formulas.total($0) ?? 0 }
    }
    // Values at the published size, which every check is made at.
    func holds(_ formulas: [Dimension], _ repeats: [Int], width value: Int?) -> Bool {
      let texts = fixed + (width.map { width in width.settings.map { "\($0.name)=\($0.factor * (value ?? 1))" } } ?? [])
      guard let built = values(repeats, texts, entry.input) else { return false }
      var bindings = Dictionary(uniqueKeysWithValues: zip(depths.map(\.symbol), repeats))
      if let width { bindings[width.symbol] = value }
      for (symbolic, size) in zip(input.dimensions, entry.input.dimensions) where symbolic.symbols.count == 1 {
        let symbol = symbolic.symbols[0]
        guard let size = size.constant, let slope = try? symbolic.evaluated(with: [symbol: 1]), slope > 0 else {
          return false
        }
        bindings[symbol] = size / slope
      }
      return zip(formulas, built).allSatisfy { (try? $0.evaluated(with: bindings)) == $1.constant }
    }
    let published = depths.map(\.value)
    for start in depths.isEmpty ? [1] : [1, 2] {
      for degree in depths.isEmpty ? 0...0 : 1...2 {
        let least = depths.map { _ in start }
        let fit = PolynomialFit(in: depths.map(\.symbol), from: least, degree: degree)
        var table: [[Dimension]] = []
        for point in fit.points {
          guard let row = values(point, common, input) else { break }
          table.append(row)
        }
        guard table.count == fit.points.count else { continue }
        let formulas = fit.polynomials(through: table)
        let widths = width.map { [$0.value, $0.value + 1, 2 * $0.value + 1] } ?? []
        let spread = depths.indices.map { start + 2 + $0 % 3 }
        guard holds(formulas, published, width: widths.first), holds(formulas, spread, width: widths.dropFirst().first),
          holds(formulas, Array(spread.reversed()), width: widths.last)
        else { continue }
        var minimums = Dictionary(uniqueKeysWithValues: depths.map { ($0.symbol, start) })
        if let width {
          let narrow = (1...max(1, width.value)).first {
            holds(formulas, published, width: $0) && holds(formulas, least, width: $0 + 1)
          }
          guard let narrow else { continue }
          minimums[width.symbol] = narrow
        }
        return (formulas, minimums)
      }
    }
    return nil
  }
}
