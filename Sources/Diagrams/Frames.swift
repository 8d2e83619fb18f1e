import NetworkGraph

/// The frames around boxes: stages around blocks, or every scope around its layers.
struct Frames {
  private(set) var groups: [Sketch.Group] = []
  /// For each item the innermost frame around it.
  private(set) var frame: [Int?]

  private let graph: Graph
  private let naming: Naming
  /// For each frame the scope path in front of the names inside it, with its dot.
  private var prefixes: [String] = []

  init(of graph: Graph, outline: Outline, items: [Item], detail: Diagram.Detail, labels: Labels) {
    self.graph = graph
    naming = labels.naming
    frame = Array(repeating: nil, count: items.count)
    switch detail {
    case .stage: break
    case .block: frameStages(items, outline: outline, labels: labels)
    case .layer:
      frameScopes(labels: labels)
      frameStages(items, outline: outline, labels: labels, inferredOnly: true)
    }
  }

  /// The name of `node` without the part that the frame around it already says.
  func name(of node: Node, in frame: Int?) -> String {
    let path = graph.path(of: node)
    guard let frame, !prefixes[frame].isEmpty, path.hasPrefix(prefixes[frame]) else { return naming.name(of: node) }
    return String(path.dropFirst(prefixes[frame].count))
  }

  private mutating func frameStages(
    _ items: [Item], outline: Outline, labels: Labels, inferredOnly: Bool = false
  ) {
    var members: [Outline.Part: [Int]] = [:]
    var order: [Outline.Part] = []
    for (index, item) in items.enumerated() {
      guard let stage = outline.stages[item.nodes.lowerBound], stage.isInferred || !inferredOnly else { continue }
      if members[stage] == nil { order.append(stage) }
      members[stage, default: []].append(index)
    }
    for stage in order {
      let inside = members[stage] ?? []
      // Scopes say more than a resolution; where there are some, it would frame what they leave.
      if inferredOnly, inside.contains(where: { frame[$0] != nil }) { continue }
      guard inside.count > 1 || inside.contains(where: { items[$0].copies > 1 }) else { continue }
      for index in inside { frame[index] = groups.count }
      let nodes = items[inside[0]].nodes.lowerBound..<items[inside[inside.count - 1]].nodes.upperBound
      let last = graph.nodes[nodes.upperBound - 1]
      let subtitle = [stage.isInferred ? "" : labels.wording.outputShape(last), labels.numbers(of: nodes)]
      groups.append(
        Sketch.Group(
          title: TextMetrics.shortened(stage.name, to: 40),
          subtitle: subtitle.filter { !$0.isEmpty }.joined(separator: " · "), tooltip: stage.name))
      prefixes.append("")
    }
  }

  /// Nests the scopes that hold several nodes or frames; a scope with a single frame inside is merged with it.
  private mutating func frameScopes(labels: Labels) {
    var count = [Int](repeating: 0, count: graph.scopes.count)
    var first = count
    var last = count
    for node in graph.nodes {
      var scope: Int? = node.scope
      while let index = scope {
        if count[index] == 0 { first[index] = node.id }
        count[index] += 1
        last[index] = node.id
        scope = graph.scopes[index].parent
      }
    }
    var isRepeatedByChild = [Bool](repeating: false, count: graph.scopes.count)
    for (index, scope) in graph.scopes.enumerated() where count[index] > 0 {
      if let parent = scope.parent, count[parent] == count[index] { isRepeatedByChild[parent] = true }
    }
    var frameOfScope = [Int?](repeating: nil, count: graph.scopes.count)
    for (index, scope) in graph.scopes.enumerated().dropFirst() {
      let parent = scope.parent.flatMap { frameOfScope[$0] }
      frameOfScope[index] = parent
      // Its only child shows the same nodes under a longer name.
      guard count[index] > 1, !naming.isWhole(scope: index), !isRepeatedByChild[index] else { continue }
      let path = graph.path(ofScope: index, includingUnnamed: true)
      let named = graph.path(ofScope: index)
      let outer = parent.map { prefixes[$0] } ?? ""
      let title =
        outer.isEmpty || !named.hasPrefix(outer) ? naming.name(ofScope: index) : String(named.dropFirst(outer.count))
      let nodes = first[index]..<last[index] + 1
      frameOfScope[index] = groups.count
      let subtitle = count[index] == nodes.count ? labels.numbers(of: nodes) : ""
      groups.append(
        Sketch.Group(title: TextMetrics.shortened(title, to: 40), subtitle: subtitle, parent: parent, tooltip: path))
      prefixes.append(named.isEmpty ? "" : named + ".")
    }
    for node in graph.nodes { frame[node.id] = frameOfScope[node.scope] }
  }
}
