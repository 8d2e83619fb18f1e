import NetworkGraph
import SymbolicIntegers

/// Until which step of an eager execution each storage stays.
struct EagerLifetimes {
  /// For each storage the last step at which it is alive.
  private(set) var lastStep: [Int]

  init(_ graph: Graph, _ trace: EagerTrace) {
    let calls = ModuleCalls(graph, trace)
    lastStep = Array(-1, count: trace.storages.count)
    var positions = Array(-1, count: graph.nodes.count)
    for (position, step) in trace.steps.enumerated() { positions[step.node] = position }
    func keep(_ value: Value, through position: Int) {
      guard let storage = trace.storage(of: value) else { return }
      lastStep[storage] = Swift.max(lastStep[storage], position)
    }
    for (position, step) in trace.steps.enumerated() {
      for storage in step.allocates { lastStep[storage] = Swift.max(lastStep[storage], position) }
      for value in step.reads { keep(value, through: calls.end(ofCallAt: position, reading: positions[value.node])) }
    }
    for hold in graph.holds where positions[hold.lastNode] >= 0 { keep(hold.value, through: positions[hold.lastNode]) }
    for port in graph.inputs + graph.outputs where positions[port.value.node] >= 0 {
      keep(port.value, through: trace.steps.count - 1)
    }
  }

  /// The bytes alive at each step.
  func liveBytes(_ trace: EagerTrace) -> [EagerMemory.Step] {
    var freed = trace.steps.indices.map { _ in Dimension(0) }
    for (storage, step) in lastStep.enumerated() where step >= 0 { freed[step] += trace.storages[storage].bytes }
    var steps: [EagerMemory.Step] = []
    steps.reserveCapacity(trace.steps.count)
    var live: Dimension = 0
    for (position, step) in trace.steps.enumerated() {
      for storage in step.allocates { live += trace.storages[storage].bytes }
      steps.append(EagerMemory.Step(node: step.node, liveBytes: live + step.scratch))
      live -= freed[position]
    }
    return steps
  }
}

/// The calls of modules: runs of steps within a named scope.
struct ModuleCalls {
  private struct Call {
    var first: Int
    var last: Int
    /// The call around it.
    var outer: Int?
  }

  private var calls: [Call] = []
  /// For each step the innermost call it is part of.
  private var innermost: [Int?] = []

  init(_ graph: Graph, _ trace: EagerTrace) {
    /// The calls that go on, the outermost first, with their scopes.
    var open: [(scope: Int, call: Int)] = []
    var chain: [Int] = []
    var previous: Int?
    let end = trace.steps.count
    innermost.reserveCapacity(end)
    for (position, step) in trace.steps.enumerated() {
      let scope = graph.nodes[step.node].scope
      if scope != previous {
        graph.namedScopes(around: scope, into: &chain)
        var shared = 0
        while shared < min(open.count, chain.count), open[shared].scope == chain[shared] { shared += 1 }
        for closed in open[shared...] { calls[closed.call].last = position - 1 }
        open.removeSubrange(shared...)
        for scope in chain[shared...] {
          calls.append(Call(first: position, last: end - 1, outer: open.last?.call))
          open.append((scope, calls.count - 1))
        }
        previous = scope
      }
      innermost.append(open.last?.call)
    }
  }

  /// The step at which a value computed at step `source` is no longer needed for its reader at `position`: the end of
  /// the outermost call around the reader that was given the value.
  func end(ofCallAt position: Int, reading source: Int) -> Int {
    var end = position
    var call = innermost[position]
    while let index = call, calls[index].first > source {
      end = calls[index].last
      call = calls[index].outer
    }
    return end
  }
}

extension Graph {
  /// The named scopes that hold `scope`, itself included and the root left out, the outermost first.
  fileprivate func namedScopes(around scope: Int, into chain: inout [Int]) {
    chain.removeAll(keepingCapacity: true)
    var current: Int? = scope
    while let index = current, index != 0 {
      if scopes[index].isNamed { chain.append(index) }
      current = scopes[index].parent
    }
    chain.reverse()
  }
}
