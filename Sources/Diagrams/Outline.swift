import NetworkGraph
import SymbolicIntegers

/// Which stage and which block every node belongs to.
///
/// A network that says so itself, by the roles of its scopes, is taken at its word. One that does not, such as a
/// foreign file, is divided where a single tensor carries everything: the parts between become blocks, and
/// consecutive parts of one resolution become a stage.
struct Outline {
  /// A stage or a block. Parts are numbered so that two parts of one name stay two parts.
  struct Part: Hashable {
    var number: Int
    var name: String
    /// Whether the part was found in the graph rather than named by it.
    var isInferred = false
  }

  private(set) var stages: [Part?]
  private(set) var blocks: [Part?]

  /// More sections than this are no overview.
  private static let mostSections = 16
  /// A part of more nodes than this, without a place to divide it, is a region of the network rather than a block.
  private static let mostBlockNodes = 80

  init(of graph: Graph, edges: DrawnEdges) {
    stages = Array(repeating: nil, count: graph.nodes.count)
    blocks = stages
    readRoles(of: graph)
    let parts = Self.parts(of: graph, edges: edges, keeping: blocks)
    if blocks.allSatisfy({ $0 == nil }) { inferBlocks(from: parts, in: graph) }
    if Set(stages.compactMap { $0 }).count < 2 { inferStages(from: parts, in: graph) }
  }

  private mutating func readRoles(of graph: Graph) {
    // Scopes come after their parents, so each inherits what is already known; the outermost of a role counts.
    var stageOfScope = [Int?](repeating: nil, count: graph.scopes.count)
    var blockOfScope = stageOfScope
    for (index, scope) in graph.scopes.enumerated() {
      stageOfScope[index] = scope.parent.flatMap { stageOfScope[$0] }
      blockOfScope[index] = scope.parent.flatMap { blockOfScope[$0] }
      if scope.role == .stage, stageOfScope[index] == nil, blockOfScope[index] == nil { stageOfScope[index] = index }
      if scope.role == .block, blockOfScope[index] == nil { blockOfScope[index] = index }
    }
    let names = graph.scopes.indices.map { graph.path(ofScope: $0, includingUnnamed: true) }
    for node in graph.nodes where node.scope < graph.scopes.count {
      stages[node.id] = stageOfScope[node.scope].map { Part(number: $0, name: names[$0]) }
      blocks[node.id] = blockOfScope[node.scope].map { Part(number: $0, name: names[$0]) }
    }
  }

  /// The network cut wherever one tensor carries everything from before to after, but never inside a block.
  private static func parts(of graph: Graph, edges: DrawnEdges, keeping blocks: [Part?]) -> [Range<Int>] {
    var lastReader = Array(graph.nodes.indices)
    for (node, incoming) in edges.incoming.enumerated() {
      for edge in incoming { lastReader[edge.source] = node }
    }
    var parts: [Range<Int>] = []
    var begin = 0
    var open: Set<Int> = []
    var closing: [Int: [Int]] = [:]
    for node in graph.nodes {
      for source in closing.removeValue(forKey: node.id) ?? [] { open.remove(source) }
      if lastReader[node.id] > node.id, !node.isConstant {
        open.insert(node.id)
        closing[lastReader[node.id], default: []].append(node.id)
      }
      let next = node.id + 1
      let isInsideBlock = next < blocks.count && blocks[next] != nil && blocks[next] == blocks[node.id]
      if next == graph.nodes.count || open.count <= 1 && !isInsideBlock {
        parts.append(begin..<next)
        begin = next
      }
    }
    return parts
  }

  private mutating func inferBlocks(from parts: [Range<Int>], in graph: Graph) {
    for (number, part) in parts.enumerated() where part.count > 1 && part.count <= Self.mostBlockNodes {
      let nodes = graph.nodes[part]
      guard nodes.contains(where: \.isJunction), nodes.contains(where: \.isWeighted) else { continue }
      for node in part { blocks[node] = Part(number: number, name: graph.nodes[part.upperBound - 1].name, isInferred: true) }
    }
  }

  private mutating func inferStages(from parts: [Range<Int>], in graph: Graph) {
    var sections: [(resolution: String, nodes: Range<Int>)] = []
    for part in parts {
      let last = graph.nodes[part.upperBound - 1]
      if last.isInput || last.isConstant { continue }
      let resolution = Self.resolution(of: last)
      if let previous = sections.last, previous.resolution == resolution, previous.nodes.upperBound == part.lowerBound {
        sections[sections.count - 1].nodes = previous.nodes.lowerBound..<part.upperBound
      } else {
        sections.append((resolution, part))
      }
    }
    guard sections.count > 1, sections.count <= Self.mostSections else { return }
    for (number, section) in sections.enumerated() {
      for node in section.nodes { stages[node] = Part(number: number, name: section.resolution, isInferred: true) }
    }
  }

  /// The sides of the node's feature map; maps of a single position and vectors are the head of a network.
  private static func resolution(of node: Node) -> String {
    let sides = node.outputs.first?.shape.spatial ?? []
    if sides.isEmpty || sides.allSatisfy({ $0 == 1 }) { return "head" }
    return sides.map { "\($0)" }.joined(separator: "×")
  }
}
