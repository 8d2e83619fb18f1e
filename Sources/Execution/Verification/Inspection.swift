import Analysis
import NetworkGraph
import Tensors

/// A run under observation: what is written where, and how much memory is alive.
///
/// All memory holds a pattern that no kernel computes. A tensor's place must hold it alone before its node runs and
/// nowhere after; when nothing needs the tensor any more, the pattern takes its place again. So a kernel that leaves out an
/// element, two tensors that overlap while both are needed, and a tensor that is given up too early all show.
struct Inspection {
  /// Nodes whose outputs were not written as a whole, or whose place was not free, and how many elements of it.
  var unwritten: [(node: Int, elements: Int)] = []
  var overwritten: [(node: Int, elements: Int)] = []
  /// Whether something was written behind the block.
  var leavesBlock = false
  /// The most bytes alive at once, and the end of the highest place that was ever written.
  var liveBytes = 0
  var highWaterMark = 0
  /// By node, the elements of its outputs that its kernel wrote.
  var writtenElements: [Int]
  var outputs: [Tensor] = []

  /// A NaN that arithmetic does not produce.
  private static let pattern = Float(bitPattern: 0x7FA5_C3D1)

  init(_ executor: ReferenceExecutor, _ inputs: [Tensor], observer: (_ step: Int, _ node: Int) -> Void)
    throws(ExecutionError)
  {
    let plan = executor.plan
    let buffers = plan.liveness.storage.buffers
    writtenElements = Array(repeating: 0, count: plan.graph.nodes.count)
    executor.memory.update(repeating: Self.pattern, count: executor.elementCount + ReferenceExecutor.guardCount)
    var live = 0
    var ending: [Int: [Int]] = [:]
    for (buffer, lifetime) in plan.liveness.lifetimes.enumerated() where !lifetime.isEmpty {
      ending[lifetime.upperBound, default: []].append(buffer)
      if buffers[buffer].isInput { live += take(executor, buffer) }
    }
    try executor.place(inputs)
    liveBytes = live
    for step in plan.steps.indices {
      let node = plan.steps[step]
      let outputs = plan.graph.nodes[node].outputs.indices.compactMap {
        Self.buffer(plan, Value(node: node, output: $0))
      }
      for output in outputs {
        let free = Self.patternCount(executor, output)
        let count = Self.elements(plan, output)
        if free != count { overwritten.append((node, count - free)) }
        live += take(executor, output)
      }
      liveBytes = max(liveBytes, live)
      _ = executor.compute(step)
      for output in outputs {
        let left = Self.patternCount(executor, output)
        if left != 0 { unwritten.append((node, left)) }
        writtenElements[node] += Self.elements(plan, output) - left
      }
      observer(step, node)
      for buffer in ending[step + 1] ?? [] where !buffers[buffer].isKept {
        live -= Self.elements(plan, buffer) * MemoryLayout<Float>.stride
        Self.place(executor, buffer).update(repeating: Self.pattern, count: Self.elements(plan, buffer))
      }
    }
    outputs = try executor.outputs()
    let behind = executor.memory + executor.elementCount
    leavesBlock = (0..<ReferenceExecutor.guardCount).contains {
      behind[$0].bitPattern != Self.pattern.bitPattern
    }
  }

  /// Counts a buffer as allocated.
  /// - Returns: its bytes.
  private mutating func take(_ executor: ReferenceExecutor, _ buffer: Int) -> Int {
    let bytes = Self.elements(executor.plan, buffer) * MemoryLayout<Float>.stride
    highWaterMark = max(highWaterMark, executor.plan.arena.offsets[buffer] + bytes)
    return bytes
  }

  private static func buffer(_ plan: ExecutionPlan, _ value: Value) -> Int? {
    guard case .buffer(let buffer)? = plan[value]?.storage, plan.arena.offsets[buffer] >= 0 else { return nil }
    return buffer
  }

  private static func elements(_ plan: ExecutionPlan, _ buffer: Int) -> Int {
    plan.liveness.storage.graph.type(of: plan.liveness.storage.buffers[buffer].value).shape.sizes.reduce(1, *)
  }

  private static func place(_ executor: ReferenceExecutor, _ buffer: Int) -> UnsafeMutablePointer<Float> {
    executor.memory + executor.plan.arena.offsets[buffer] / MemoryLayout<Float>.stride
  }

  /// How many elements of a buffer hold the pattern.
  private static func patternCount(_ executor: ReferenceExecutor, _ buffer: Int) -> Int {
    let place = place(executor, buffer)
    var count = 0
    for index in 0..<elements(executor.plan, buffer) where place[index].bitPattern == pattern.bitPattern { count += 1 }
    return count
  }
}
