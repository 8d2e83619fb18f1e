import NetworkGraph
import SymbolicIntegers

/// Until which step of an eager execution each storage stays.
struct EagerLifetimes {
  /// For each storage the last step at which it is alive.
  private(set) var lastStep: [Int]

  init(_ graph: Graph, _ trace: EagerTrace) {
    let calls = ModuleCalls(graph, trace)
    lastStep = trace.storages.map { _ in -1 }
    var positions = Array(repeating: -1, count: graph.nodes.count)
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
    var freed: [[Int]] = Array(repeating: [], count: trace.steps.count)
    for (storage, step) in lastStep.enumerated() where step >= 0 { freed[step].append(storage) }
    var live: Dimension = 0
    return trace.steps.enumerated().map { position, step in
      for storage in step.allocates { live += trace.storages[storage].bytes }
      let atStep = live + step.scratch
      for storage in freed[position] { live -= trace.storages[storage].bytes }
      return EagerMemory.Step(node: step.node, liveBytes: atStep)
    }
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
    // For each scope the call that the last step belongs to, and that step.
    var current: [(call: Int, step: Int)] = Array(repeating: (-1, -2), count: graph.scopes.count)
    var chain: [Int] = []
    for (position, step) in trace.steps.enumerated() {
      chain.removeAll(keepingCapacity: true)
      var scope: Int? = graph.nodes[step.node].scope
      while let index = scope, index != 0 {
        if graph.scopes[index].isNamed { chain.append(index) }
        scope = graph.scopes[index].parent
      }
      var outer: Int?
      for index in chain.reversed() {
        if current[index].step != position - 1 {
          current[index].call = calls.count
          calls.append(Call(first: position, last: position, outer: outer))
        }
        current[index].step = position
        calls[current[index].call].last = position
        outer = current[index].call
      }
      innermost.append(outer)
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
