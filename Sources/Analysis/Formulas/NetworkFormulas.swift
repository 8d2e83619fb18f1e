import NetworkGraph
import SymbolicIntegers

/// What a formula can be asked of.
public enum FormulaQuantity: String, Sendable, CaseIterable {
  case parameters, macs, activations, memory

  /// What is counted, in a phrase.
  public var definition: String {
    switch self {
    case .parameters: "trainable elements, shared tensors once"
    case .macs: CountingConvention.macs.definition
    case .activations: "output elements of convolutions, linear layers, matrix products"
    case .memory: "most bytes alive at once in inference as the reference implementation runs it, weights left out"
    }
  }

  /// The quantity of some nodes by their measures; nil for memory, which is no sum.
  public func value(in measures: Measures) -> Dimension? {
    switch self {
    case .parameters: measures.parameters
    case .macs: CountingConvention.macs.count(measures.operations)
    case .activations: measures.activations
    case .memory: nil
    }
  }
}

/// The costs of a network over the symbols of its input: whole, and by stage or layer.
///
/// Law: on ``domain`` a formula evaluated at some sizes equals the analysis of the network built at these sizes.
public struct NetworkFormulas: Sendable {
  public let analysis: NetworkAnalysis
  /// The sizes at which the network exists.
  public let domain: FormulaDomain
  /// The peak of inference memory.
  public let peak: PeakFormula
  /// What is alive while each node runs.
  private let steps: [Int: [PeakFormula.Alternative]]

  /// - Parameter graph: a network whose input has symbols in its shape.
  /// - Throws: ``GraphError/total(quantity:_:)`` when a total leaves the range of 64-bit integers.
  public init(_ graph: Graph) throws(GraphError) {
    analysis = try NetworkAnalysis(graph)
    domain = FormulaDomain(of: graph)
    let steps = EagerMemory.steps(of: graph)
    self.steps = Dictionary(grouping: steps.map(PeakFormula.Alternative.init), by: \.node)
    peak = PeakFormula(of: steps, on: domain)
  }

  public var graph: Graph { analysis.graph }

  /// One quantity of the whole network; nil for one that this library cannot tell of it.
  public func total(_ quantity: FormulaQuantity) -> Dimension? {
    if quantity == .memory { return peak.bytes }
    return quantity.value(in: analysis.total)
  }

  /// One quantity of some nodes together.
  public func value(_ quantity: FormulaQuantity, of group: NodeGroup) -> Dimension? {
    if quantity == .memory {
      return PeakFormula(of: group.nodes.flatMap { steps[$0] ?? [] }, from: peak.minimums).bytes
    }
    return quantity.value(in: analysis.measures(of: group.nodes))
  }

  /// The trainable tensors whose size depends on the input: a network trained at one size fits that size alone.
  public var sizedParameters: [Parameter] {
    let symbols = Set(graph.inputs.flatMap { graph.type(of: $0.value).shape.dimensions.flatMap(\.symbols) })
    return graph.parameters.filter { parameter in
      parameter.spec.kind == .trainable
        && parameter.spec.shape.dimensions.contains { !symbols.isDisjoint(with: $0.symbols) }
    }
  }
}
