import NetworkGraph

/// How the nodes of a network are put together for a report.
public enum Grouping: String, Sendable, CaseIterable {
  case model, stage, layer, `operator`
}

/// Some nodes of a network under one name.
public struct NodeGroup: Sendable {
  public var name: String
  /// The operator, where all nodes share it.
  public var operatorName: String?
  /// Nodes in order of execution.
  public var nodes: [Int]
}

extension Graph {
  /// The nodes that compute something in inference, put together by `grouping`, in order of first execution.
  public func groups(by grouping: Grouping) -> [NodeGroup] {
    let nodes = nodes.filter { node in
      if case .source(let source) = node.operation, case .parameter = source.kind { return !node.isTrainingOnly }
      if case .source = node.operation { return false }
      return !node.isTrainingOnly
    }
    switch grouping {
    case .model:
      return [NodeGroup(name: name, operatorName: nil, nodes: nodes.map(\.id))]
    case .layer:
      return nodes.map { NodeGroup(name: path(of: $0), operatorName: $0.semantics.name, nodes: [$0.id]) }
    case .operator:
      return gather(nodes) { $0.semantics.name }.map {
        NodeGroup(name: $0.name, operatorName: $0.name, nodes: $0.nodes)
      }
    case .stage:
      // Beyond the root a scope alone decides.
      var names: [String?] = Array(repeating: nil, count: scopes.count)
      return gather(nodes) { node in
        if let name = names[node.scope] { return name }
        let name = stageName(of: node)
        if node.scope != 0 { names[node.scope] = name }
        return name
      }
    }
  }

  /// The last shape a group of nodes produces.
  public func outputType(of group: NodeGroup) -> TensorType? {
    group.nodes.last.flatMap { nodes[$0].outputs.first }
  }

  private func gather(_ nodes: [Node], key: (Node) -> String) -> [NodeGroup] {
    var groups: [NodeGroup] = []
    var positions: [String: Int] = [:]
    for node in nodes {
      let name = key(node)
      if let position = positions[name] {
        groups[position].nodes.append(node.id)
      } else {
        positions[name] = groups.count
        groups.append(NodeGroup(name: name, operatorName: nil, nodes: [node.id]))
      }
    }
    return groups
  }

  /// The stage a node belongs to: its enclosing stage scope; else its outermost scope; in a flat graph, the spatial
  /// size of its output, since that is what separates stages.
  private func stageName(of node: Node) -> String {
    if let stage = scope(of: node, role: .stage) ?? scope(of: node, role: .head) {
      return path(ofScope: stage, includingUnnamed: true)
    }
    var current = node.scope
    while let parent = scopes[current].parent, parent != 0 { current = parent }
    if current != 0 { return scopes[current].name }
    if scopes.count > 1 { return node.name }
    guard let type = node.outputs.first, type.isKnown, type.shape.rank > 2 else { return "head" }
    return type.shape.spatial.map(\.description).joined(separator: "x")
  }
}
