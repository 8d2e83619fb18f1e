import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers

/// One network at many repeats and widths, and the formulas that all of them have in common.
struct ScaledNetworks {
  private let entry: CatalogEntry
  private let input: Shape
  private let depths: [FormulaScaling.Variable]
  private let width: FormulaScaling.Variable?
  /// What the symbols of the input are at the published size; nil where it has none such.
  private let published: [Symbol: Int]?

  /// More repeats than this are only tried as a linear formula: a quadratic one takes too many networks.
  private static let mostQuadratic = 8

  init(
    _ entry: CatalogEntry, input: Shape, depths: [FormulaScaling.Variable], width: FormulaScaling.Variable?
  ) {
    (self.entry, self.input, self.depths, self.width) = (entry, input, depths, width)
    var published: [Symbol: Int] = [:]
    for (symbolic, size) in zip(input.dimensions, entry.input.dimensions) where symbolic.symbols.count == 1 {
      let symbol = symbolic.symbols[0]
      guard let size = size.constant, let slope = try? symbolic.evaluated(with: [symbol: 1]), slope > 0 else {
        self.published = nil
        return
      }
      published[symbol] = size / slope
    }
    self.published = published
  }

  /// How many convolutions have channels that depend on the width, of how many; nil without a width.
  var convolutionsOfWidth: (scaled: Int, all: Int)? {
    guard width != nil, let graph = graph(depths.map(\.value), width: nil, entry.input) else { return nil }
    let channels = graph.nodes.compactMap { node -> Dimension? in
      guard case .convolution = node.operation else { return nil }
      return node.outputs[0].shape[1]
    }
    return (channels.count { !$0.isConstant }, channels.count)
  }

  // MARK: Fits

  /// Formulas over the repeats, and the least repeats and width from which on they hold.
  struct Fit {
    var formulas: [Dimension]
    /// The stage that each is of.
    var labels: [String] = []
    var minimums: [Symbol: Int] = [:]
  }

  /// What a network without symbols is held to: the whole, and parts that the whole may hide.
  private struct Check {
    var whole: [Dimension]
    var parts: [Dimension]
  }

  /// Parameters, operations and activations; nil where they are no formulas.
  func fitCosts() -> Fit? {
    func costs(of graph: Graph) -> [Dimension]? {
      guard let total = try? NetworkAnalysis(graph).total else { return nil }
      return FormulaScaling.quantities.map { $0.value(in: total) ?? 0 }
    }
    return fit({ costs(of: $0).map { Fit(formulas: $0) } }, formulas: { Check(whole: $0.formulas, parts: []) }) {
      costs(of: $0).map { Check(whole: $0, parts: []) }
    }
  }

  /// The peak of memory and behind it the formulas of which it is the largest, labelled with their stages; nil where it
  /// is none.
  ///
  /// Which step is a stage's peak may depend on its repeats, but from few on it is always one of the same kind, whose
  /// bytes are a polynomial in the repeats.
  /// - Parameter minimums: the least sizes of the input.
  func fitPeak(from minimums: [Symbol: Int]) -> Fit? {
    func peaks(of graph: Graph) -> Fit? {
      var found = Fit(formulas: [])
      for (name, peak) in PeakFormula.stages(of: graph, from: minimums) {
        guard !peak.alternatives.isEmpty else { return nil }
        for alternative in peak.alternatives.sorted(by: { $0.node < $1.node }) {
          found.formulas.append(alternative.bytes)
          found.labels.append(name)
        }
      }
      return found
    }
    func check(_ fit: Fit) -> Check {
      var parts: [Dimension] = []
      for (index, formula) in fit.formulas.enumerated() {
        if index > 0, fit.labels[index] == fit.labels[index - 1] {
          parts[parts.count - 1] = .maximum(parts[parts.count - 1], formula)
        } else {
          parts.append(formula)
        }
      }
      return Check(whole: [PeakFormula(of: alternatives(fit), from: least(fit)).bytes].compactMap { $0 }, parts: parts)
    }
    func alternatives(_ fit: Fit) -> [PeakFormula.Alternative] {
      fit.formulas.enumerated().map { PeakFormula.Alternative(bytes: $1, node: $0) }
    }
    func least(_ fit: Fit) -> [Symbol: Int] { minimums.merging(fit.minimums) { $1 } }

    let fit = fit(peaks, formulas: check) { graph in
      guard let whole = try? EagerMemory(graph).peakBytes, let parts = peaks(of: graph) else { return nil }
      return Check(whole: [whole], parts: parts.formulas)
    }
    guard let fit else { return nil }
    let peak = PeakFormula(of: alternatives(fit), from: least(fit))
    guard let bytes = peak.bytes else { return nil }
    return Fit(
      formulas: [bytes] + peak.alternatives.map(\.bytes), labels: [""] + peak.alternatives.map { fit.labels[$0.node] },
      minimums: fit.minimums)
  }

  /// The formulas through networks of few repeats that other networks confirm.
  /// - Parameters:
  ///   - values: what is fitted.
  ///   - formulas: what is held to numbers, made from the fitted formulas.
  ///   - numbers: the same of a network without symbols.
  private func fit(_ values: (Graph) -> Fit?, formulas: (Fit) -> Check, numbers: (Graph) -> Check?) -> Fit? {
    var known: [[Int]: Fit] = [:]
    for start in depths.isEmpty ? [1] : [1, 2] {
      for degree in depths.isEmpty ? 0...0 : depths.count <= Self.mostQuadratic ? 1...2 : 1...1 {
        let polynomials = PolynomialFit(in: depths.map(\.symbol), from: depths.map { _ in start }, degree: degree)
        var table: [Fit] = []
        for point in polynomials.points {
          guard let row = known[point] ?? graph(point, width: nil, input).flatMap(values),
            table.first.map({ $0.labels == row.labels }) ?? true
          else { break }
          known[point] = row
          table.append(row)
        }
        guard table.count == polynomials.points.count else { continue }
        var fit = table[0]
        fit.formulas = polynomials.polynomials(through: table.map(\.formulas))
        fit.minimums = Dictionary(uniqueKeysWithValues: depths.map { ($0.symbol, start) })
        guard let minimums = confirmed(formulas(fit), numbers, from: start, degree: degree) else { continue }
        fit.minimums = minimums
        return fit
      }
    }
    return nil
  }

  /// Holds formulas to networks of other repeats and widths; gives the least of both.
  private func confirmed(
    _ formulas: Check, _ numbers: (Graph) -> Check?, from start: Int, degree: Int
  ) -> [Symbol: Int]? {
    // A network at its published size may do without what larger ones have, such as shifted windows: others are held
    // to at twice that size.
    func holds(_ repeats: [Int], width value: Int?, times scale: Int = 2) -> Bool {
      guard var bindings = self.published?.mapValues({ $0 * scale }), !formulas.whole.isEmpty,
        let shape = try? input.dimensions.map({ Dimension(try $0.evaluated(with: bindings)) }),
        let built = graph(repeats, width: value, Shape(shape)).flatMap(numbers)
      else { return false }
      for (variable, count) in zip(depths, repeats) { bindings[variable.symbol] = count }
      if let width { bindings[width.symbol] = value }
      func agree(_ formulas: [Dimension], _ numbers: [Dimension]) -> Bool {
        formulas.count == numbers.count
          && zip(formulas, numbers).allSatisfy { (try? $0.evaluated(with: bindings)) == $1.constant }
      }
      return agree(formulas.whole, built.whole) && (scale == 1 || agree(formulas.parts, built.parts))
    }
    let (published, least) = (depths.map(\.value), depths.map { _ in start })
    // Beyond the repeats that the formulas were made from.
    let spread = [0, 1].map { shift in depths.indices.map { start + degree + 1 + ($0 + shift) % 3 } }
    var minimums = Dictionary(uniqueKeysWithValues: depths.map { ($0.symbol, start) })
    guard let width else {
      return holds(published, width: nil, times: 1) && spread.allSatisfy { holds($0, width: nil) } ? minimums : nil
    }
    guard holds(published, width: width.value, times: 1), holds(spread[0], width: width.value + 1),
      holds(spread[1], width: 2 * width.value + 1)
    else { return nil }
    let narrowest = (1...width.value).first {
      holds(published, width: $0, times: 1) && holds(least, width: $0 + 1)
    }
    minimums[width.symbol] = narrowest
    return narrowest == nil ? nil : minimums
  }

  /// - Parameter value: the width; nil for its symbol.
  private func graph(_ repeats: [Int], width value: Int?, _ input: Shape) -> Graph? {
    var texts = zip(depths, repeats).flatMap { variable, count in variable.settings.map { "\($0.name)=\(count)" } }
    if let width {
      texts += width.settings.map { name, factor in
        value.map { "\(name)=\(factor * $0)" } ?? "\(name)=\(factor)*\(width.symbol)"
      }
    }
    return try? entry.with(settings: texts).graph(input: input)
  }
}
