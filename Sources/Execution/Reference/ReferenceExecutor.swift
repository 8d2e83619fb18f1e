import Analysis
import NetworkGraph
import Tensors

/// Runs a network operator by operator with plain loops that are written to be obviously right, for any number of spatial
/// axes, and counts every multiply-accumulate it does.
///
/// Sums are taken in float64 and stored as float32. Memory is one block in which the plan of the memory analysis places
/// every tensor; between its first and last use a tensor's place belongs to it alone.
public final class ReferenceExecutor: Executor {
  public let graph: Graph
  /// The work of the last run, by node.
  public private(set) var tallies: [WorkTally]
  let plan: ExecutionPlan
  private let state: ModelState
  let memory: UnsafeMutablePointer<Float>
  let elementCount: Int
  /// Elements behind the block that nothing may write.
  static let guardCount = 64
  /// What kernels prepared once, and what they work in.
  private let prepared: KernelMemory
  var kernels: [(node: Int, kernel: ReferenceKernel)] = []
  /// Where the inputs go; nil for one that nothing reads.
  private var inputs: [(shape: [Int], view: TensorView?)] = []

  /// - Throws: ``ExecutionError`` when a size is not a number, an operator is not known, or memory does not suffice.
  public init(_ graph: Graph, state: ModelState, memoryLimit: Int = .physicalMemory) throws(ExecutionError) {
    self.graph = graph
    self.state = state
    plan = try ExecutionPlan(graph)
    let bytes = plan.arena.bytes
    guard bytes <= memoryLimit else { throw .memory(bytes: bytes, limit: memoryLimit) }
    elementCount = bytes / MemoryLayout<Float>.stride
    memory = .allocate(capacity: elementCount + Self.guardCount)
    memory.initialize(repeating: 0, count: elementCount + Self.guardCount)
    prepared = KernelMemory()
    tallies = Array(repeating: WorkTally(), count: graph.nodes.count)
    for node in plan.steps {
      kernels.append((node, try referenceKernel(for: step(graph.nodes[node]))))
    }
    inputs = graph.inputs.map { (graph.type(of: $0.value).shape.sizes, view($0.value)) }
  }

  deinit { memory.deallocate() }

  /// The elements of the network's inputs that a part of a node's first output depends on in the last run.
  ///
  /// Marks go back through the windows that were executed, once for all of the input. A weight that a mask made nothing
  /// carries no mark.
  /// - Parameter part: a position along some axes; all positions along the others.
  /// - Returns: for each input a flag for each element, in row-major order; nil where the output has no such part.
  public func influences(on node: Int, at part: [Int: Int]) -> [[Bool]]? {
    guard let start = kernels.lastIndex(where: { $0.node <= node }), let view = view(Value(node: node)),
      part.allSatisfy({ view.shape.indices.contains($0) && 0..<view.shape[$0] ~= $1 })
    else { return nil }
    let marks = Marks(memory, count: elementCount)
    var unit = view.layout
    for (axis, place) in part { unit = unit.sliced(axis: axis, start: place, count: 1) }
    marks.set(TensorView(base: view.base, layout: unit))
    for (node, kernel) in kernels[...start].reversed() {
      kernel.mark(marks)
      // In time's order the storage is another tensor's before this node runs.
      for output in graph.nodes[node].outputs.indices {
        if let output = self.view(Value(node: node, output: output)) { marks.clear(output) }
      }
    }
    return graph.inputs.map { port in
      guard let view = self.view(port.value) else { return [] }
      return marks.values(view)
    }
  }

  /// The bytes of the block in which all tensors of a run are placed.
  public var arenaBytes: Int { plan.arena.bytes }

  public func run(
    _ inputs: [Tensor], observer: ((Node, () -> [Tensor]) -> Void)?
  ) throws(ExecutionError) -> [Tensor] {
    try place(inputs)
    for step in kernels.indices {
      let node = compute(step)
      observer?(graph.nodes[node]) {
        self.graph.nodes[node].outputs.indices.compactMap { self.tensor(Value(node: node, output: $0)) }
      }
    }
    return try outputs()
  }

  /// Runs one step of the plan.
  /// - Returns: its node.
  func compute(_ step: Int) -> Int {
    var tally = WorkTally()
    kernels[step].kernel.run(&tally)
    tallies[kernels[step].node] = tally
    return kernels[step].node
  }

  /// Computes all values at their places, without allocating anything; ``outputs()`` reads them.
  /// - Throws: ``ExecutionError`` for inputs that do not fit.
  public func compute(_ inputs: [Tensor]) throws(ExecutionError) {
    try place(inputs)
    for step in kernels.indices { _ = compute(step) }
  }

  /// The outputs as they lie in memory after a run.
  public func outputs() throws(ExecutionError) -> [Tensor] {
    var outputs: [Tensor] = []
    for port in graph.outputs {
      guard let tensor = tensor(port.value) else {
        throw .unsupported(node: port.name, reason: "only training computes this output")
      }
      outputs.append(tensor)
    }
    return outputs
  }

  /// Copies the inputs of a run to their places.
  func place(_ tensors: [Tensor]) throws(ExecutionError) {
    guard tensors.count == inputs.count else {
      throw .inputCount(expected: graph.inputs.map(\.name), found: tensors.count)
    }
    for index in inputs.indices {
      let (shape, view) = inputs[index]
      guard tensors[index].shape == shape else {
        throw .input(name: graph.inputs[index].name, expected: shape, found: tensors[index].shape)
      }
      tensors[index].values.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return }
        view?.base.update(from: base, count: values.count)
      }
    }
  }

  /// A copy of a value as it lies in memory now; nil where none is stored.
  func tensor(_ value: Value) -> Tensor? {
    guard let view = view(value) else { return nil }
    var values: [Float] = []
    values.reserveCapacity(view.count)
    let walk = Walk([view.layout])
    walk.rows { at in
      for index in 0..<walk.rowCount { values.append(view.base[at[0] + index * walk.rowStrides[0]]) }
    }
    return try? Tensor(view.shape, values, graph.type(of: value).elementType)
  }

  /// Where a value lies; nil for what only training computes or nothing reads.
  func view(_ value: Value) -> TensorView? {
    guard let place = plan[value] else { return nil }
    switch place.storage {
    case .buffer(let index):
      let offset = plan.arena.offsets[index]
      guard offset >= 0 else { return nil }
      return TensorView(base: memory + offset / MemoryLayout<Float>.stride, layout: place.layout)
    case .parameter(let index):
      return TensorView(base: state.memory + state.parameterOffsets[index], layout: place.layout)
    case .constant(let node):
      return TensorView(base: state.memory + (state.constantOffsets[node] ?? 0), layout: place.layout)
    }
  }

  /// A node with the memory that it reads and writes.
  private func step(_ node: Node) throws(ExecutionError) -> Step {
    let path = graph.path(of: node)
    var inputs: [TensorView] = []
    for input in node.inputs {
      guard let view = view(input) else {
        throw .unsupported(node: path, reason: "it reads what only training computes")
      }
      inputs.append(view)
    }
    var outputs: [TensorView] = []
    for output in node.outputs.indices {
      guard let view = view(Value(node: node.id, output: output)) else {
        throw .unsupported(node: path, reason: "its output has no place")
      }
      outputs.append(view)
    }
    var parameters: [String: TensorView] = [:]
    for index in node.parameters where state.parameterOffsets[index] >= 0 {
      let spec = graph.parameters[index].spec
      parameters[spec.name] = TensorView(
        base: state.memory + state.parameterOffsets[index], layout: StridedLayout(spec.shape.sizes))
    }
    return Step(
      path: path, operation: node.operation, inputTypes: graph.inputTypes(of: node), outputTypes: node.outputs,
      inputs: inputs, outputs: outputs, parameters: parameters, memory: prepared)
  }
}

/// One operator of a plan, bound to the memory it works on.
struct Step {
  let path: String
  let operation: Operator
  let inputTypes: [TensorType]
  let outputTypes: [TensorType]
  let inputs: [TensorView]
  let outputs: [TensorView]
  /// By their names within the node: `weight`, `running_mean`...
  let parameters: [String: TensorView]
  /// For what the kernel needs besides.
  let memory: KernelMemory

  var input: TensorView { inputs[0] }
  var output: TensorView { outputs[0] }

  /// A tensor that the operator owns under `name`, or else reads as input `position`; nil where it has neither.
  func operand(_ name: String, orInput position: Int) -> TensorView? {
    parameters[name] ?? (position < inputs.count ? inputs[position] : nil)
  }
}

/// One operator's computation, bound to its memory.
struct ReferenceKernel {
  /// Computes the outputs, and adds the multiply-accumulates that it does to the tally.
  var run: (inout WorkTally) -> Void
  /// Marks every input element that a marked output element reads.
  var mark: (Marks) -> Void
}
