import Analysis
import NetworkGraph
import SymbolicIntegers

/// The machine-readable form of an analysis. Keys are stable; numbers are strings where they are formulas.
struct AnalysisDocument: Encodable, Sendable {
  struct Port: Encodable, Sendable {
    var name: String
    var shape: [Quantity]
  }
  struct Parameters: Encodable, Sendable {
    var total: Quantity
    var trainable: Quantity
    var buffers: Quantity
    var trainingOnly: Quantity
  }
  struct Activations: Encodable, Sendable {
    var elements: Quantity
    var bytes: Quantity
    var allOutputs: Quantity
  }
  struct UnsupportedOperator: Encodable, Sendable {
    var `operator`: String
    var count: Int
    var reason: String
  }
  struct Node: Encodable, Sendable {
    var name: String
    var `operator`: String
    var settings: String
    var inputs: [String]
    var outputShape: [Quantity]?
    var parameters: Quantity
    var buffers: Quantity
    var macs: Quantity
    var activations: Quantity
    var trainingOnly: Bool?
  }
  struct Group: Encodable, Sendable {
    var name: String
    var nodes: Int
    var outputShape: [Quantity]?
    var parameters: Quantity
    var buffers: Quantity
    var operations: [String: Quantity]
    var activations: Quantity
  }

  var schema = "convscope.analysis/1"
  var model: String
  var input: [Port]
  var output: [Port]
  var parameters: Parameters
  /// One key per convention, and `transcendentals`.
  var operations: [String: Quantity]
  var activations: Activations
  var unsupported: [UnsupportedOperator]
  /// Present when a grouping other than the model or its layers was asked for.
  var groups: [Group]?
  var grouping: String?
  var nodes: [Node]
}

extension AnalysisDocument {
  init(_ analysis: NetworkAnalysis, grouping: Grouping) {
    let graph = analysis.graph
    let total = analysis.total
    func port(_ port: NetworkGraph.Port) -> Port {
      Port(name: port.name, shape: AnalysisDocument.shape(graph.type(of: port.value)) ?? [])
    }
    model = graph.name
    input = graph.inputs.map(port)
    output = graph.outputs.map(port)
    parameters = Parameters(
      total: Quantity(total.parameters), trainable: Quantity(total.trainable), buffers: Quantity(total.buffers),
      trainingOnly: Quantity(analysis.trainingOnly.parameters))
    operations = AnalysisDocument.operations(total)
    activations = Activations(
      elements: Quantity(total.activations), bytes: Quantity(total.activationBytes),
      allOutputs: Quantity(total.allOutputs))
    unsupported = analysis.unsupported.map {
      UnsupportedOperator(operator: $0.operatorName, count: $0.count, reason: $0.reason)
    }
    let paths = graph.nodes.map { graph.path(of: $0) }
    nodes = graph.nodes.map { node in
      let measures = analysis.measures(of: node)
      let semantics = node.operation.semantics
      return Node(
        name: paths[node.id], operator: semantics.name, settings: semantics.settings,
        inputs: node.inputs.map { $0.output == 0 ? paths[$0.node] : "\(paths[$0.node])#\($0.output)" },
        outputShape: node.outputs.first.flatMap(AnalysisDocument.shape), parameters: Quantity(measures.parameters),
        buffers: Quantity(measures.buffers), macs: Quantity(CountingConvention.macs.count(measures.operations)),
        activations: Quantity(measures.activations), trainingOnly: node.isTrainingOnly ? true : nil)
    }
    guard grouping == .stage || grouping == .operator else { return }
    self.grouping = grouping.rawValue
    groups = graph.groups(by: grouping).map { group in
      let measures = analysis.measures(of: group.nodes)
      return Group(
        name: group.name, nodes: group.nodes.count,
        outputShape: graph.outputType(of: group).flatMap(AnalysisDocument.shape),
        parameters: Quantity(measures.parameters), buffers: Quantity(measures.buffers),
        operations: AnalysisDocument.operations(measures), activations: Quantity(measures.activations))
    }
  }

  /// The sizes of a known type's axes.
  static func shape(_ type: TensorType) -> [Quantity]? {
    type.isKnown ? type.shape.dimensions.map(Quantity.init) : nil
  }

  /// The count under every convention, by its name.
  static func operations(_ measures: Measures) -> [String: Quantity] {
    var result = ["transcendentals": Quantity(measures.operations.transcendentals)]
    for convention in CountingConvention.all {
      result[convention.name] = Quantity(convention.count(measures.operations))
    }
    return result
  }
}
