import Analysis
import NetworkGraph
import SymbolicIntegers
import Testing

/// Counts the bytes of all storages that exist.
private final class Meter {
  var live = 0
  var peak = 0
}

/// A tensor's memory, which exists as long as something refers to it.
private final class Buffer {
  let bytes: Int
  let meter: Meter

  init(_ bytes: Int, _ meter: Meter) {
    (self.bytes, self.meter) = (bytes, meter)
    meter.live += bytes
  }

  deinit { meter.live -= bytes }
}

/// Runs a graph as nested calls whose frames refer to their arguments, with Swift's reference counting as the measure.
private struct Interpreter {
  let graph: Graph
  let meter = Meter()
  private var variables: [Value: Buffer] = [:]
  private var readsLeft: [Value: Int] = [:]

  init(_ graph: Graph) {
    self.graph = graph
    for node in graph.nodes {
      for input in node.inputs { readsLeft[input, default: 0] += 1 }
    }
    for port in graph.inputs + graph.outputs { readsLeft[port.value, default: 0] += 1 }
  }

  mutating func run() { run(0..<graph.nodes.count, depth: 0) }

  /// The scopes around a node, outermost first.
  private func chain(_ node: Int) -> [Int] {
    var chain: [Int] = []
    var scope: Int? = graph.nodes[node].scope
    while let index = scope, index != 0 {
      chain.insert(index, at: 0)
      scope = graph.scopes[index].parent
    }
    return chain
  }

  private mutating func run(_ nodes: Range<Int>, depth: Int) {
    var position = nodes.lowerBound
    while position < nodes.upperBound {
      let scopes = chain(position)
      guard scopes.count > depth else {
        step(position)
        position += 1
        continue
      }
      var end = position
      while end < nodes.upperBound, chain(end).count > depth, chain(end)[depth] == scopes[depth] { end += 1 }
      let start = position
      let arguments = (start..<end).flatMap { graph.nodes[$0].inputs }.filter { $0.node < start }.map { variables[$0] }
      run(start..<end, depth: depth + 1)
      withExtendedLifetime(arguments) {}
      position = end
    }
  }

  private mutating func step(_ id: Int) {
    let node = graph.nodes[id]
    let inputs = node.inputs.map { variables[$0] }
    let bytes = (node.outputs[0].shape.elementCount.constant ?? 0) * 4
    var scratch: Buffer?
    let output: Buffer?
    switch node.operation {
    case .activation(let activation) where activation.inPlace: output = inputs[0]
    case .view: output = inputs[0]
    case .pool:
      output = Buffer(bytes, meter)
      scratch = Buffer(bytes * 2, meter)
    default: output = Buffer(bytes, meter)
    }
    variables[Value(node: id)] = output
    meter.peak = max(meter.peak, meter.live)
    withExtendedLifetime(scratch) {}
    for input in node.inputs + [Value(node: id)] {
      if input.node != id { readsLeft[input, default: 0] -= 1 }
      if readsLeft[input, default: 0] == 0 { variables[input] = nil }
    }
  }
}

@Suite("Eager inference memory")
struct EagerSimulationTests {
  /// A random network of nested modules, branches, joins, operators in place and views.
  private func randomGraph(_ seed: UInt64) throws -> Graph {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var names = 0
    func grow(_ input: Feature, depth: Int) -> Feature {
      var available = [input]
      for _ in 0..<(2 + random(4)) {
        names += 1
        let x = available[random(available.count)]
        switch random(7) {
        case 0: available.append(x.conv("c\(names)", Dimension(1 + random(8)), kernel: 3, padding: 1))
        case 1: available.append(x.relu("r\(names)", inPlace: true))
        case 2: available.append(x.activation(.sigmoid, "s\(names)"))
        case 3: available.append(x.maxPool("p\(names)", kernel: 3, stride: 1, padding: 1))
        case 4: available.append(Feature.concatenate([x, available[random(available.count)]], name: "j\(names)"))
        case 5:
          available.append(
            x.flatten("f\(names)", from: 2).apply(
              .view(
                .reshape([
                  .sameAs(axis: 0), .sameAs(axis: 1), .size(6), .size(6),
                ])), "v\(names)"))
        default: available.append(depth == 0 ? x : x.scope("m\(names)") { grow($0, depth: depth - 1) })
        }
      }
      return Feature.concatenate(Array(available.suffix(2)), name: "o\(names)")
    }
    return try Graph(name: "random", input: TensorType([2, 3, 6, 6])) { grow($0, depth: 3) }
  }

  @Test("the peak equals that of calls whose frames refer to their arguments, on random networks")
  func simulation() throws {
    for seed in 1...300 {
      let graph = try randomGraph(UInt64(seed))
      var interpreter = Interpreter(graph)
      interpreter.run()
      #expect(try EagerMemory(graph).peakBytes.constant == interpreter.meter.peak, "seed \(seed)")
    }
  }

  @Test("a held tensor stays until the named one is computed")
  func hold() throws {
    func peak(holds: Bool) throws -> Int? {
      let graph = try Graph(name: "hold", input: TensorType([1, 1, 8, 8])) { x in
        let a = x.conv("a", 16, kernel: 1)
        let b = a.conv("b", 1, kernel: 1)
        let c = b.conv("c", 16, kernel: 1)
        if holds { a.held(until: c) }
        return c
      }
      return try EagerMemory(graph).peakBytes.constant
    }
    // Input 1, then 16 and 1, then 1 and 16 maps of 256 bytes; with the hold 16 more at the end.
    #expect(try peak(holds: false) == 18 * 256)
    #expect(try peak(holds: true) == 34 * 256)
  }

  @Test("the peak's node has the peak's bytes, and no step has more")
  func peakNode() throws {
    for seed in 1...50 {
      let memory = try EagerMemory(randomGraph(UInt64(seed)))
      let peak = try #require(memory.peakBytes.constant)
      #expect(memory.steps.compactMap(\.liveBytes.constant).max() == peak)
      #expect(memory.steps.first { $0.node == memory.peakNode }?.liveBytes.constant == peak)
    }
  }

  @Test("sizes beyond 64 bits end in an error")
  func overflow() throws {
    let graph = try Graph(name: "huge", input: TensorType([1_048_576, 1_048_576, 1_048_576, 1_048_576])) {
      $0.scale("scale")
    }
    #expect(throws: GraphError.self) { try EagerMemory(graph) }
    #expect(throws: GraphError.self) { try TrainingMemory(graph) }
  }
}
