import NetworkGraph
import SymbolicIntegers

/// A property of a network that a budget can bound.
public struct BudgetedQuantity: Sendable {
  /// Whether the bound is the most or the least that is allowed.
  public enum Bound: String, Sendable {
    case maximum, minimum
  }

  /// Stable key, as options and documents spell it.
  public let name: String
  public let unit: String
  public let definition: String
  public let bound: Bound
  let measure: @Sendable (NetworkAnalysis) throws(GraphError) -> Dimension
}

extension BudgetedQuantity {
  public static let macs = BudgetedQuantity(
    name: "macs", unit: "MACs", definition: CountingConvention.macs.definition, bound: .maximum
  ) { analysis in CountingConvention.macs.count(analysis.total.operations) }

  public static let parameters = BudgetedQuantity(
    name: "parameters", unit: "", definition: "trainable elements of inference, shared tensors once", bound: .maximum
  ) { analysis in analysis.total.parameters }

  public static let weightBytes = BudgetedQuantity(
    name: "weight-memory", unit: "B", definition: "bytes of every tensor of the model's state that inference reads",
    bound: .maximum
  ) { analysis in analysis.graph.stateBytes }

  public static let activations = BudgetedQuantity(
    name: "activations", unit: "",
    definition: "output elements of convolutions, linear layers, matrix products", bound: .maximum
  ) { analysis in analysis.total.activations }

  public static let peakMemory = BudgetedQuantity(
    name: "peak-memory", unit: "B",
    definition: "most bytes alive at once in inference as the reference implementation runs it, weights left out",
    bound: .maximum
  ) { analysis throws(GraphError) in try EagerMemory(analysis.graph).peakBytes }

  public static let plannedMemory = BudgetedQuantity(
    name: "planned-memory", unit: "B",
    definition: "most bytes alive at once where norms and activations are fused and operators overwrite their input",
    bound: .maximum
  ) { analysis throws(GraphError) in try Liveness(analysis.graph, .planned).peakBytes }

  public static let receptiveField = BudgetedQuantity(
    name: "receptive-field", unit: "pixels",
    definition: "smaller side of what a unit of the last map sees; the image's where attention sees all of it",
    bound: .minimum
  ) { analysis in
    ReceptiveField(analysis.graph).sidesOfFeatures.map { sides in
      sides.reduce(sides[0].seen) { Dimension.minimum($0, $1.seen) }
    } ?? 0
  }

  public static let nodes = BudgetedQuantity(
    name: "operators", unit: "", definition: "operators that inference runs", bound: .maximum
  ) { analysis in
    Dimension(
      analysis.graph.nodes.count { node in
        if case .source = node.operation { false } else { !node.isTrainingOnly }
      })
  }

  /// Every quantity, in the order reports list them.
  public static let all: [BudgetedQuantity] = [
    .macs, .parameters, .weightBytes, .activations, .peakMemory, .plannedMemory, .receptiveField, .nodes,
  ]
}

/// A bound on one property.
public struct Budget: Sendable {
  public var quantity: BudgetedQuantity
  public var limit: Int

  public init(_ quantity: BudgetedQuantity, _ limit: Int) {
    self.quantity = quantity
    self.limit = limit
  }
}

/// Budgets of a network beside what it needs.
public struct BudgetCheck: Sendable {
  public struct Result: Sendable {
    public var budget: Budget
    public var actual: Int
    /// What is left; negative where the budget is broken.
    public var margin: Dimension

    public var holds: Bool { budget.quantity.bound == .maximum ? actual <= budget.limit : actual >= budget.limit }
  }

  public let graph: Graph
  public let results: [Result]

  public var holds: Bool { results.allSatisfy(\.holds) }

  /// - Throws: ``BudgetError`` where a quantity depends on a symbol or cannot be computed.
  public init(_ analysis: NetworkAnalysis, _ budgets: [Budget]) throws(BudgetError) {
    graph = analysis.graph
    var results: [Result] = []
    for budget in budgets {
      let value: Dimension
      do throws(GraphError) {
        value = try budget.quantity.measure(analysis)
      } catch {
        throw .unknown(quantity: budget.quantity.name, error)
      }
      if let failure = value.failure {
        throw .unknown(quantity: budget.quantity.name, .total(quantity: budget.quantity.name, failure))
      }
      guard let actual = value.constant else {
        throw .symbolic(quantity: budget.quantity.name, symbols: value.symbols.map(\.name))
      }
      let isMaximum = budget.quantity.bound == .maximum
      let margin = isMaximum ? Dimension(budget.limit) - actual : Dimension(actual) - budget.limit
      results.append(Result(budget: budget, actual: actual, margin: margin))
    }
    self.results = results
  }
}

/// Why a budget could not be checked.
public enum BudgetError: Error, Sendable {
  /// A formula cannot be compared with a number.
  case symbolic(quantity: String, symbols: [String])
  case unknown(quantity: String, GraphError)
}

extension BudgetError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .symbolic(let quantity, let symbols):
      "\(quantity) depends on \(symbols.joined(separator: ", ")), so no number bounds it: give the input in numbers"
    case .unknown(let quantity, let error): "\(quantity): \(error)"
    }
  }
}

extension ReceptiveField {
  /// Along each axis of the image what a unit of the last map sees, and the image's side; nil where no map depends on an
  /// image. Attention sees the whole image, the pool of a classifier does not count.
  var sidesOfFeatures: [(seen: Dimension, image: Dimension)]? {
    features.flatMap(sides)
  }

  /// The same for ``features``.
  func sides(of features: UnitField) -> [(seen: Dimension, image: Dimension)]? {
    guard !imageSides.isEmpty else { return nil }
    if let reader = firstWholeReader, case .matrixProduct = graph.nodes[reader].operation {
      return imageSides.map { ($0, $0) }
    }
    return zip(features.axes, imageSides).map { ($0.size ?? 0, $1) }
  }
}

extension Graph {
  /// Bytes of the tensors of the model's state that inference reads, each once; step counters are left out.
  fileprivate var stateBytes: Dimension {
    var isUsed = Array(repeating: false, count: parameters.count)
    for node in nodes where !node.isTrainingOnly {
      for index in node.parameters { isUsed[index] = true }
    }
    var bytes: Dimension = 0
    for (index, parameter) in parameters.enumerated() where isUsed[index] && parameter.spec.kind != .counter {
      bytes += parameter.spec.shape.elementCount * parameter.spec.elementType.byteCount
    }
    return bytes
  }
}
