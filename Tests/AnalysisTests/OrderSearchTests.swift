import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import Testing

/// The least peak of all orders of a network without views, by trying them all.
private struct Exhaustion {
  private let graph: Graph
  private let bytes: [Int]
  private let inPlace: Bool
  private(set) var best = Int.max

  init(_ graph: Graph, inPlace: Bool) {
    self.graph = graph
    self.inPlace = inPlace
    bytes = graph.nodes.map { ($0.outputs[0].shape.elementCount.constant ?? 0) * 4 }
    var readers = Array(repeating: 0, count: graph.nodes.count)
    for node in graph.nodes { for input in Set(node.inputs) { readers[input.node] += 1 } }
    for output in graph.outputs { readers[output.value.node] += 1_000_000 }
    var live = 0
    var waiting: Set<Int> = []
    for node in graph.nodes {
      guard case .source = node.operation else {
        waiting.insert(node.id)
        continue
      }
      if readers[node.id] > 0 { live += bytes[node.id] }
    }
    go(waiting, readers, live: live, peak: 0)
  }

  private mutating func go(_ waiting: Set<Int>, _ readers: [Int], live: Int, peak: Int) {
    // An order whose peak has reached the best one's cannot become better.
    guard peak < best else { return }
    guard !waiting.isEmpty else {
      best = peak
      return
    }
    for id in waiting where !graph.nodes[id].inputs.contains(where: { waiting.contains($0.node) }) {
      let node = graph.nodes[id]
      var readers = readers
      for input in Set(node.inputs) { readers[input.node] -= 1 }
      let dying = Set(node.inputs.map(\.node)).filter { readers[$0] == 0 }
      var during = live + bytes[id]
      if inPlace, isElementwise(node), dying.contains(where: { !isSource($0) && shape($0) == shape(id) }) {
        during -= bytes[id]
      }
      var after = live + bytes[id] - dying.reduce(0) { $0 + bytes[$1] }
      if readers[id] == 0 { after -= bytes[id] }
      go(waiting.subtracting([id]), readers, live: after, peak: max(peak, during))
    }
  }

  private func isElementwise(_ node: Node) -> Bool {
    switch node.operation {
    case .activation, .batchNorm, .elementwise: true
    default: false
    }
  }
  private func isSource(_ id: Int) -> Bool {
    if case .source = graph.nodes[id].operation { true } else { false }
  }
  private func shape(_ id: Int) -> Shape { graph.nodes[id].outputs[0].shape }
}

@Suite("Order of execution")
struct OrderSearchTests {
  @Test("on networks of up to 12 operators no order is better than the one found")
  func exhaustion() throws {
    var gains = 0
    for seed in 0..<600 {
      let graph = try randomNetwork(seed % 12 + 1, seed: seed, views: false)
      for inPlace in [false, true] {
        var options = MemoryOptions()
        options.overwritesInPlace = inPlace
        let search = try #require(try OrderSearch(StorageGraph(graph, options)))
        #expect(search.isOptimal)
        #expect(search.liveness.peakBytes.constant == Exhaustion(graph, inPlace: inPlace).best, "seed \(seed)")
        if search.savedBytes != 0 { gains += 1 }
      }
    }
    #expect(gains > 50)
  }

  @Test("the order found runs every step once, behind what it needs, and is never worse; views and fusion included")
  func validity() throws {
    for seed in 0..<300 {
      let graph = try randomNetwork(40, seed: seed)
      var options = MemoryOptions()
      options.overwritesInPlace = seed.isMultiple(of: 2)
      options.fusesEpilogues = seed.isMultiple(of: 3)
      options.concatenatesAsViews = seed.isMultiple(of: 5)
      let storage = StorageGraph(graph, options)
      let search = try #require(try OrderSearch(storage))
      #expect(search.liveness.order.sorted() == Array(storage.steps.indices))
      var done: Set<Int> = []
      for step in search.liveness.order {
        let nodes = storage.nodes(of: step)
        done.formUnion(nodes)
        for node in nodes {
          for input in graph.nodes[node].inputs { #expect(isThere(input.node, graph, done), "seed \(seed)") }
        }
      }
      let (found, given) = (search.liveness.peakBytes.constant, search.given.peakBytes.constant)
      #expect(try #require(found) <= #require(given))
    }
  }

  /// Whether a node's output exists when the steps of `done` have run: a view's does with its input's.
  private func isThere(_ id: Int, _ graph: Graph, _ done: Set<Int>) -> Bool {
    let node = graph.nodes[id]
    if done.contains(id) { return true }
    switch node.operation {
    case .source: return true
    case .view, .split, .transpose, .identity: return isThere(node.inputs[0].node, graph, done)
    default: return false
    }
  }

  @Test("two branches that swell and shrink: the one that leaves less goes first")
  func branches() throws {
    let graph = try Graph(name: "two", input: TensorType([1, 1, 10, 10])) { input in
      // One branch peaks at 20 maps and leaves 8; the other peaks at 10 and leaves 1.
      let wide = input.conv("a", 20, kernel: 1).conv("b", 8, kernel: 1)
      let narrow = input.conv("c", 10, kernel: 1).conv("d", 1, kernel: 1)
      return Feature.concatenate([wide, narrow])
    }
    let search = try #require(try OrderSearch(StorageGraph(graph)))
    #expect(search.given.peakBytes == Dimension(29 * 400))
    #expect(search.liveness.peakBytes == Dimension(29 * 400))
    let crossed = try Graph(name: "crossed", input: TensorType([1, 1, 10, 10])) { input in
      let narrow = input.conv("c", 10, kernel: 1).conv("d", 9, kernel: 1)
      let wide = input.conv("a", 20, kernel: 1).conv("b", 8, kernel: 1)
      return Feature.concatenate([wide, narrow])
    }
    let better = try #require(try OrderSearch(StorageGraph(crossed)))
    // The given order holds 9 maps while the wide branch has 28; in the other the join of 8 and 9 maps needs most.
    #expect(better.given.peakBytes == Dimension((9 + 28) * 400))
    #expect(better.liveness.peakBytes == Dimension((8 + 9 + 17) * 400))
    #expect(better.savedBytes == Dimension(3 * 400))
  }

  @Test("over symbols there is no search")
  func symbols() throws {
    let graph = try Graph(name: "n", input: TensorType([Dimension.symbol("N"), 3, 8, 8])) { $0.relu() }
    #expect(try OrderSearch(StorageGraph(graph)) == nil)
  }

  @Test("a thousand steps side by side end within the work limit", .timeLimit(.minutes(10)))
  func wide() throws {
    for width in [30, 300, 3000] {
      let graph = try Graph(name: "wide", input: TensorType([1, 4, 8, 8])) { input in
        Feature.concatenate((0..<width).map { input.conv("a\($0)", Dimension($0 % 7 + 1), kernel: 1).relu("r\($0)") })
      }
      let search = try #require(try OrderSearch(StorageGraph(graph)))
      let (found, given) = (search.liveness.peakBytes.constant, search.given.peakBytes.constant)
      #expect(try #require(found) <= #require(given))
    }
  }
}
