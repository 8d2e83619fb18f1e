import NetworkGraph
import SymbolicIntegers

/// What training a network holds between the forward and the backward pass, in bytes.
///
/// Saved for backward is what autograd keeps: by operator its input, its output, masks, statistics or indices, each
/// storage once; parameters and buffers are left out, the network's input is not. Operators that write in place share
/// their input's storage, and copy an input that their own derivative needs. Parts that only training runs count.
/// The gradients of activations, which the backward pass makes and frees, and scratch of kernels are not included.
/// A formula in a symbolic batch is for batches above 1: in a batch of 1 a reshape may be a view that otherwise copies.
///
/// Source: PyTorch on a CPU, measured with `saved_tensors_hooks`.
public struct TrainingMemory: Sendable {
  /// What one node keeps.
  public struct Step: Hashable, Sendable {
    /// Index of the node.
    public var node: Int
    /// Bytes it keeps that no node before it does.
    public var savedBytes: Dimension
  }

  public let options: TrainingOptions
  /// Nodes in order of execution, without checkpoints: what each keeps. Their sum is what training without checkpoints
  /// saves.
  public let steps: [Step]
  /// With checkpoints: the inputs of segments, what lies outside of all segments, and the largest segment as the backward
  /// pass computes it again.
  public let savedForBackwardBytes: Dimension
  /// Weights as the forward pass reads them, and buffers.
  public let parameterBytes: Dimension
  /// One gradient for each weight that is trained.
  public let gradientBytes: Dimension
  /// The optimiser's state; in mixed precision with the master copy of the weights.
  public let optimizerBytes: Dimension

  /// Everything above together.
  public var totalBytes: Dimension { parameterBytes + gradientBytes + optimizerBytes + savedForBackwardBytes }

  /// - Parameter frozen: what training leaves as it is: it has neither gradients nor state, nothing below the first trained
  ///   parameter is kept, and above it a frozen linear layer or scale does not keep its input.
  /// - Throws: ``GraphError/total(quantity:_:)`` when a total leaves the range of 64-bit integers.
  public init(
    _ graph: Graph, _ options: TrainingOptions = TrainingOptions(), frozen: FrozenPart = .none
  ) throws(GraphError) {
    self.options = options
    let trace = EagerTrace(
      graph, EagerRules(isTraining: true, precision: options.precision.activations), frozen: frozen)
    var savings = SavedStorages(trace)
    var steps: [Step] = []
    steps.reserveCapacity(trace.steps.count)
    for step in trace.steps { steps.append(Step(node: step.node, savedBytes: savings.add(step))) }
    self.steps = steps
    if let count = options.blocksPerSegment {
      savedForBackwardBytes = Checkpointing(graph, trace, blocksPerSegment: count).savedBytes
    } else {
      savedForBackwardBytes = Dimension.sum(steps.map(\.savedBytes))
    }

    var (weights, gradients, buffers, trained): (Dimension, Dimension, Dimension, Dimension) = (0, 0, 0, 0)
    for index in graph.parameters.indices {
      let elements = graph.parameters[index].spec.shape.elementCount
      let type = graph.parameters[index].spec.elementType
      switch graph.parameters[index].spec.kind {
      case .trainable:
        let bytes = elements * (options.precision.activations ?? type).byteCount
        weights += bytes
        guard frozen.trains(index, of: graph) else { continue }
        gradients += bytes
        trained += elements
      case .buffer, .counter: buffers += elements * type.byteCount
      }
    }
    parameterBytes = weights + buffers
    gradientBytes = gradients
    let copies = options.optimizer.statesPerWeight + (options.precision == .full ? 0 : 1)
    optimizerBytes = options.precision == .full ? gradients * copies : trained * (4 * copies)
    if let failure = totalBytes.failure { throw .total(quantity: "training memory", failure) }
  }

  /// The largest batch with which training needs at most `capacity` bytes; nil where not even one sample fits.
  ///
  /// The graph's batch must be `batch`, its only symbol. Found by bisection, since memory grows with the batch; at most
  /// ``maximumBatch``.
  /// - Throws: ``GraphError/total(quantity:_:)`` when there are other symbols.
  public func largestBatch(fitting capacity: Int, batch: Symbol) throws(GraphError) -> Int? {
    let total = totalBytes
    if let other = total.symbols.first(where: { $0 != batch }) {
      throw .total(quantity: "training memory", .unbound(other))
    }
    func fits(_ size: Int) -> Bool {
      // A total beyond 64 bits fits nowhere.
      guard let bytes = try? total.evaluated(with: [batch: size]) else { return false }
      return bytes <= capacity
    }
    guard fits(1) else { return nil }
    var (fitting, failing) = (1, Self.maximumBatch + 1)
    while failing - fitting > 1 {
      let middle = fitting + (failing - fitting) / 2
      if fits(middle) { fitting = middle } else { failing = middle }
    }
    return fitting
  }

  /// The largest batch that ``largestBatch(fitting:batch:)`` considers.
  public static let maximumBatch = 1 << 32
}

/// The storages kept so far, each once.
struct SavedStorages {
  private let trace: EagerTrace
  private var isKept: [Bool]

  init(_ trace: EagerTrace) {
    self.trace = trace
    isKept = trace.storages.map { $0.owner == .state }
  }

  /// Bytes that keeping a storage adds.
  mutating func add(_ storage: Int) -> Dimension {
    if isKept[storage] { return 0 }
    isKept[storage] = true
    return trace.storages[storage].bytes
  }

  /// Bytes that what a step keeps adds.
  mutating func add(_ step: EagerTrace.Step) -> Dimension {
    var bytes = step.keptExtra
    for storage in trace.kept[step.kept] { bytes += add(storage) }
    return bytes
  }
}
