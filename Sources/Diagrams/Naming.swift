import NetworkGraph

/// Names as a reader needs them: without the part that everything around says already.
struct Naming {
  private let graph: Graph
  /// The named path of the scope that holds nearly the whole network; empty where there is none.
  private let whole: String

  /// A scope with more than this share of the nodes says nothing about any of them.
  private static let nearlyAll = 0.7

  init(of graph: Graph) {
    self.graph = graph
    var count = [Int](repeating: 0, count: graph.scopes.count)
    for node in graph.nodes { count[node.scope] += 1 }
    // A scope comes after its parent, so going backwards every count is complete before it is passed on.
    for (index, scope) in graph.scopes.enumerated().reversed() {
      if let parent = scope.parent { count[parent] += count[index] }
    }
    let whole = graph.scopes.indices.last {
      $0 > 0 && graph.scopes[$0].role == .plain && Double(count[$0]) > Self.nearlyAll * Double(graph.nodes.count)
    }
    self.whole = whole.map { graph.path(ofScope: $0) } ?? ""
  }

  /// Whether the scope holds nearly everything, so that a frame around it would be a second page border.
  func isWhole(scope: Int) -> Bool {
    let path = graph.path(ofScope: scope)
    return graph.scopes[scope].role == .plain && !path.isEmpty && (path == whole || whole.hasPrefix(path + "."))
  }

  func name(of node: Node) -> String { shortened(graph.path(of: node), without: whole) }

  /// The name of a scope by itself.
  func name(ofScope scope: Int) -> String {
    shortened(graph.path(ofScope: scope, includingUnnamed: !graph.scopes[scope].isNamed), without: whole)
  }

  /// The name of a scope for a place inside `outer`.
  func name(ofScope scope: Int, inside outer: Int?) -> String {
    guard let outer else { return name(ofScope: scope) }
    let prefix = graph.path(ofScope: outer)
    return prefix.isEmpty ? name(ofScope: scope) : shortened(graph.path(ofScope: scope), without: prefix)
  }

  /// `path` without `prefix`; where only a number would be left, the number's own context stays.
  private func shortened(_ path: String, without prefix: String) -> String {
    guard !prefix.isEmpty, path.hasPrefix(prefix + ".") else { return path }
    let rest = path.dropFirst(prefix.count + 1)
    if rest.first?.isNumber != true { return String(rest) }
    let names = prefix.split(separator: ".")
    let context = names[(names.lastIndex { $0.first?.isNumber != true } ?? 0)...]
    return "\(context.joined(separator: ".")).\(rest)"
  }

  /// The innermost scope around all of `nodes`; nil for the root.
  func commonScope(of nodes: Range<Int>) -> Int? {
    func enclosing(_ node: Int) -> [Int] {
      var path: [Int] = []
      var scope: Int? = graph.nodes[node].scope
      while let index = scope, index != 0 {
        path.append(index)
        scope = graph.scopes[index].parent
      }
      return path.reversed()
    }
    var common = enclosing(nodes.lowerBound)
    for node in nodes.dropFirst() {
      if common.isEmpty { break }
      common = zip(common, enclosing(node)).prefix { $0 == $1 }.map(\.0)
    }
    return common.last { !isWhole(scope: $0) }
  }
}
