import NetworkGraph
import SymbolicIntegers

/// What running a network's inference allocates and touches: steps over buffers, under ``MemoryOptions``.
///
/// A step is an operator, or a chain that fusion makes one. A buffer is storage for one tensor, or for a concatenation
/// and the tensors written into it. Views (reshapes, splits, slices, transpositions, expansions, dropout) have no step
/// and no buffer of their own; a reshape of storage that is not contiguous copies, as it does in every framework.
/// Nodes that only training runs are left out; parameters and constants stand apart in ``weightBytes``.
///
/// Cost: one pass over nodes and edges.
public struct StorageGraph: Sendable {
  /// Storage that some steps touch.
  public struct Buffer: Sendable {
    /// Size; 0 where the tensor's type is not known.
    public var bytes: Dimension
    /// The tensor that the buffer is for: of a concatenation, the joined one.
    public var value: Value
    /// Whether it holds an input of the graph: live from the start until its last reader.
    public var isInput = false
    /// Whether it holds an output of the graph: live to the end.
    public var isKept = false
    /// How many steps touch it.
    public var touchCount = 0
  }

  /// What runs at once.
  public struct Step: Sendable {
    /// The node that gives the step its place.
    public var firstNode: Int
    /// The node whose output the step stores.
    public var lastNode: Int
    /// Positions of its buffers in ``StorageGraph/touches``: what it reads, then what it writes.
    var touches: Range<Int>
    /// Positions in ``StorageGraph/overwritable`` of the inputs that its output may take the place of.
    var overwritable: Range<Int>
  }

  public let graph: Graph
  public let options: MemoryOptions
  public internal(set) var buffers: [Buffer] = []
  public internal(set) var steps: [Step] = []
  /// Bytes that are live throughout: parameters, buffers and constants if the options count them, else 0.
  public internal(set) var weightBytes: Dimension = 0
  /// How many tensors have a type that is not known and count as 0 bytes.
  public internal(set) var unknownTensors = 0
  /// Buffers touched by the steps, one step after the other; within a step each once.
  var touches: [Int32] = []
  /// Buffers that the steps may overwrite, one step after the other.
  var overwritable: [Int32] = []
  /// The step that computes a node's outputs; -1 for sources and views of sources.
  var producer: [Int32]
  let fusion: EpilogueFusion

  /// The buffers a step reads or writes, each once.
  func touched(by step: Int) -> ArraySlice<Int32> { touches[steps[step].touches] }

  /// The buffers whose storage a step's output may take over when no later step needs them.
  func overwritable(by step: Int) -> ArraySlice<Int32> { overwritable[steps[step].overwritable] }

  /// The nodes that a step runs, in order: one, or a fused chain.
  public func nodes(of step: Int) -> [Int] {
    var nodes = [steps[step].firstNode]
    while let last = nodes.last, last != steps[step].lastNode { nodes.append(Int(fusion.next[last])) }
    return nodes
  }

  /// The name of a step: the path of its node, and the names of the nodes fused to it.
  public func name(of step: Int) -> String {
    let nodes = nodes(of: step)
    return ([graph.path(of: graph.nodes[nodes[0]])] + nodes.dropFirst().map { graph.nodes[$0].name })
      .joined(separator: " + ")
  }

  /// The steps whose outputs a step needs, each once, in ascending order.
  func predecessors(of step: Int) -> [Int] {
    var result: Set<Int> = []
    for node in nodes(of: step) {
      for input in graph.nodes[node].inputs {
        let producer = Int(producer[input.node])
        if producer >= 0, producer != step { result.insert(producer) }
      }
    }
    return result.sorted()
  }
}
