import NetworkGraph
import SymbolicIntegers

/// Turns items into labelled boxes.
struct Labels {
  let graph: Graph
  let wording: Wording
  let naming: Naming
  let quantities: [Diagram.Quantity]

  private static let longestName = 40
  private static let longestSummary = 64

  func box(of item: Item, named name: (Node) -> String) -> Sketch.Box {
    switch item.kind {
    case .unit: unit(item, named: name)
    case .block(let block): self.block(item, block)
    case .stage(let stage): region(item, title: stage.name)
    case .rest:
      if let scope = naming.commonScope(of: item.nodes) {
        region(item, title: naming.name(ofScope: scope))
      } else {
        region(item, title: Self.span(name(graph.nodes[item.nodes.lowerBound]), last(item).name))
      }
    }
  }

  /// The box of a named output of the graph.
  func output(_ port: Port) -> Sketch.Box {
    Sketch.Box(
      form: .terminal,
      lines: [
        .init(text: TextMetrics.shortened(port.name, to: Self.longestName), style: .title),
        .init(text: wording.shape(graph.type(of: port.value)), style: .body),
      ], tooltip: "output \(port.name)")
  }

  /// The quantities of `nodes` that are not zero, in one line; empty where all are.
  func numbers(of nodes: Range<Int>) -> String {
    quantities.compactMap { $0.text(of: $0.sum(over: nodes)) }.joined(separator: " · ")
  }

  // MARK: Kinds of items

  private func unit(_ item: Item, named name: (Node) -> String) -> Sketch.Box {
    let first = graph.nodes[item.nodes.lowerBound]
    let form = wording.form(first)
    let steps = graph.nodes[item.nodes.prefix(item.nodes.count / item.copies)]
    let operation = steps.map(wording.operation).joined(separator: " · ")
    let tooltip = tooltip(of: item, operation: operation)
    let shownName = TextMetrics.shortened(name(first), to: Self.longestName)
    switch form {
    case .card, .unknown:
      var lines = [
        Sketch.Line(text: TextMetrics.shortened(operation, to: Self.longestSummary), style: .title),
        Sketch.Line(text: item.copies == 1 ? shownName : Self.span(shownName, lastName(item)), style: .muted),
        Sketch.Line(text: wording.outputShape(last(item)), style: .body),
      ]
      let numbers = numbers(of: item.nodes)
      if !numbers.isEmpty { lines.append(.init(text: numbers, style: .muted)) }
      return Sketch.Box(form: form, lines: lines, copies: item.copies, tooltip: tooltip)
    case .terminal:
      let lines = [
        Sketch.Line(text: shownName, style: .title), Sketch.Line(text: wording.outputShape(first), style: .body),
      ]
      return Sketch.Box(form: form, lines: lines, tooltip: tooltip)
    case .pill, .addition, .multiplication, .concatenation:
      var words = [Sketch.Line(text: TextMetrics.shortened(operation, to: Self.longestSummary), style: .body)]
      if form == .pill, item.nodes.count == 1, first.name.lowercased() != operation.lowercased() {
        words.insert(.init(text: shownName, style: .muted), at: 0)
      }
      if form != .pill || !wording.keepsShape(from: first, through: last(item)) {
        words.append(.init(text: wording.outputShape(last(item)), style: .body))
      }
      if let first = quantities.first, let text = first.text(of: first.sum(over: item.nodes)) {
        words.append(.init(text: text, style: .muted))
      }
      return Sketch.Box(form: form, lines: words, tooltip: tooltip)
    }
  }

  private func block(_ item: Item, _ block: Outline.Part) -> Sketch.Box {
    let summary = summary(of: item.nodes.prefix(item.nodes.count / item.copies))
    let name = TextMetrics.shortened(
      item.copies == 1 ? block.name : Self.span(block.name, lastName(item)), to: Self.longestName)
    var lines = [Sketch.Line(text: name, style: .title), Sketch.Line(text: summary, style: .body)]
    if block.scope == nil {
      // Found without a name of its own: what it does says more than its last node's name.
      lines = [Sketch.Line(text: summary, style: .title), Sketch.Line(text: name, style: .muted)]
    }
    if item.grows, let growth = growth(of: item) { lines.append(.init(text: growth, style: .body)) }
    lines.append(.init(text: wording.outputShape(last(item)), style: .body))
    let numbers = numbers(of: item.nodes)
    if !numbers.isEmpty { lines.append(.init(text: numbers, style: .muted)) }
    return Sketch.Box(
      form: hasUnknown(item) ? .unknown : .card, lines: lines, copies: item.copies,
      tooltip: tooltip(of: item, operation: summary))
  }

  private func region(_ item: Item, title: String) -> Sketch.Box {
    let summary = summary(of: item.nodes)
    var lines = [Sketch.Line(text: TextMetrics.shortened(title, to: Self.longestName), style: .title)]
    if !summary.isEmpty { lines.append(.init(text: summary, style: .body)) }
    lines.append(.init(text: wording.outputShape(last(item)), style: .body))
    let numbers = numbers(of: item.nodes)
    if !numbers.isEmpty { lines.append(.init(text: numbers, style: .muted)) }
    return Sketch.Box(
      form: hasUnknown(item) ? .unknown : .card, lines: lines, tooltip: tooltip(of: item, operation: summary))
  }

  // MARK: Parts of labels

  private func last(_ item: Item) -> Node { graph.nodes[item.nodes.upperBound - 1] }

  /// The name of the last of an item's copies, as the first copy was named.
  private func lastName(_ item: Item) -> String {
    guard case .block(let block) = item.kind else { return graph.nodes[item.lastCopy.lowerBound].name }
    guard block.scope != nil, let scope = naming.commonScope(of: item.lastCopy) else { return last(item).name }
    return graph.scopes[scope].name
  }

  private static func span(_ first: String, _ last: String) -> String { first == last ? first : "\(first) … \(last)" }

  private func hasUnknown(_ item: Item) -> Bool {
    graph.nodes[item.nodes].contains { wording.form($0) == .unknown }
  }

  /// What the nodes do, leaving out what only refines a tensor: in order, or counted by kind where there are many, and
  /// cut off where it gets long.
  private func summary(of nodes: Range<Int>) -> String {
    var terms: [(text: String, count: Int, isPooledGlobally: Bool)] = []
    for node in graph.nodes[nodes] {
      guard let text = term(node) else { continue }
      if wording.form(node) == .multiplication, let pool = terms.lastIndex(where: \.isPooledGlobally) {
        // Factors made from a pooled map: what Hu et al. 2018 call squeeze and excitation.
        terms.removeSubrange(pool...)
        terms.append(("squeeze-excite", 1, false))
        continue
      }
      if terms.last?.text == text {
        terms[terms.count - 1].count += 1
      } else {
        terms.append((text, 1, node.isPooledGlobally))
      }
    }
    if terms.count > 5 {
      var positions: [String: Int] = [:]
      var counted: [(text: String, count: Int, isPooledGlobally: Bool)] = []
      for term in terms {
        if let position = positions[term.text] {
          counted[position].count += term.count
        } else {
          positions[term.text] = counted.count
          counted.append(term)
        }
      }
      terms = counted
    }
    var summary = ""
    for term in terms {
      let text = term.count == 1 ? term.text : "\(term.count) \(term.text)"
      if !summary.isEmpty, summary.count + text.count > Self.longestSummary { return summary + " · …" }
      summary += summary.isEmpty ? text : " · \(text)"
    }
    return TextMetrics.shortened(summary, to: Self.longestSummary)
  }

  private func term(_ node: Node) -> String? {
    switch wording.form(node) {
    case .addition: "+"
    case .multiplication: "scale"
    case .concatenation: "concat"
    case .card, .unknown: wording.operation(node)
    case .terminal: nil
    case .pill:
      switch node.operation {
      case .pool, .adaptivePool, .resize, .channelShuffle, .spaceDepth, .reduction: wording.operation(node)
      default: nil
      }
    }
  }

  /// How the channels that a growing item's copies read develop.
  private func growth(of item: Item) -> String? {
    func channels(_ nodes: Range<Int>) -> Dimension? {
      guard let node = graph.nodes[nodes].first(where: \.isWeighted), let input = node.inputs.first else { return nil }
      let shape = graph.type(of: input).shape
      return shape.rank > 1 ? shape[1] : nil
    }
    guard let first = channels(item.nodes), let last = channels(item.lastCopy) else { return nil }
    return "reads \(first) … \(last) channels"
  }

  private func tooltip(of item: Item, operation: String) -> String {
    let first = graph.path(of: graph.nodes[item.nodes.lowerBound])
    let nodes = item.nodes.count == 1 ? first : "\(first) … \(graph.path(of: last(item)))"
    let parts = [nodes, operation, wording.outputShape(last(item)), numbers(of: item.nodes)]
    return TextMetrics.shortened(parts.filter { !$0.isEmpty }.joined(separator: "\n"), to: 400)
  }
}
