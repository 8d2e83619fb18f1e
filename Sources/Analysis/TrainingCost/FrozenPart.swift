import NetworkGraph
import SymbolicIntegers

/// The part of a network that training leaves as it is: parameters without gradients.
///
/// Norms in it still compute the statistics of each batch, as a PyTorch module in training mode does.
public struct FrozenPart: Hashable, Sendable {
  /// The part as it was written; empty where nothing is frozen.
  public let text: String
  /// By parameter, whether it is frozen; empty where none is.
  private let isFrozen: [Bool]

  /// Nothing is frozen.
  public static let none = FrozenPart(text: "", isFrozen: [])

  private init(text: String, isFrozen: [Bool]) {
    self.text = text
    self.isFrozen = isFrozen
  }

  /// The part that `text` names: places and ranges of places, separated by commas.
  ///
  /// A place is a stage, as stages are listed by ``Grouping/stage``, or a module or layer by its path. `a..b` is everything
  /// that runs from the first layer of a to the last of b; without a it begins with the network, without b it goes on to
  /// the end. Auxiliary heads are frozen only by their own name.
  /// - Throws: ``FrozenPartError``.
  public init(_ graph: Graph, parsing text: String) throws(FrozenPartError) {
    self.text = text
    var isFrozenNode = Array(repeating: false, count: graph.nodes.count)
    let places = PlaceNames(graph)
    for term in text.split(separator: ",", omittingEmptySubsequences: false) {
      let word = term.trimmed
      guard !word.isEmpty else { throw .empty(text) }
      guard let (from, through) = word.rangeEnds else {
        for node in try places.nodes(of: word) { isFrozenNode[node] = true }
        continue
      }
      let first = from.isEmpty ? 0 : try places.nodes(of: from).min() ?? 0
      let last = through.isEmpty ? graph.nodes.count - 1 : try places.nodes(of: through).max() ?? 0
      guard first <= last else { throw .backwards(String(from), String(through)) }
      for node in first...last where !graph.nodes[node].isTrainingOnly { isFrozenNode[node] = true }
    }
    isFrozen = graph.parameters.map { isFrozenNode[$0.node] }
  }

  /// Whether training updates the parameter at `index` of the graph.
  public func trains(_ index: Int, of graph: Graph) -> Bool {
    graph.parameters[index].spec.kind == .trainable && !(isFrozen.indices.contains(index) && isFrozen[index])
  }

  /// Elements of the parameters that training updates.
  public func trainableElements(of graph: Graph) -> Dimension {
    trainableElements(of: graph, nodes: graph.nodes.indices)
  }

  /// Elements of the parameters that training updates, of those that some nodes own: each once.
  public func trainableElements(of graph: Graph, nodes: some Sequence<Int>) -> Dimension {
    var sum: Dimension = 0
    for id in nodes {
      let parameters = graph.nodes[id].parameters
      for (position, index) in parameters.enumerated()
      where graph.parameters[index].node == id && trains(index, of: graph) && !parameters[..<position].contains(index) {
        sum += graph.parameters[index].spec.shape.elementCount
      }
    }
    return sum
  }
}

/// The names by which parts of a network are called.
private struct PlaceNames {
  private let graph: Graph
  private let stages: [NodeGroup]

  init(_ graph: Graph) {
    self.graph = graph
    stages = graph.groups(by: .stage)
  }

  /// The nodes at the place called `name`.
  func nodes(of name: Substring) throws(FrozenPartError) -> [Int] {
    if let stage = stages.first(where: { $0.name == name }) { return stage.nodes }
    let nodes = graph.nodes.filter { node in
      contains(name, graph.modulePath(of: node))
        || contains(name, graph.path(ofScope: node.scope, includingUnnamed: true))
    }
    guard nodes.isEmpty else { return nodes.map(\.id) }
    throw .unknown(String(name.prefix(64)), stages: stages.map(\.name))
  }

  /// Whether the place `name` is `path` or one that holds it.
  private func contains(_ name: Substring, _ path: String) -> Bool {
    path.hasPrefix(name) && (path.utf8.count == name.utf8.count || path.dropFirst(name.count).first == ".")
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var result = drop { $0 == " " }
    while result.last == " " { result.removeLast() }
    return result
  }

  /// What stands before and after `..`; nil where there is none.
  fileprivate var rangeEnds: (from: Substring, through: Substring)? {
    var index = startIndex
    while index < endIndex {
      let next = self.index(after: index)
      guard next < endIndex else { return nil }
      if self[index] == ".", self[next] == "." {
        return (self[..<index].trimmed, self[self.index(after: next)...].trimmed)
      }
      index = next
    }
    return nil
  }
}

/// Why a text names no part of a network.
public enum FrozenPartError: Error, Hashable, Sendable {
  /// Nothing stands between two commas.
  case empty(String)
  case unknown(String, stages: [String])
  /// A range whose end runs before its beginning.
  case backwards(String, String)
}

extension FrozenPartError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .empty(let text):
      "'\(text)' has an empty name: write stages or layers such as stem..layer3, separated by commas"
    case .unknown(let name, let stages):
      "there is no stage or layer '\(name)': the stages are "
        + (stages.prefix(24) + (stages.count > 24 ? ["..."] : [])).joined(separator: ", ")
    case .backwards(let from, let through): "\(from)..\(through): '\(through)' ends before '\(from)' begins"
    }
  }
}
