import NetworkGraph
import SymbolicIntegers

/// One network counted under every convention and by the tools that are known to miscount, with each difference
/// attributed to operators.
///
/// Law: the attributions of an account sum to its difference, exactly; symbolic where the graph is. Cost: one pass over
/// the nodes and one over the kinds of work for each convention.
public struct Reconciliation: Sendable {
  /// A part of a difference: some operators and the rule that makes it.
  public struct Attribution: Sendable {
    /// The operators in words: `batch norm`.
    public var operators: String
    /// How many nodes.
    public var nodes: Int
    /// What each of them adds, in ``symbols``: `4*n`; nil where a reason says it in words.
    public var rule: Dimension?
    /// Why, in words; empty where the rule says it all.
    public var reason: String
    public var difference: Dimension
  }

  /// A way to count, with its difference to what it is compared with.
  public struct Account: Sendable {
    public var name: String
    public var unit: String
    public var definition: String
    /// The convention that it is compared with.
    public var base: String
    public var total: Dimension
    public var difference: Dimension
    /// The largest part first.
    public var attributions: [Attribution]
  }

  public let graph: Graph
  /// The count that conventions are compared with.
  public let reference: (convention: CountingConvention, total: Dimension)
  /// Every other convention.
  public let conventions: [Account]
  /// What tools print, each compared with the convention that it means to follow.
  public let tools: [Account]

  /// What the symbols of a rule stand for.
  public static let symbols = [
    ("n", "output elements"), ("inputs", "input elements"), ("macs", "multiply-accumulates"),
    ("biases", "outputs with a bias"), ("taps", "elements that windows read"), ("rows", "slices of a softmax"),
  ]

  /// - Throws: ``GraphError/total(quantity:_:)`` when a total leaves the range of 64-bit integers.
  public init(_ graph: Graph, reference: CountingConvention = .macs) throws(GraphError) {
    self.graph = graph
    let work = WorkByKind(graph)
    let base = work.total(reference)
    if let failure = base.failure { throw .total(quantity: "operations (\(reference.name))", failure) }
    self.reference = (reference, base)
    var accounts: [Account] = []
    for convention in CountingConvention.all where convention.name != reference.name {
      accounts.append(try work.account(of: convention, against: reference))
    }
    conventions = accounts
    tools = try CountingTool.all.filter { $0.knows(graph) }.map { tool throws(GraphError) in try tool.account(of: graph)
    }
  }
}

/// The tallies of a graph's inference nodes, summed for each kind of work and way of calling.
private struct WorkByKind {
  struct Entry {
    var work: Arithmetic
    var origin: Origin
    var nodes: Int
  }
  private(set) var entries: [Entry] = []

  init(_ graph: Graph) {
    for node in graph.nodes where !node.isTrainingOnly {
      let work = graph.arithmetic(of: node)
      guard work.kind != .none else { continue }
      if let index = entries.firstIndex(where: { $0.work.kind == work.kind && $0.origin == node.origin }) {
        entries[index].work += work
        entries[index].nodes += 1
      } else {
        entries.append(Entry(work: work, origin: node.origin, nodes: 1))
      }
    }
  }

  func total(_ convention: CountingConvention) -> Dimension {
    entries.reduce(0) { $0 + convention.count($1.work, origin: $1.origin) }
  }

  func account(
    of convention: CountingConvention, against base: CountingConvention
  ) throws(GraphError) -> Reconciliation.Account {
    var attributions: [Reconciliation.Attribution] = []
    for entry in entries {
      let difference =
        convention.count(entry.work, origin: entry.origin) - base.count(entry.work, origin: entry.origin)
      guard difference != 0 else { continue }
      let symbolic = entry.work.inSymbols
      let rule = convention.count(symbolic, origin: entry.origin) - base.count(symbolic, origin: entry.origin)
      let name = entry.work.kind.title
      if let index = attributions.firstIndex(where: { $0.operators == name && $0.rule == rule }) {
        attributions[index].nodes += entry.nodes
        attributions[index].difference += difference
      } else {
        attributions.append(
          Reconciliation.Attribution(
            operators: name, nodes: entry.nodes, rule: rule, reason: "", difference: difference))
      }
    }
    let total = total(convention)
    return try Reconciliation.Account(
      name: convention.name, unit: convention.unit, definition: convention.definition, base: base.name, total: total,
      difference: total - self.total(base), attributions: attributions
    ).checked()
  }
}

extension Reconciliation.Account {
  /// The account with its largest parts first.
  func checked() throws(GraphError) -> Self {
    for value in [total, difference] + attributions.map(\.difference) {
      if let failure = value.failure { throw .total(quantity: "operations (\(name))", failure) }
    }
    var sorted = self
    sorted.attributions = attributions.enumerated().sorted { left, right in
      let (a, b) = (left.element.difference.constant, right.element.difference.constant)
      guard let a, let b, a.magnitude != b.magnitude else { return left.offset < right.offset }
      return a.magnitude > b.magnitude
    }.map(\.element)
    return sorted
  }
}

extension Arithmetic {
  /// The same kind of work with a symbol in place of each tally that is not zero: a convention applied to it is its rule.
  fileprivate var inSymbols: Arithmetic {
    var symbolic = Arithmetic(kind)
    func symbol(_ name: String, for tally: Dimension) -> Dimension { tally == 0 ? 0 : .symbol(name) }
    symbolic.multiplyAdds = symbol("macs", for: multiplyAdds)
    symbolic.biasAdditions = symbol("biases", for: biasAdditions)
    symbolic.additions = symbol("additions", for: additions)
    symbolic.multiplications = symbol("multiplications", for: multiplications)
    symbolic.comparisons = symbol("comparisons", for: comparisons)
    symbolic.inputElements = symbol("inputs", for: inputElements)
    symbolic.outputElements = symbol("n", for: outputElements)
    symbolic.taps = symbol(kind == .softmax ? "rows" : "taps", for: taps)
    return symbolic
  }
}

extension Arithmetic.Kind {
  /// The operators in words.
  public var title: String {
    switch self {
    case .none: "data movement"
    case .convolution: "convolution"
    case .transposedConvolution: "transposed convolution"
    case .linear: "linear layer"
    case .matrixProduct: "matrix product"
    case .batchNorm: "batch norm"
    case .layerNorm: "layer norm"
    case .groupNorm: "group norm"
    case .instanceNorm: "instance norm"
    case .localResponseNorm: "local response norm"
    case .maxPool: "max pool"
    case .averagePool: "average pool"
    case .adaptiveAveragePool: "adaptive average pool"
    case .activation: "activation"
    case .softmax: "softmax"
    case .elementwise: "elementwise"
    case .scale: "scale"
    case .reduction: "reduction"
    case .nearestResize: "nearest resize"
    case .linearResize: "linear resize"
    }
  }
}
