import NetworkGraph

/// A run of consecutive nodes that one box stands for.
///
/// Runs of consecutive nodes keep the graph's order, so links between items never run backwards.
struct Item: Equatable {
  enum Kind: Equatable {
    /// A single node, or a node with the normalisations and activations that follow it.
    case unit
    case block(Outline.Part)
    case stage(Outline.Part)
    /// Nodes that belong to no stage, between two stages.
    case rest
  }

  var nodes: Range<Int>
  var kind: Kind
  var stage: Outline.Part?
  /// How many equal runs the nodes are; they all have the same length.
  var copies = 1
  /// Whether the copies read ever more channels and are equal otherwise.
  var grows = false

  /// The last of the equal runs.
  var lastCopy: Range<Int> { nodes.upperBound - nodes.count / copies..<nodes.upperBound }
}

extension Item {
  /// One item per node.
  static func layers(of graph: Graph) -> [Item] {
    graph.nodes.map { Item(nodes: $0.id..<$0.id + 1, kind: .unit) }
  }

  /// One item per stage, and one for each run of nodes between stages. Inputs stay by themselves.
  static func stages(of graph: Graph, outline: Outline) -> [Item] {
    var items: [Item] = []
    for node in graph.nodes {
      let stage = outline.stages[node.id]
      if let last = items.last, !node.isInput, last.kind != .unit, last.stage == stage {
        items[items.count - 1].nodes = last.nodes.lowerBound..<node.id + 1
      } else {
        let kind = node.isInput ? Kind.unit : stage.map(Kind.stage) ?? .rest
        items.append(Item(nodes: node.id..<node.id + 1, kind: kind, stage: stage))
      }
    }
    return items
  }

  /// One item per block; outside blocks one per node with its followers. Equal neighbours are folded.
  static func blocks(of graph: Graph, outline: Outline, edges: DrawnEdges) -> [Item] {
    var items: [Item] = []
    for node in graph.nodes {
      let (stage, block) = (outline.stages[node.id], outline.blocks[node.id])
      if let last = items.last, last.stage == stage, last.admits(node, in: block, edges: edges, graph: graph) {
        items[items.count - 1].nodes = last.nodes.lowerBound..<node.id + 1
      } else {
        let kind = block.map(Kind.block) ?? .unit
        items.append(Item(nodes: node.id..<node.id + 1, kind: kind, stage: stage))
      }
    }
    return Folding.fold(items, of: graph, edges: edges)
  }

  /// Whether `node`, which belongs to `block`, continues this item.
  private func admits(_ node: Node, in block: Outline.Part?, edges: DrawnEdges, graph: Graph) -> Bool {
    if case .block(let own) = kind {
      if block == own { return true }
      // A named block is what its scope holds; one that was found takes in the activation behind it.
      if !own.isInferred { return false }
    }
    let previous = nodes.upperBound - 1
    return block == nil && node.isFollower && node.inputs[0].node == previous && edges.readers[previous] == 1
      && !graph.nodes[previous].isInput && !graph.nodes[previous].isConstant
  }
}

/// The links between items: the drawn edges of their nodes, each pair of items once.
struct ItemLinks {
  /// For each item the items it reads and whether only shortcuts lead from there.
  private(set) var sources: [[(item: Int, isShortcut: Bool)]]
  /// For each item the items that read it.
  private(set) var readers: [[Int]]

  init(of items: [Item], edges: DrawnEdges) {
    var itemOfNode = [Int](repeating: 0, count: edges.incoming.count)
    for (index, item) in items.enumerated() {
      for node in item.nodes { itemOfNode[node] = index }
    }
    sources = Array(repeating: [], count: items.count)
    readers = Array(repeating: [], count: items.count)
    for (index, item) in items.enumerated() {
      var positions: [Int: Int] = [:]
      for edge in item.nodes.lazy.flatMap({ edges.incoming[$0] }) {
        let source = itemOfNode[edge.source]
        if source == index { continue }
        if let position = positions[source] {
          sources[index][position].isShortcut = sources[index][position].isShortcut && edge.isShortcut
        } else {
          positions[source] = sources[index].count
          sources[index].append((source, edge.isShortcut))
          readers[source].append(index)
        }
      }
    }
  }
}
