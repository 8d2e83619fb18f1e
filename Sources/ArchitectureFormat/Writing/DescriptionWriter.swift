import NetworkGraph
import SymbolicIntegers

/// A network written as a description: one layer per operator, read back as the same operators with the same names.
///
/// Scopes become groups, so parameters keep their names. What other layers read is saved under the number of its node.
public struct DescriptionWriter {
  /// Why a network cannot be written.
  public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
    /// Descriptions have no such operator, or not with these settings.
    case operation(node: String, name: String)
    /// The layer uses the weights of another.
    case shared(node: String)
    /// Other layers come between those of a scope.
    case interrupted(scope: String)
    /// The network has several inputs or outputs.
    case ports(inputs: Int, outputs: Int)

    public var description: String {
      switch self {
      case .operation(let node, let name): "\(node): descriptions do not have this \(name)"
      case .shared(let node): "\(node): descriptions do not share weights"
      case .interrupted(let scope): "\(scope): other layers come between those of this scope"
      case .ports(let inputs, let outputs):
        "a network with \(inputs) inputs and \(outputs) outputs is not written, only one with one of each"
      }
    }
  }

  /// The description.
  public let text: String

  /// - Throws: ``Failure``.
  public init(_ graph: Graph) throws(Failure) {
    let outputs = graph.outputs.filter { !graph.nodes[$0.value.node].isTrainingOnly }
    guard graph.inputs.count == 1, outputs.count == 1, let input = graph.inputs.first, let output = outputs.first else {
      throw .ports(inputs: graph.inputs.count, outputs: outputs.count)
    }
    var writing = Writing(graph: graph, input: input.value, output: output.value)
    for node in graph.nodes where !node.isTrainingOnly && node.id != input.value.node { try writing.add(node) }
    let shape = graph.type(of: input.value).shape.dimensions.map(\.description).joined(separator: "x")
    var lines = ["name: \"\(graph.name)\"", "input: \(shape)", "layers:", "  - save: n\(input.value.node)"]
    lines += writing.lines
    lines += ["outputs: n\(output.value.node)"]
    text = lines.joined(separator: "\n") + "\n"
  }

  /// The layers so far.
  private struct Writing {
    let graph: Graph
    var lines: [String] = []
    /// The output of the layer before.
    var current: NetworkGraph.Value
    /// The names of the groups around the next layer, and those that have ended.
    private var open: [String] = []
    private var closed: Set<[String]> = []
    /// What more than the next layer reads.
    let saved: Set<Int>

    init(graph: Graph, input: NetworkGraph.Value, output: NetworkGraph.Value) {
      self.graph = graph
      current = input
      var saved: Set = [output.node]
      for node in graph.nodes {
        for value in node.inputs where node.inputs.count > 1 || value.node != node.id - 1 { saved.insert(value.node) }
      }
      self.saved = saved
    }

    mutating func add(_ node: Node) throws(Failure) {
      guard let layer = LayerText(node.operation), node.outputs.count == 1 else {
        throw .operation(node: graph.path(of: node), name: node.operation.semantics.name)
      }
      guard node.call == 0 || node.parameters.isEmpty else { throw .shared(node: graph.path(of: node)) }
      try enter(node.scope)
      // What is called again has no parameters, and so needs no name of its own.
      var settings = node.call == 0 ? [(key: "name", value: "\"\(node.name)\"")] : []
      settings += layer.settings
      if node.inputs.count > 1 {
        settings.append(("from", "[\(node.inputs.map { "n\($0.node)" }.joined(separator: ", "))]"))
      } else if let value = node.inputs.first, value != current {
        settings.append(("from", "n\(value.node)"))
      }
      if saved.contains(node.id) { settings.append(("save", "n\(node.id)")) }
      let text = settings.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
      lines.append("\(indent)- \(layer.name): {\(text)}")
      current = NetworkGraph.Value(node: node.id)
    }

    private var indent: String { String(repeating: "  ", count: 1 + 3 * open.count) }

    /// Closes and opens groups until the layers of a scope stand in it.
    private mutating func enter(_ scope: Int) throws(Failure) {
      var wanted: [String] = []
      var next: Int? = scope
      while let index = next, index != 0 {
        if graph.scopes[index].isNamed { wanted.insert(graph.scopes[index].name, at: 0) }
        next = graph.scopes[index].parent
      }
      while !wanted.starts(with: open) {
        closed.insert(open)
        open.removeLast()
      }
      for name in wanted.dropFirst(open.count) {
        lines += ["\(indent)- group:", "\(indent)    name: \"\(name)\"", "\(indent)    layers:"]
        open.append(name)
        guard !closed.contains(open) else { throw .interrupted(scope: open.joined(separator: ".")) }
      }
    }
  }
}
