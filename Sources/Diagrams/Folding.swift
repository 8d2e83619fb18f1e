import NetworkGraph

/// Folds neighbouring items that are recognisably equal: the same operators, wired alike, on the same shapes.
///
/// Densely connected blocks count as equal although each reads more channels than the one before it: all they make is
/// shaped alike, and only what they read grows.
enum Folding {
  /// What two runs of nodes must share, node by node, to be equal.
  private struct Likeness: Hashable {
    struct Step: Hashable {
      var operation: Operator
      /// Inputs as distances back to the node that makes them; 0 for anything from outside.
      var inputs: [Int]
      var inputTypes: [TensorType]
      var outputs: [TensorType]
    }
    var steps: [Step]
  }

  static func fold(_ items: [Item], of graph: Graph, edges: DrawnEdges) -> [Item] {
    let links = ItemLinks(of: items, edges: edges)
    var folded: [Item] = []
    var exact: Likeness?
    var growing: Likeness?
    for (index, item) in items.enumerated() {
      let ownExact = likeness(of: item, in: graph, growing: false)
      let ownGrowing = likeness(of: item, in: graph, growing: true)
      let follows =
        index > 0 && items[index - 1].stage == item.stage && links.sources[index].map(\.item) == [index - 1]
        && links.readers[index - 1] == [index]
      let isEqual = ownExact != nil && ownExact == exact
      if follows, let last = folded.last, isEqual && !last.grows || ownGrowing != nil && ownGrowing == growing {
        folded[folded.count - 1].nodes = last.nodes.lowerBound..<item.nodes.upperBound
        folded[folded.count - 1].copies += 1
        folded[folded.count - 1].grows = last.grows || !isEqual
      } else {
        folded.append(item)
      }
      (exact, growing) = (ownExact, ownGrowing)
    }
    return folded
  }

  /// The likeness of an item; nil for items that are never folded.
  private static func likeness(of item: Item, in graph: Graph, growing: Bool) -> Likeness? {
    let nodes = graph.nodes[item.nodes]
    guard nodes.contains(where: \.isWeighted) else { return nil }
    // Only a block that joins what it makes to what it was given grows what the next one reads.
    let joinsOutside = nodes.contains { node in
      node.isConcatenation && node.inputs.contains { !item.nodes.contains($0.node) }
    }
    if growing, !joinsOutside { return nil }
    return Likeness(
      steps: nodes.map { node in
        let inputs = node.inputs.map { item.nodes.contains($0.node) ? node.id - $0.node : 0 }
        if growing {
          // A concatenation's own width, and what only passes it on, may differ.
          let outputs = node.isWeighted ? node.outputs : node.outputs.map(\.withoutChannels)
          let sources = node.isConcatenation ? Array(Set(inputs)).sorted() : inputs
          return .init(operation: node.operation.withoutRates, inputs: sources, inputTypes: [], outputs: outputs)
        }
        return .init(
          operation: node.operation.withoutRates, inputs: inputs, inputTypes: graph.inputTypes(of: node),
          outputs: node.outputs)
      })
  }
}

extension Node {
  var isConcatenation: Bool {
    if case .concatenation = operation { return true }
    return false
  }
}

extension Operator {
  /// The operator as inference sees it: drop rates, which often vary from block to block, do not tell blocks apart.
  fileprivate var withoutRates: Operator {
    switch self {
    case .identity(.dropout), .identity(.stochasticDepth): .identity(.identity)
    default: self
    }
  }
}

extension TensorType {
  fileprivate var withoutChannels: TensorType {
    guard shape.rank > 1 else { return self }
    var shape = shape
    shape[1] = 0
    return TensorType(shape, elementType)
  }
}
