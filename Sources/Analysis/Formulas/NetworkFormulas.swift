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
    case .memory: "largest sum of live tensors in bytes over the order of execution, weights left out"
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

  /// - Parameter graph: a network whose input has symbols in its shape.
  /// - Throws: ``GraphError/total(quantity:_:)`` when a total leaves the range of 64-bit integers.
  public init(_ graph: Graph) throws(GraphError) {
    analysis = try NetworkAnalysis(graph)
    domain = FormulaDomain(of: graph)
  }

  public var graph: Graph { analysis.graph }

  /// One quantity of the whole network; nil for one that this library cannot tell of it.
  public func total(_ quantity: FormulaQuantity) -> Dimension? { Self.value(quantity, of: analysis.total) }

  /// One quantity of some nodes together.
  public func value(_ quantity: FormulaQuantity, of group: NodeGroup) -> Dimension? {
    Self.value(quantity, of: analysis.measures(of: group.nodes))
  }

  /// One quantity of some measures.
  private static func value(_ quantity: FormulaQuantity, of measures: Measures) -> Dimension? {
    switch quantity {
    case .parameters: measures.parameters
    case .macs: CountingConvention.macs.count(measures.operations)
    case .activations: measures.activations
    case .memory: nil
    }
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
