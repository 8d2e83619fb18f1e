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
    var tally = OperationTally()
    var departures = CountingTool.all.filter { $0.knows(graph) }.map { Departures($0) }
    let context = CountingTool.Context(graph)
    for node in graph.nodes where !node.isTrainingOnly {
      let work = graph.arithmetic(of: node)
      guard work.kind != .none else { continue }
      tally.add(work, origin: node.origin)
      for index in departures.indices { departures[index].add(node, work, context) }
    }
    let base = reference.count(tally)
    if let failure = base.failure { throw .total(quantity: "operations (\(reference.name))", failure) }
    self.reference = (reference, base)
    let symbolic = tally.entries.map(\.work.inSymbols)
    var accounts: [Account] = []
    for convention in CountingConvention.all where convention.name != reference.name {
      accounts.append(try tally.account(of: convention, against: self.reference, symbolic))
    }
    conventions = accounts
    tools = try departures.map { tool throws(GraphError) in try tool.account(of: tally) }
  }
}

extension OperationTally {
  /// - Parameter symbolic: the tallies of each entry in symbols.
  fileprivate func account(
    of convention: CountingConvention, against base: (convention: CountingConvention, total: Dimension),
    _ symbolic: [Arithmetic]
  ) throws(GraphError) -> Reconciliation.Account {
    var attributions: [Reconciliation.Attribution] = []
    for position in entries.indices {
      let (kind, origin) = (entries[position].work.kind, entries[position].origin)
      let rule = convention.rule(for: kind, origin: origin) - base.convention.rule(for: kind, origin: origin)
      let difference = rule.count(entries[position].work)
      guard difference != 0 else { continue }
      let (name, formula) = (kind.title, rule.count(symbolic[position]))
      if let index = attributions.firstIndex(where: { $0.operators == name && $0.rule == formula }) {
        attributions[index].nodes += entries[position].operators
        attributions[index].difference += difference
      } else {
        attributions.append(
          Reconciliation.Attribution(
            operators: name, nodes: entries[position].operators, rule: formula, reason: "", difference: difference))
      }
    }
    let total = convention.count(self)
    return try Reconciliation.Account(
      name: convention.name, unit: convention.unit, definition: convention.definition, base: base.convention.name,
      total: total, difference: total - base.total, attributions: attributions
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
  /// A symbol for each tally.
  private static let symbols: Arithmetic = {
    var symbols = Arithmetic(.none)
    symbols.multiplyAdds = .symbol("macs")
    symbols.biasAdditions = .symbol("biases")
    symbols.additions = .symbol("additions")
    symbols.multiplications = .symbol("multiplications")
    symbols.comparisons = .symbol("comparisons")
    symbols.inputElements = .symbol("inputs")
    symbols.outputElements = .symbol("n")
    symbols.taps = .symbol("taps")
    return symbols
  }()
  private static let slices = Dimension.symbol("rows")

  /// The same kind of work with a symbol in place of each tally that is not zero: a convention applied to it is its rule.
  fileprivate var inSymbols: Arithmetic {
    var symbolic = Self.symbols
    symbolic.kind = kind
    if kind == .softmax { symbolic.taps = Self.slices }
    if multiplyAdds == 0 { symbolic.multiplyAdds = 0 }
    if biasAdditions == 0 { symbolic.biasAdditions = 0 }
    if additions == 0 { symbolic.additions = 0 }
    if multiplications == 0 { symbolic.multiplications = 0 }
    if comparisons == 0 { symbolic.comparisons = 0 }
    if inputElements == 0 { symbolic.inputElements = 0 }
    if outputElements == 0 { symbolic.outputElements = 0 }
    if taps == 0 { symbolic.taps = 0 }
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
