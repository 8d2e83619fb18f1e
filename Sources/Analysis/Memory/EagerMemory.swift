import NetworkGraph
import SymbolicIntegers

/// What an eager execution of the reference implementation holds in inference.
///
/// Every operator has its own output; where the reference writes in place, it has its input's; views share storage.
/// Parameters and buffers are left out. The network's input stays to the end. The call of a module keeps its inputs until
/// it returns, while a sequence of modules frees as it goes; values with a name stay as long as the name
/// (``Graph/holds``). Max pooling allocates 64-bit indices, and normalisations that compute statistics allocate these.
/// Memory is measured while an operator has its outputs and has not yet freed its inputs. Scratch inside the kernels of
/// one operator (unfolded windows, reordered weights) is not part of it. A formula in a symbolic batch is for batches
/// above 1: in a batch of 1 a reshape may be a view that otherwise copies.
///
/// In bytes. Source: PyTorch on a CPU, storages followed by a `TorchDispatchMode`.
public struct EagerMemory: Sendable {
  /// One operator's run.
  public struct Step: Hashable, Sendable {
    /// Index of the node.
    public var node: Int
    /// Bytes alive while it runs: its inputs, its outputs, and whatever is still needed or named.
    public var liveBytes: Dimension
  }

  /// Nodes in order of execution; those that only training runs are left out.
  public let steps: [Step]
  /// The most bytes alive at once.
  public let peakBytes: Dimension
  /// The first node at the peak; nil where it depends on symbols, and for a graph without nodes.
  public let peakNode: Int?

  /// - Parameter elementType: what floating-point activations are stored as; nil for the graph's own types.
  /// - Throws: ``GraphError/total(quantity:_:)`` when a total leaves the range of 64-bit integers or grows too large as a
  ///   formula.
  public init(_ graph: Graph, elementType: ElementType? = nil) throws(GraphError) {
    let trace = EagerTrace(graph, EagerRules(isTraining: false, precision: elementType))
    let lifetimes = EagerLifetimes(graph, trace)
    let steps = lifetimes.liveBytes(trace)
    let peak = Dimension.largest(of: steps.map(\.liveBytes))
    if let failure = peak.failure { throw .total(quantity: "eager inference memory", failure) }
    self.steps = steps
    peakBytes = peak
    peakNode = steps.first { $0.liveBytes == peak }?.node
  }
}
