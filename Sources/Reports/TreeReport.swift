import Analysis
import NetworkGraph
import SymbolicIntegers

extension Report {
  /// One network as a tree of scopes and layers with output shape, parameters and operations.
  ///
  /// A row of a scope sums what lies below it. Scopes deeper than `depth` are not opened; their layers are summed.
  public static func tree(_ analysis: NetworkAnalysis, depth: Int, convention: CountingConvention) -> Report {
    let graph = analysis.graph
    let root = ScopeTree(graph)
    var rows: [[Cell]] = []
    func appendRow(_ prefix: String, _ name: String, _ what: String, _ type: TensorType?, _ measures: Measures) {
      let output: Cell = type.map { $0.isKnown ? .shape($0.shape) : .text("unknown") } ?? .empty
      rows.append([
        .text(prefix + name), .text(what), output, .count(measures.parameters),
        .count(convention.count(measures.operations)),
      ])
    }
    func visit(_ entry: ScopeTree.Entry, prefix: String, childPrefix: String, level: Int) {
      switch entry {
      case .node(let id):
        let node = graph.nodes[id]
        let semantics = node.operation.semantics
        let settings = semantics.settings
        appendRow(
          prefix, node.call == 0 ? node.name : "\(node.name):\(node.call)",
          settings.isEmpty ? semantics.name : "\(semantics.name) \(settings)", node.outputs.first,
          analysis.measures(of: node))
      case .scope(let scope):
        let nodes = root.nodes(below: scope)
        let name = graph.scopes[scope].name
        let role: String
        switch graph.scopes[scope].role {
        case .plain: role = ""
        case .stage: role = "stage"
        case .block: role = "block"
        }
        let type = nodes.last.flatMap { graph.nodes[$0].outputs.first }
        appendRow(prefix, name, role, type, analysis.measures(of: nodes))
        guard level < depth else { return }
        let children = root.children[scope]
        for (index, child) in children.enumerated() {
          let isLast = index == children.count - 1
          visit(
            child, prefix: childPrefix + (isLast ? "└─ " : "├─ "), childPrefix: childPrefix + (isLast ? "   " : "│  "),
            level: level + 1)
        }
      }
    }
    for child in root.children[0] { visit(child, prefix: "", childPrefix: "", level: 1) }
    let table = Table(
      columns: [
        Table.Column("name", "name"), Table.Column("operator", "operator"),
        Table.Column("output_shape", "output", isNumeric: true),
        Table.Column("parameters", "parameters", isNumeric: true),
        Table.Column(convention.name, convention.name, isNumeric: true),
      ], rows: rows,
      total: [
        .text("total"), .empty, .empty, .count(analysis.total.parameters),
        .count(convention.count(analysis.total.operations)),
      ])
    return Report(
      title: "\(graph.name), input \(inputText(graph))", tables: [table], data: table, notes: notes(analysis),
      document: AnalysisDocument(analysis, grouping: .layer))
  }
}

/// The hierarchy of a graph with scopes and nodes in order of execution.
private struct ScopeTree {
  enum Entry {
    case scope(Int)
    case node(Int)
  }

  /// For every scope what lies directly in it.
  private(set) var children: [[Entry]]

  init(_ graph: Graph) {
    children = Array(repeating: [], count: graph.scopes.count)
    var isPlaced = Array(repeating: false, count: graph.scopes.count)
    isPlaced[0] = true
    for node in graph.nodes {
      // A scope appears where its first node does: place the missing ones from the outside in.
      var missing: [Int] = []
      var scope = node.scope
      while !isPlaced[scope] {
        missing.append(scope)
        isPlaced[scope] = true
        scope = graph.scopes[scope].parent ?? 0
      }
      for scope in missing.reversed() { children[graph.scopes[scope].parent ?? 0].append(.scope(scope)) }
      children[node.scope].append(.node(node.id))
    }
  }

  /// The nodes in a scope and the scopes inside it, in order of execution.
  func nodes(below scope: Int) -> [Int] {
    var result: [Int] = []
    var open = [Entry.scope(scope)]
    while let entry = open.popLast() {
      switch entry {
      case .node(let id): result.append(id)
      case .scope(let inner): open += children[inner].reversed()
      }
    }
    return result.sorted()
  }
}
