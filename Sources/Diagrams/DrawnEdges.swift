import NetworkGraph

/// The edges as a picture shows them; the graph keeps the true ones.
///
/// A concatenation whose inputs begin with all inputs of an earlier one along the same axis is drawn as that earlier
/// one plus the new inputs. Densely connected blocks, whose edges grow with the square of their depth, become ladders.
struct DrawnEdges {
  struct Edge: Equatable {
    var source: Int
    var isShortcut = false
  }

  /// For each node the edges that end at it, in the order of its inputs, each source once.
  private(set) var incoming: [[Edge]] = []
  /// For each node how many nodes read it.
  private(set) var readers: [Int]

  init(of graph: Graph) {
    readers = Array(repeating: 0, count: graph.nodes.count)
    incoming.reserveCapacity(graph.nodes.count)
    var joined = JoinedInputs()
    for node in graph.nodes {
      var edges: [Edge] = []
      var rest = node.inputs[...]
      if case .concatenation(let concatenation) = node.operation,
        let earlier = joined.longestBeginning(of: node, axis: concatenation.axis, in: graph)
      {
        edges.append(Edge(source: earlier, isShortcut: true))
        rest = rest.dropFirst(graph.nodes[earlier].inputs.count)
      }
      var sources: Set<Int> = []
      for input in rest where sources.insert(input.node).inserted { edges.append(Edge(source: input.node)) }
      for edge in edges { readers[edge.source] += 1 }
      incoming.append(edges)
    }
    for node in graph.nodes where node.isJunction { markShortcut(at: node.id) }
  }

  /// Where branches meet, the one that skips the others' work is the shortcut: the oldest, if others read it too.
  private mutating func markShortcut(at node: Int) {
    let edges = incoming[node]
    guard edges.count > 1, !edges.contains(where: \.isShortcut),
      let oldest = edges.indices.min(by: { edges[$0].source < edges[$1].source }), readers[edges[oldest].source] > 1
    else { return }
    incoming[node][oldest].isShortcut = true
  }
}

/// The input lists of the concatenations met so far, found again as beginnings of longer lists.
private struct JoinedInputs {
  private struct Key: Hashable {
    var axis: Int
    var count: Int
    var hash: Int
  }

  private var nodes: [Key: Int] = [:]

  /// The earlier concatenation with the longest list that `node`'s list begins with and exceeds; `node` joins the lists.
  ///
  /// Takes time proportional to the list: every beginning's hash is read off in passing.
  mutating func longestBeginning(of node: Node, axis: Int, in graph: Graph) -> Int? {
    var longest: Int?
    var hasher = Hasher()
    for (position, input) in node.inputs.enumerated() {
      hasher.combine(input)
      let key = Key(axis: axis, count: position + 1, hash: hasher.finalizedCopy)
      if position + 1 == node.inputs.count {
        nodes[key] = node.id
      } else if let earlier = nodes[key], graph.nodes[earlier].inputs.elementsEqual(node.inputs.prefix(position + 1)) {
        longest = earlier
      }
    }
    return longest
  }
}

extension Hasher {
  /// The hash so far; finishing a hasher uses it up, so a copy is finished.
  fileprivate var finalizedCopy: Int {
    let copy = self
    return copy.finalize()
  }
}
