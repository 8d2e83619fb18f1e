import Analysis
import CKernels
import NetworkGraph
import Tensors

/// Runs a network on vector kernels: values with channels in blocks, weights packed once, chains of operators fused, every
/// buffer at its place in one block of memory. Results do not depend on the number of threads.
///
/// ``compute(_:)`` allocates nothing; ``run(_:observer:)`` also copies the outputs into tensors.
public final class NativeExecutor: Executor {
  public let graph: Graph
  public let instructionSet: InstructionSet
  public var threads: Int { pool.threads }
  /// The bytes of the block in which all buffers of a run are placed.
  public let arenaBytes: Int
  /// The bytes of packed weights and tables, which were made from the network's own before the first run.
  public let preparedBytes: Int

  private let planner: NativePlanner
  private let pool: ThreadPool
  private let arena: UnsafeMutablePointer<Float>
  private let scratch: UnsafeMutablePointer<Float>
  private let scratchStride: Int
  private let binder: NativeBinder
  private var work: [NativeWork] = []
  /// Where the inputs go; nil for one that nothing reads.
  private var inputs: [(shape: [Int], memory: UnsafeMutablePointer<Float>?)] = []

  /// - Throws: ``ExecutionError`` when a size is not a number, an operator is not known, the instructions are not there or
  ///   memory does not suffice.
  public init(
    _ graph: Graph, state: ModelState, threads: Int = 1, instructionSet: InstructionSet? = nil,
    convolution: ConvolutionMethod = .auto, memoryLimit: Int = .physicalMemory
  ) throws(ExecutionError) {
    try NativeExecutor.check(graph)
    self.graph = graph
    self.instructionSet = if let instructionSet { instructionSet } else { try InstructionSet.chosen() }
    pool = try ThreadPool(threads: threads)
    planner = try NativePlanner(
      graph, state: state, kernels: self.instructionSet.kernels(), method: convolution, threads: threads)
    guard let places = planner.places(steps: planner.steps) else {
      throw .unsupported(node: graph.name, reason: "its tensors have no place")
    }
    arenaBytes = places.arena.bytes
    scratchStride = (planner.scratch + 31) / 16 * 16
    let bytes = arenaBytes + threads * scratchStride * MemoryLayout<Float>.stride
    guard bytes <= memoryLimit else { throw .memory(bytes: bytes, limit: memoryLimit) }
    preparedBytes = planner.memory.bytes
    arena = planner.memory.floats(arenaBytes / MemoryLayout<Float>.stride)
    scratch = planner.memory.floats(threads * scratchStride)
    binder = NativeBinder(
      arena: arena, offsets: places.tenants.map { places.arena.offsets[$0] / MemoryLayout<Float>.stride },
      memory: planner.memory)
    for step in planner.steps { work.append(try step.bind(binder)) }
    for port in graph.inputs {
      inputs.append((graph.type(of: port.value).shape.sizes, planner[port.value].map { binder.pointer($0.storage) }))
    }
  }

  public func run(
    _ inputs: [Tensor], observer: ((Node, () -> [Tensor]) -> Void)?
  ) throws(ExecutionError) -> [Tensor] {
    try place(inputs)
    for index in work.indices {
      compute(index)
      if let observer, let node = planner.steps[index].nodes.last {
        observer(graph.nodes[node]) {
          self.graph.nodes[node].outputs.indices.compactMap { self.tensor(Value(node: node, output: $0)) }
        }
      }
    }
    return try outputs()
  }

  /// Computes all values at their places, without allocating anything; ``outputs()`` reads them.
  /// - Throws: ``ExecutionError`` for inputs that do not fit.
  public func compute(_ inputs: [Tensor]) throws(ExecutionError) {
    try place(inputs)
    for index in work.indices { compute(index) }
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

  private func compute(_ step: Int) {
    switch work[step] {
    case .task(let task): pool.run(task, scratch: scratch, stride: scratchStride)
    case .reference(let kernel):
      var tally = WorkTally()
      kernel.run(&tally)
    }
  }

  /// Runs once and returns the time of each of ``steps``.
  public func profile(_ inputs: [Tensor]) throws(ExecutionError) -> [Duration] {
    try place(inputs)
    let clock = ContinuousClock()
    return work.indices.map { step in clock.measure { compute(step) } }
  }

  private func place(_ tensors: [Tensor]) throws(ExecutionError) {
    guard tensors.count == inputs.count else {
      throw .inputCount(expected: graph.inputs.map(\.name), found: tensors.count)
    }
    for index in inputs.indices {
      let (shape, memory) = inputs[index]
      guard tensors[index].shape == shape else {
        throw .input(name: graph.inputs[index].name, expected: shape, found: tensors[index].shape)
      }
      tensors[index].values.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return }
        memory?.update(from: base, count: values.count)
      }
    }
  }

  /// A copy of a value as it lies in memory now; nil where none is stored.
  private func tensor(_ value: Value) -> Tensor? {
    guard let place = planner[value] else { return nil }
    let base = binder.pointer(place.storage)
    var values: [Float] = []
    switch place.layout {
    case .strided(let layout):
      values.reserveCapacity(layout.count)
      let walk = Walk([layout])
      walk.rows { at in
        for index in 0..<walk.rowCount { values.append(base[at[0] + index * walk.rowStrides[0]]) }
      }
      return try? Tensor(layout.shape, values, graph.type(of: value).elementType)
    case .blocked(let layout):
      let outer = layout.shape[1..<layout.axis].reduce(1, *)
      let inner = layout.shape[(layout.axis + 1)...].reduce(1, *)
      values.reserveCapacity(layout.shape.reduce(1, *))
      for sample in 0..<layout.batch {
        for before in 0..<outer {
          for channel in 0..<layout.channels {
            let start = layout.offset + sample * layout.batchStride + channel / layout.lanes * layout.blockStride
            let place = base + start + before * inner * layout.lanes + channel % layout.lanes
            for after in 0..<inner { values.append(place[after * layout.lanes]) }
          }
        }
      }
      return try? Tensor(layout.shape, values, graph.type(of: value).elementType)
    }
  }

  private static func check(_ graph: Graph) throws(ExecutionError) {
    for node in graph.nodes where !node.isTrainingOnly {
      if case .opaque(let opaque) = node.operation {
        throw .unsupported(node: graph.path(of: node), reason: "\(opaque.name): \(opaque.reason)")
      }
      for type in node.outputs where !type.shape.isConstant || !type.isKnown {
        throw .symbolic(node: graph.path(of: node), type: "\(type)")
      }
      for type in node.outputs {
        do throws(TensorError) {
          _ = try Tensor.elementCount(of: type.shape.sizes)
        } catch {
          throw .tensor(error)
        }
      }
    }
  }

  /// The kernel of each step, the rule that chose it, and the nodes that it computes.
  public var steps: [(kernel: String, rule: String, nodes: [Node])] {
    planner.steps.map { ($0.kernel, $0.rule, $0.nodes.map { graph.nodes[$0] }) }
  }

  /// The bytes of all that a step must read and write once: inputs, parameters and output of its nodes; of a step without
  /// nodes, what it copies.
  public func bytes(ofStep index: Int) -> Int {
    let step = planner.steps[index]
    let floats: Int
    if step.nodes.isEmpty {
      floats = step.touched.reduce(0) { sum, storage in
        guard case .buffer(let buffer) = storage else { return sum }
        return sum + planner.buffers[buffer]
      }
    } else {
      let inside = Set(step.nodes)
      let nodes = step.nodes.map { graph.nodes[$0] }
      let inputs = Set(nodes.flatMap(\.inputs)).filter { !inside.contains($0.node) }
      let outputs = nodes.suffix(1).flatMap { node in node.outputs.indices.map { Value(node: node.id, output: $0) } }
      let parameters = Set(nodes.flatMap(\.parameters)).map { graph.parameters[$0].spec.shape }
      floats =
        (inputs + outputs).map { graph.type(of: $0).shape }.reduce(0) { $0 + $1.sizes.reduce(1, *) }
        + parameters.reduce(0) { $0 + $1.sizes.reduce(1, *) }
    }
    return floats * MemoryLayout<Float>.stride
  }
}
