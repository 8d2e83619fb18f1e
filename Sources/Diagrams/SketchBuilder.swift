import NetworkGraph
import SymbolicIntegers

/// Makes the sketch of a graph at one level of detail.
struct SketchBuilder {
  let graph: Graph
  let detail: Diagram.Detail
  let labels: Labels
  let colors: Diagram.Quantity?

  private let edges: DrawnEdges
  private let outline: Outline

  init(of graph: Graph, detail: Diagram.Detail, quantities: [Diagram.Quantity], colors: Diagram.Quantity?) {
    self.graph = graph
    self.detail = detail
    self.colors = colors
    let naming = Naming(of: graph)
    labels = Labels(graph: graph, wording: Wording(of: graph), naming: naming, quantities: quantities)
    edges = DrawnEdges(of: graph)
    outline = Outline(of: graph, edges: edges, naming: naming)
  }

  /// The sketch, and the largest share of the colouring quantity that one box has; nil where nothing is coloured.
  func sketch() -> (sketch: Sketch, largestShare: Double?) {
    let items =
      switch detail {
      case .stage: Item.stages(of: graph, outline: outline)
      case .block: Item.blocks(of: graph, outline: outline, edges: edges)
      case .layer: Item.layers(of: graph)
      }
    var sketch = Sketch()
    let frames = Frames(of: graph, outline: outline, items: items, detail: detail, labels: labels)
    sketch.groups = frames.groups
    // A constant says little without its one reader; only the layers show it.
    let shown = items.indices.filter { detail == .layer || !isConstant(items[$0]) }
    var boxOfItem = [Int?](repeating: nil, count: items.count)
    for index in shown {
      boxOfItem[index] = sketch.boxes.count
      var box = labels.box(of: items[index]) { frames.name(of: $0, in: frames.frame[index]) }
      box.group = frames.frame[index]
      sketch.boxes.append(box)
    }
    let links = ItemLinks(of: items, edges: edges)
    for index in shown {
      guard let target = boxOfItem[index] else { continue }
      for source in links.sources[index] {
        guard let box = boxOfItem[source.item] else { continue }
        sketch.links.append(.init(source: box, target: target, kind: source.isShortcut ? .shortcut : .flow))
      }
    }
    let largestShare = color(&sketch, items: shown.map { items[$0] })
    addOutputs(to: &sketch, items: items, boxOfItem: boxOfItem)
    return (sketch, largestShare)
  }

  private func isConstant(_ item: Item) -> Bool { graph.nodes[item.nodes].allSatisfy(\.isConstant) }

  private func addOutputs(to sketch: inout Sketch, items: [Item], boxOfItem: [Int?]) {
    var itemOfNode = [Int](repeating: 0, count: graph.nodes.count)
    for (index, item) in items.enumerated() {
      for node in item.nodes { itemOfNode[node] = index }
    }
    for port in graph.outputs {
      guard let source = boxOfItem[itemOfNode[port.value.node]] else { continue }
      sketch.links.append(.init(source: source, target: sketch.boxes.count))
      sketch.boxes.append(labels.output(port))
    }
  }

  /// Colours the boxes of `items` by their share of the network's total, the largest share strongest.
  private func color(_ sketch: inout Sketch, items: [Item]) -> Double? {
    guard let colors, let total = colors.sum(over: graph.nodes.indices).constant, total > 0 else { return nil }
    let shares = items.map { Double(colors.sum(over: $0.nodes).constant ?? 0) / Double(total) }
    guard let largest = shares.max(), largest > 0 else { return nil }
    for (index, share) in shares.enumerated() where share > 0 { sketch.boxes[index].heat = share / largest }
    return largest
  }
}
