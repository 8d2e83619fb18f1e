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
    /// The scope the part is, where it is one.
    var scope: Int?
  }

  private(set) var stages: [Part?]
  private(set) var blocks: [Part?]

  /// More sections than this are no overview.
  private static let mostSections = 16
  /// A part of more nodes than this, without a place to divide it, is a region of the network rather than a block.
  private static let mostBlockNodes = 80

  init(of graph: Graph, edges: DrawnEdges, naming: Naming) {
    stages = Array(repeating: nil, count: graph.nodes.count)
    blocks = stages
    readRoles(of: graph, naming: naming)
    let parts = Self.parts(of: graph, edges: edges, keeping: blocks)
    if blocks.allSatisfy({ $0 == nil }) { inferBlocks(from: parts, in: graph, naming: naming) }
    if Set(stages.compactMap { $0 }).count < 2 { inferStages(from: parts, in: graph) }
  }

  private mutating func readRoles(of graph: Graph, naming: Naming) {
    // Scopes come after their parents, so each inherits what is already known; the outermost of a role counts.
    var stageOfScope = [Int?](repeating: nil, count: graph.scopes.count)
    var blockOfScope = stageOfScope
    for (index, scope) in graph.scopes.enumerated() {
      stageOfScope[index] = scope.parent.flatMap { stageOfScope[$0] }
      blockOfScope[index] = scope.parent.flatMap { blockOfScope[$0] }
      if scope.role == .stage, stageOfScope[index] == nil, blockOfScope[index] == nil { stageOfScope[index] = index }
      if scope.role == .block, blockOfScope[index] == nil { blockOfScope[index] = index }
    }
    for node in graph.nodes {
      let (stage, block) = (stageOfScope[node.scope], blockOfScope[node.scope])
      stages[node.id] = stage.map { Part(number: $0, name: naming.name(ofScope: $0), scope: $0) }
      blocks[node.id] = block.map { Part(number: $0, name: naming.name(ofScope: $0, inside: stage), scope: $0) }
    }
    shareWithConstants(of: graph)
  }

  /// A constant belongs where the node after it does, which is its reader or reads what its reader reads.
  private mutating func shareWithConstants(of graph: Graph) {
    for node in graph.nodes.reversed() where node.isConstant && node.id + 1 < graph.nodes.count {
      stages[node.id] = stages[node.id + 1]
      blocks[node.id] = blocks[node.id + 1]
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

  private mutating func inferBlocks(from parts: [Range<Int>], in graph: Graph, naming: Naming) {
    for (number, part) in parts.enumerated() where part.count > 1 && part.count <= Self.mostBlockNodes {
      let nodes = graph.nodes[part]
      guard nodes.contains(where: \.isJunction), nodes.contains(where: \.isWeighted) else { continue }
      let scope = naming.commonScope(of: part)
      let name = scope.map { naming.name(ofScope: $0) } ?? naming.name(of: graph.nodes[part.upperBound - 1])
      let block = Part(number: number, name: name, isInferred: true, scope: scope)
      for node in part { blocks[node] = block }
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
