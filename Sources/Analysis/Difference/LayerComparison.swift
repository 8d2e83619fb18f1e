import NetworkGraph
import SymbolicIntegers

/// Walks two aligned networks and writes down what differs.
struct LayerComparison {
  private let alignment: LayerAlignment
  private let before: NetworkAnalysis
  private let after: NetworkAnalysis
  private let convention: CountingConvention
  /// The stage of every node, by id.
  private let stagesBefore: [String]
  private let stagesAfter: [String]
  private let sharesStages: Bool
  private var stagePositions: [String: Int] = [:]
  /// For positions of layers of the first network, the batch norm behind them that the second has in their weights; and
  /// those norms.
  private let foldedNorms: [Int: Int]
  private let isFolded: Set<Int>

  private(set) var entries: [NetworkDifference.Entry] = []
  private(set) var stages: [NetworkDifference.Stage] = []
  private(set) var unchanged = 0
  /// Layers that are the same but for the shapes they are given, at no cost.
  private(set) var followed = 0

  init(
    _ alignment: LayerAlignment, _ before: NetworkAnalysis, _ after: NetworkAnalysis, _ convention: CountingConvention
  ) {
    self.alignment = alignment
    self.before = before
    self.after = after
    self.convention = convention
    var order: [String] = []
    stagesBefore = Self.stageNames(before.graph, &order)
    var others: [String] = []
    stagesAfter = Self.stageNames(after.graph, &others)
    sharesStages = !Set(order).isDisjoint(with: others)
    foldedNorms = Self.foldedNorms(alignment)
    isFolded = Set(foldedNorms.values)
    for stage in order { addStage(stage) }
  }

  private static func foldedNorms(_ alignment: LayerAlignment) -> [Int: Int] {
    let (left, right) = (alignment.left, alignment.right)
    var folded: [Int: Int] = [:]
    for (position, id) in left.nodes.enumerated() where alignment.partners[position] < 0 {
      guard case .batchNorm = left.graph.nodes[id].operation, let input = left.graph.nodes[id].inputs.first,
        let source = left.source(of: input).flatMap(left.position(of:)), alignment.partners[source] >= 0
      else { continue }
      let former = left.graph.nodes[left.nodes[source]].operation
      switch (former, right.graph.nodes[right.nodes[alignment.partners[source]]].operation) {
      case (.convolution(let a), .convolution(let b)) where !a.bias && b.bias: folded[source] = position
      case (.linear(let a), .linear(let b)) where !a.bias && b.bias: folded[source] = position
      default: break
      }
    }
    return folded
  }

  /// The stage of every node, and the stages in order.
  private static func stageNames(_ graph: Graph, _ order: inout [String]) -> [String] {
    var names = Array(repeating: "", count: graph.nodes.count)
    for group in graph.groups(by: .stage) {
      order.append(group.name)
      for node in group.nodes { names[node] = group.name }
    }
    return names
  }

  mutating func run() {
    let (left, right) = (alignment.left, alignment.right)
    var a = 0
    var stage = stages.first?.name ?? ""
    for b in 0...right.nodes.count {
      let partner = b == right.nodes.count ? left.nodes.count : alignment.reversePartners[b]
      if partner >= 0 {
        removed(a..<partner)
        a = partner + 1
      }
      guard b < right.nodes.count else { break }
      if partner >= 0 {
        stage = stagesBefore[left.nodes[partner]]
        paired(partner, b, stage: stage)
      } else {
        // A new layer belongs to its stage; in a network whose stages are named otherwise, to where it stands.
        added(b, stage: sharesStages ? stagesAfter[right.nodes[b]] : stage)
      }
    }
  }

  private mutating func addStage(_ name: String) {
    guard stagePositions[name] == nil else { return }
    stagePositions[name] = stages.count
    stages.append(NetworkDifference.Stage(name: name, before: .init(), after: .init()))
  }

  private mutating func account(
    _ stage: String, before: NetworkDifference.Cost = .init(), after: NetworkDifference.Cost = .init()
  ) {
    addStage(stage)
    guard let position = stagePositions[stage] else { return }
    stages[position].before = stages[position].before + before
    stages[position].after = stages[position].after + after
  }

  private func cost(_ id: Int, _ analysis: NetworkAnalysis) -> NetworkDifference.Cost {
    let measures = analysis.measures(of: analysis.graph.nodes[id])
    var cost = NetworkDifference.Cost()
    cost.parameters = measures.parameters
    cost.operations = convention.count(measures.operations)
    cost.activations = measures.activations
    return cost
  }

  // MARK: Layers

  private mutating func removed(_ range: Range<Int>) {
    let graph = before.graph
    for position in range where !isFolded.contains(position) {
      let id = alignment.left.nodes[position]
      let cost = cost(id, before)
      account(stagesBefore[id], before: cost)
      entries.append(
        NetworkDifference.Entry(
          change: .removed, name: alignment.left.path(of: id), detail: graph.wording(of: id), nodes: 1,
          stage: stagesBefore[id], before: cost, after: .init()))
    }
  }

  private mutating func added(_ position: Int, stage: String) {
    let graph = after.graph
    let id = alignment.right.nodes[position]
    let cost = cost(id, after)
    account(stage, after: cost)
    entries.append(
      NetworkDifference.Entry(
        change: .added, name: alignment.right.path(of: id), detail: graph.wording(of: id), nodes: 1, stage: stage,
        before: .init(), after: cost))
  }

  private mutating func paired(_ a: Int, _ b: Int, stage: String) {
    let (left, right) = (alignment.left, alignment.right)
    let (idBefore, idAfter) = (left.nodes[a], right.nodes[b])
    var costBefore = cost(idBefore, before)
    let costAfter = cost(idAfter, after)
    let norm = foldedNorms[a].map { left.nodes[$0] }
    if let norm { costBefore = costBefore + cost(norm, before) }
    account(stage, before: costBefore, after: costAfter)
    var change: NetworkDifference.Change?
    var detail = ""
    if let norm, left.keys[a] == right.keys[b] {
      change = .folded
      detail = "\(before.graph.nodes[idBefore].semantics.name) takes in \(before.graph.nodes[norm].name)"
    } else if left.keys[a].operation != right.keys[b].operation || costBefore != costAfter {
      change = .changed
      detail = wording(of: idBefore, idAfter)
    } else if left.keys[a] != right.keys[b] {
      followed += 1
      return
    } else if let other = otherInput(a, b) {
      change = .rewired
      detail = other
    }
    guard let change else {
      unchanged += 1
      return
    }
    let name = right.path(of: idAfter)
    let former = left.path(of: idBefore)
    entries.append(
      NetworkDifference.Entry(
        change: change, name: name, formerName: former == name ? nil : former, detail: detail,
        nodes: norm == nil ? 1 : 2, stage: stage, before: costBefore, after: costAfter))
  }

  /// What differs between two layers, in words.
  private func wording(of first: Int, _ second: Int) -> String {
    let (a, b) = (before.graph.nodes[first], after.graph.nodes[second])
    func title(_ node: Node) -> String {
      let semantics = node.semantics
      return semantics.settings.isEmpty ? semantics.name : "\(semantics.name) \(semantics.settings)"
    }
    func type(_ type: TensorType?) -> String { type.map { "\($0)" } ?? "none" }
    let (outputA, outputB) = (a.outputs.first, b.outputs.first)
    let (titleA, titleB) = (title(a), title(b))
    guard titleA == titleB else {
      let (from, to) = outputA == outputB ? ("", "") : (" to \(type(outputA))", " to \(type(outputB))")
      return "\(titleA)\(from) -> \(titleB)\(to)"
    }
    if outputA != outputB { return "\(titleA): \(type(outputA)) -> \(type(outputB))" }
    let (inputA, inputB) = (before.graph.inputTypes(of: a).first, after.graph.inputTypes(of: b).first)
    if inputA != inputB { return "\(titleA): input \(type(inputA)) -> \(type(inputB))" }
    let namesA = a.parameters.map { before.graph.parameters[$0].spec.name }
    let namesB = b.parameters.map { after.graph.parameters[$0].spec.name }
    let gains = namesB.filter { !namesA.contains($0) }.map { "with \($0)" }
    let losses = namesA.filter { !namesB.contains($0) }.map { "without \($0)" }
    // Files name tensors as they like; then only what is counted here tells.
    func shares(_ node: Node, _ graph: Graph) -> Bool {
      node.parameters.contains { graph.parameters[$0].node != node.id }
    }
    if shares(a, before.graph) != shares(b, after.graph) { return "\(titleA): shares tensors with another layer" }
    let changes = (gains + losses).joined(separator: ", ")
    return "\(titleA): \(changes.isEmpty ? "other tensors" : changes)"
  }

  /// What a layer reads in place of the partner of what its partner reads; nil where inputs agree or have no partner.
  private func otherInput(_ a: Int, _ b: Int) -> String? {
    let (left, right) = (alignment.left, alignment.right)
    let (x, y) = (left.graph.nodes[left.nodes[a]], right.graph.nodes[right.nodes[b]])
    guard x.inputs.count == y.inputs.count else { return nil }
    for (p, q) in zip(x.inputs, y.inputs) {
      guard let source = left.source(of: p), let other = right.source(of: q), let position = left.position(of: source),
        let otherPosition = right.position(of: other), alignment.reversePartners[otherPosition] >= 0
      else { continue }
      let partner = alignment.partners[position]
      guard partner >= 0, partner != otherPosition || p.output != q.output else { continue }
      return "reads \(right.path(of: other)) instead of "
        + right.path(of: right.nodes[partner])
    }
    return nil
  }
}

extension ComparedLayers {
  /// The position of a node by its id.
  func position(of id: Int) -> Int? {
    var (low, high) = (0, nodes.count)
    while low < high {
      let middle = (low + high) / 2
      if nodes[middle] < id { low = middle + 1 } else { high = middle }
    }
    return low < nodes.count && nodes[low] == id ? low : nil
  }
}

extension Graph {
  /// A layer in a few words: operator, settings, what it gives.
  fileprivate func wording(of id: Int) -> String {
    let semantics = nodes[id].semantics
    let settings = semantics.settings.isEmpty ? "" : " \(semantics.settings)"
    let output = nodes[id].outputs.first.map { $0.isKnown ? " to \($0.shape)" : "" } ?? ""
    return "\(semantics.name)\(settings)\(output)"
  }
}
