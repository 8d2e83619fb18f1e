import Analysis
import NetworkGraph
import SymbolicIntegers

/// The formulas of one network, with the sizes for which they were confirmed.
public struct ModelFormulas: Sendable {
  public let formulas: NetworkFormulas
  /// Sizes at which values are shown: the network's default ones where symbols stand for them, else the least.
  public let reference: [Symbol: Int]
  /// The sizes for which the formulas hold.
  public let domain: FormulaDomain
  /// Whether the network built at the least sizes gave what the formulas give.
  public let isConfirmed: Bool
  /// The sizes for which the formula of memory holds: rounding makes it another at very small ones.
  public let memoryDomain: FormulaDomain
  public let isMemoryConfirmed: Bool
  /// The formulas in repeats and width too; nil where they were not asked for or the network has none.
  public var scaling: FormulaScaling?

  /// - Parameters:
  ///   - graph: the network over symbols.
  ///   - defaultShape: its default input; gives the reference sizes.
  ///   - build: the network for an input of given sizes; nil where it cannot be built.
  /// - Throws: ``GraphError/total(quantity:_:)``.
  public init(
    _ graph: Graph, defaultShape: Shape?, build: (Shape) -> Graph?
  ) throws(GraphError) {
    let formulas = try NetworkFormulas(graph)
    self.formulas = formulas
    var domain = formulas.domain
    let shape = graph.inputs.first.map { graph.type(of: $0.value).shape } ?? []
    let reference = Self.reference(shape, defaultShape: defaultShape, domain)
    func agrees(_ quantities: [FormulaQuantity], at bindings: [Symbol: Int]) -> Bool {
      let sizes = shape.dimensions.map { (try? $0.evaluated(with: bindings)).map { Dimension($0) } }
      guard !sizes.contains(nil), let built = build(Shape(sizes.compactMap { $0 })),
        let values = try? NetworkFormulas(built)
      else { return false }
      return quantities.allSatisfy { quantity in
        guard let formula = formulas.total(quantity) else { return true }
        guard let value = values.total(quantity)?.constant else { return false }
        return (try? formula.evaluated(with: bindings)) == value
      }
    }
    let isCheckable = graph.inputs.count == 1
    isConfirmed =
      domain.bounds.isEmpty
      || isCheckable && domain.confirm(near: reference) { agrees([.parameters, .macs, .activations], at: $0) }
    var memoryDomain = domain
    memoryDomain.raise(to: formulas.peak.minimums)
    isMemoryConfirmed =
      domain.bounds.isEmpty || isCheckable && memoryDomain.confirm(near: reference) { agrees([.memory], at: $0) }
    self.memoryDomain = memoryDomain
    self.domain = domain
    self.reference = reference.merging(domain.minimums) { max($0, $1) }
  }

  /// The formulas of which memory is the largest, over repeats and width too where these have symbols, and what runs.
  var peaks: [(place: String, bytes: Dimension)] {
    if let scaling, !scaling.peaks.isEmpty { return scaling.peaks.map { ($0.stage, $0.bytes) } }
    let graph = formulas.graph
    return formulas.peak.alternatives.map { (graph.path(of: graph.nodes[$0.node]), $0.bytes) }
  }

  /// The least values of all symbols, repeats and width included.
  var minimums: [Symbol: Int] {
    let variables = scaling?.variables ?? []
    return domain.minimums.merging(variables.map { ($0.symbol, $0.minimum) }) { $1 }
  }

  /// The least values of all symbols for the formula of memory.
  var memoryMinimums: [Symbol: Int] {
    guard let scaling, !scaling.peaks.isEmpty else { return memoryDomain.minimums }
    return scaling.memoryMinimums
  }

  /// The values of symbols at which `shape` is the default one, as far as there are any.
  private static func reference(_ shape: Shape, defaultShape: Shape?, _ domain: FormulaDomain) -> [Symbol: Int] {
    var result = domain.minimums
    for (axis, dimension) in shape.dimensions.enumerated() {
      let symbols = dimension.symbols
      guard symbols.count == 1, let size = defaultShape.flatMap({ axis < $0.rank ? $0[axis].constant : nil }),
        let offset = try? dimension.evaluated(with: [symbols[0]: 0]),
        let slope = try? (dimension - offset).evaluated(with: [symbols[0]: 1]), slope > 0,
        (size - offset).isMultiple(of: slope), size > offset
      else { continue }
      result[symbols[0]] = (size - offset) / slope
    }
    return result
  }
}
