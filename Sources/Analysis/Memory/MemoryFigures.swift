import NetworkGraph
import SymbolicIntegers

/// What one network needs in memory, under every definition: training, inference as it is and as it could be planned,
/// and the sum of its activations. In bytes, exact, symbolic where the graph is.
public struct MemoryFigures: Sendable {
  public let graph: Graph
  public let options: MemoryOptions
  /// What the reference implementation holds in inference.
  public let eager: EagerMemory
  /// Live tensors under ``options``, in the graph's order.
  public let liveness: Liveness
  /// Live tensors of a program that fuses and overwrites.
  public let planned: Liveness
  /// Where such a program puts its tensors; nil over symbols.
  public let arena: Arena?
  public let training: TrainingMemory
  /// By node, the bytes of outputs of convolutions, linear layers and matrix products, and of all operators.
  private let activations: [(products: Dimension, all: Dimension)]

  /// - Parameter options: what inference takes for granted; its element type holds for every figure of inference.
  /// - Throws: ``GraphError/total(quantity:_:)`` when a total leaves the range of 64-bit integers.
  public init(
    _ graph: Graph, options: MemoryOptions = MemoryOptions(), training: TrainingOptions = TrainingOptions()
  ) throws(GraphError) {
    self.graph = graph
    self.options = options
    eager = try EagerMemory(graph, elementType: options.elementType)
    liveness = try Liveness(graph, options)
    var plan = MemoryOptions.planned
    plan.elementType = options.elementType
    planned = try Liveness(graph, plan)
    arena = Arena(planned)
    self.training = try TrainingMemory(graph, training)
    activations = graph.nodes.map { node in
      if case .source = node.operation { return (0, 0) }
      if node.isTrainingOnly { return (0, 0) }
      var bytes: Dimension = 0
      for output in node.outputs where output.isKnown {
        bytes += output.shape.elementCount * options.byteCount(of: output.elementType)
      }
      return (node.operation.isProduct ? bytes : 0, bytes)
    }
    if let failure = total.outputBytes.failure { throw .total(quantity: "activation bytes", failure) }
  }

  /// The figures of some nodes together.
  public struct Part: Sendable {
    /// Bytes of the outputs of convolutions, linear layers and matrix products.
    public var activationBytes: Dimension = 0
    /// Bytes of the outputs of all operators, views included.
    public var outputBytes: Dimension = 0
    /// What training keeps for the backward pass, without checkpoints.
    public var savedBytes: Dimension = 0
    /// The most bytes alive while one of the nodes runs: as the reference implementation holds them, under the options,
    /// and as planned. Zero where none of the nodes has a step of its own.
    public var eagerPeakBytes: Dimension = 0
    public var livePeakBytes: Dimension = 0
    public var plannedPeakBytes: Dimension = 0
  }

  /// The figures of the whole network.
  public var total: Part { part(of: graph.nodes.indices) }

  /// The figures of some nodes together: sums of what they make and keep, the largest of what is live while they run.
  public func part(of nodes: some Sequence<Int>) -> Part { Breakdown(self).part(of: nodes) }

  /// The figures by node, for asking after many groups of nodes.
  public struct Breakdown: Sendable {
    private let activations: [(products: Dimension, all: Dimension)]
    private var saved: [Dimension]
    private var eager: [Dimension]
    private var live: [Dimension]
    private var planned: [Dimension]

    public init(_ figures: MemoryFigures) {
      activations = figures.activations
      let none = Array(repeating: Dimension(0), count: figures.graph.nodes.count)
      (saved, eager) = (none, none)
      for step in figures.training.steps { saved[step.node] += step.savedBytes }
      for step in figures.eager.steps { eager[step.node] = Dimension.largest(of: [eager[step.node], step.liveBytes]) }
      live = Breakdown.live(figures.liveness, none)
      planned = Breakdown.live(figures.planned, none)
    }

    private static func live(_ liveness: Liveness, _ none: [Dimension]) -> [Dimension] {
      var result = none
      for (position, step) in liveness.order.enumerated() {
        for node in liveness.storage.nodes(of: step) { result[node] = liveness.liveBytes[position] }
      }
      return result
    }

    public func part(of nodes: some Sequence<Int>) -> Part {
      var part = Part()
      var peaks: [[Dimension]] = [[], [], []]
      for node in nodes {
        part.activationBytes += activations[node].products
        part.outputBytes += activations[node].all
        part.savedBytes += saved[node]
        peaks[0].append(eager[node])
        peaks[1].append(live[node])
        peaks[2].append(planned[node])
      }
      part.eagerPeakBytes = Dimension.largest(of: peaks[0])
      part.livePeakBytes = Dimension.largest(of: peaks[1])
      part.plannedPeakBytes = Dimension.largest(of: peaks[2])
      return part
    }
  }
}
