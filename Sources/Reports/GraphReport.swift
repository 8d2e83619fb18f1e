import NetworkGraph
import SymbolicIntegers

/// The machine-readable form of a graph. Keys are stable; sizes are numbers, or strings where they are formulas.
private struct GraphDocument: Encodable, Sendable {
  struct Port: Encodable, Sendable {
    var name: String
    /// The value's name.
    var value: String
    var shape: [Quantity]?
    var elementType: String
  }
  struct Value: Encodable, Sendable {
    var name: String
    var shape: [Quantity]?
    var elementType: String
  }
  struct Scope: Encodable, Sendable {
    var name: String
    var role: String
    /// Whether the name is part of parameter names.
    var named: Bool
  }
  struct Window: Encodable, Sendable {
    var kernel: [Int]
    var stride: [Int]
    var dilation: [Int]
    /// Before the first and after the last position of each axis.
    var padding: [[Quantity]]
    var ceilMode: Bool
  }
  struct Node: Encodable, Sendable {
    var name: String
    var `operator`: String
    var settings: String
    var scopes: [Scope]
    /// Names of values.
    var inputs: [String]
    var outputs: [Value]
    /// Names of parameters.
    var parameters: [String]
    var window: Window?
    var trainingOnly: Bool
  }
  struct Parameter: Encodable, Sendable {
    var name: String
    var shape: [Quantity]
    var elementType: String
    var kind: String
  }

  var schema = "convscope.graph/1"
  var model: String
  var inputs: [Port]
  var outputs: [Port]
  var nodes: [Node]
  var parameters: [Parameter]

  init(_ graph: Graph) {
    model = graph.name
    let paths = graph.nodes.map { graph.path(of: $0) }
    func name(_ value: NetworkGraph.Value) -> String {
      value.output == 0 ? paths[value.node] : "\(paths[value.node])#\(value.output)"
    }
    func shape(_ type: TensorType) -> [Quantity]? { type.isKnown ? type.shape.dimensions.map(Quantity.init) : nil }
    func port(_ port: NetworkGraph.Port) -> Port {
      let type = graph.type(of: port.value)
      return Port(name: port.name, value: name(port.value), shape: shape(type), elementType: "\(type.elementType)")
    }
    inputs = graph.inputs.map(port)
    outputs = graph.outputs.map(port)
    nodes = graph.nodes.map { node in
      let semantics = node.operation.semantics
      return Node(
        name: paths[node.id], operator: semantics.name, settings: semantics.settings,
        scopes: GraphDocument.scopes(around: node, in: graph), inputs: node.inputs.map(name),
        outputs: node.outputs.enumerated().map { output, type in
          Value(
            name: name(NetworkGraph.Value(node: node.id, output: output)), shape: shape(type),
            elementType: "\(type.elementType)")
        }, parameters: node.parameters.map { graph.name(of: graph.parameters[$0]) },
        window: semantics.window.map { Window($0, over: graph.inputTypes(of: node)[0].shape) },
        trainingOnly: node.isTrainingOnly)
    }
    parameters = graph.parameters.map { parameter in
      Parameter(
        name: graph.name(of: parameter), shape: parameter.spec.shape.dimensions.map(Quantity.init),
        elementType: "\(parameter.spec.elementType)", kind: parameter.spec.kind.title)
    }
  }

  /// The scopes around a node, outermost first.
  private static func scopes(around node: NetworkGraph.Node, in graph: Graph) -> [Scope] {
    var result: [Scope] = []
    var index = node.scope
    while index != 0, let parent = graph.scopes[index].parent {
      let scope = graph.scopes[index]
      result.append(Scope(name: scope.name, role: "\(scope.role)", named: scope.isNamed))
      index = parent
    }
    return result.reversed()
  }
}

extension GraphDocument.Window {
  fileprivate init(_ window: NetworkGraph.Window, over input: Shape) {
    kernel = window.axes.map(\.kernel)
    stride = window.axes.map(\.stride)
    dilation = window.axes.map(\.dilation)
    ceilMode = window.ceilMode
    padding = window.axes.indices.map { axis in
      let padding = window.padding(input[axis + 2], axis: axis)
      return [Quantity(padding.before), Quantity(padding.after)]
    }
  }
}

extension Report {
  /// The nodes of a network with what they read and give. JSON has types, scopes, windows and parameters too.
  public static func graph(_ graph: Graph) -> Report {
    let document = GraphDocument(graph)
    let table = Table(
      columns: [
        Table.Column("name", "name"), Table.Column("operator", "operator"), Table.Column("settings", "settings"),
        Table.Column("inputs", "inputs"), Table.Column("output_shape", "output", isNumeric: true),
      ],
      rows: zip(document.nodes, graph.nodes).map { described, node in
        [
          .text(described.name), .text(described.operator), .text(described.settings),
          .text(described.inputs.joined(separator: " ")),
          node.outputs.first.map { $0.isKnown ? .shape($0.shape) : .text("unknown") } ?? .empty,
        ]
      })
    return Report(title: "Graph of \(graph.name)", tables: [table], data: table, document: document)
  }
}
