import NetworkGraph
import SymbolicIntegers

/// One network counted under every convention and by the tools that are known to miscount, with each difference
/// attributed to operators.
///
/// Law: the attributions of an account sum to its difference, exactly; symbolic where the graph is. Cost: one pass over
/// the nodes, and one over the kinds of work for each convention.
public struct Reconciliation: Sendable {
  /// A part of a difference: some operators and the rule that makes it.
  public struct Attribution: Sendable {
    /// The operators in words: `batch norm`.
    public var operators: String
    /// How many nodes.
    public var nodes: Int
    /// What each of them adds, as factors; nil where a reason says it in words.
    var terms: RuleTerms?
    /// What each of them adds, in ``symbols``: `4*n`; nil where a reason says it in words.
    public var rule: Dimension? { terms?.formula }
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
    var tally = OperationTally()
    var departures: [Departures] = []
    departures.reserveCapacity(CountingTool.all.count)
    for tool in CountingTool.all where tool.knows(graph) { departures.append(Departures(tool)) }
    let context = CountingTool.Context(graph)
    for node in graph.nodes where !node.isTrainingOnly {
      let work = graph.arithmetic(of: node)
      guard work.kind != .none else { continue }
      tally.add(work, origin: node.origin)
      for index in departures.indices { departures[index].add(node, work, context) }
    }
    let base = reference.count(tally)
    if let failure = base.failure { throw .total(quantity: "operations (\(reference.name))", failure) }
    var accounts: [Account] = []
    accounts.reserveCapacity(CountingConvention.all.count)
    for convention in CountingConvention.all where convention.name != reference.name {
      accounts.append(try tally.account(of: convention, against: (reference, base)))
    }
    tools = try departures.map { tool throws(GraphError) in try tool.account(of: tally) }
    conventions = accounts
    self.reference = (reference, base)
    self.graph = graph
  }
}

extension OperationTally {
  fileprivate func account(
    of convention: CountingConvention, against base: (convention: CountingConvention, total: Dimension)
  ) throws(GraphError) -> Reconciliation.Account {
    var attributions: [Reconciliation.Attribution] = []
    var sum: Dimension = 0
    attributions.reserveCapacity(entries.count)
    for position in entries.indices {
      let (kind, origin) = (entries[position].work.kind, entries[position].origin)
      let rule = convention.rule(for: kind, origin: origin) - base.convention.rule(for: kind, origin: origin)
      let difference = rule.count(entries[position].work)
      guard difference != 0 else { continue }
      sum += difference
      let (name, terms) = (kind.title, RuleTerms(rule, entries[position].work))
      if let index = attributions.firstIndex(where: { $0.terms == terms && $0.operators == name }) {
        attributions[index].nodes += entries[position].operators
        attributions[index].difference += difference
      } else {
        attributions.append(
          Reconciliation.Attribution(
            operators: name, nodes: entries[position].operators, terms: terms, reason: "", difference: difference))
      }
    }
    attributions.sortBySize()
    let account = Reconciliation.Account(
      name: convention.name, unit: convention.unit, definition: convention.definition, base: base.convention.name,
      total: base.total + sum, difference: sum, attributions: attributions)
    if let failure = account.failure { throw failure }
    return account
  }
}

extension Reconciliation.Account {
  /// The first number that left the range of 64-bit integers.
  var failure: GraphError? {
    var failure = total.failure ?? difference.failure
    for index in attributions.indices where failure == nil { failure = attributions[index].difference.failure }
    return failure.map { .total(quantity: "operations (\(name))", $0) }
  }
}

extension [Reconciliation.Attribution] {
  /// Puts the largest parts first, before them those whose size symbols decide, in the order in which they are.
  mutating func sortBySize() {
    guard count > 1 else { return }
    func size(_ part: Reconciliation.Attribution) -> UInt { part.difference.constant?.magnitude ?? .max }
    sort { size($0) > size($1) }
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
