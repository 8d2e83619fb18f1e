import SymbolicIntegers

/// A graph with some operators replaced: what that changes, with the types that follow inferred anew.
///
/// Nodes keep their places, names and inputs; parameters keep their names and take the shapes that the operators need
/// now. Cost: one pass, with work for the nodes whose operator or input types differ.
package struct GraphRevision {
  package let graph: Graph
  /// For every node the types of its outputs.
  package private(set) var outputs: [[TensorType]]
  /// For every parameter its shape.
  package private(set) var shapes: [Shape]
  private let replacement: Replacement

  /// The operator to put in a node's place, given the new type of its first input; nil keeps the node's own. Always the
  /// same for the same arguments.
  package typealias Replacement = (Node, TensorType?) -> (any OperatorSemantics)?

  /// - Throws: ``GraphError`` where the operators do not fit together.
  package init(_ graph: Graph, replacing replacement: @escaping Replacement) throws(GraphError) {
    self.graph = graph
    outputs = graph.nodes.map { $0.outputs }
    shapes = graph.parameters.map { $0.spec.shape }
    self.replacement = replacement
    var isRetyped = Array(false, count: graph.nodes.count)
    for node in graph.nodes {
      if let replaced = replaced(node) {
        try revise(node, as: replaced)
      } else if node.inputs.contains(where: { isRetyped[$0.node] }) {
        try revise(node, as: node.semantics)
      } else {
        continue
      }
      isRetyped[node.id] = outputs[node.id] != node.outputs
    }
  }

  /// Infers what a node gives and owns as `semantics` describes it.
  private mutating func revise(_ node: Node, as semantics: any OperatorSemantics) throws(GraphError) {
    let types = inputTypes(of: node)
    do throws(ShapeError) {
      outputs[node.id] = try semantics.checkedOutputTypes(of: types)
    } catch {
      throw .shape(
        node: graph.modulePath(of: node), operatorName: semantics.name(inTraining: node.isTrainingOnly), error)
    }
    if !node.parameters.isEmpty { try fit(node, to: semantics.parameters(for: types)) }
  }

  /// Gives the parameters of a node the shapes that its operator needs.
  private mutating func fit(_ node: Node, to specs: [ParameterSpec]) throws(GraphError) {
    // Files list no counters.
    let needed = specs.count == node.parameters.count ? specs : specs.filter { $0.kind != .counter }
    for (position, index) in node.parameters.enumerated() where position < needed.count {
      if graph.parameters[index].node == node.id {
        shapes[index] = needed[position].shape
      } else if shapes[index] != needed[position].shape {
        throw .sharedParameters(
          node: graph.modulePath(of: node), first: node.parameters.map(spec).wording, second: specs.wording)
      }
    }
  }

  private func spec(_ parameter: Int) -> ParameterSpec {
    var spec = graph.parameters[parameter].spec
    spec.shape = shapes[parameter]
    return spec
  }

  private func replaced(_ node: Node) -> (any OperatorSemantics)? {
    replacement(node, node.inputs.first.map { outputs[$0.node][$0.output] })
  }

  /// The types a node reads.
  private func inputTypes(of node: Node) -> [TensorType] { node.inputTypes { outputs[$0] } }

  /// The raw tallies of a node.
  package func arithmetic(of node: Node) -> Arithmetic {
    (replaced(node) ?? node.semantics).arithmetic(for: inputTypes(of: node), producing: outputs[node.id])
  }
}

extension OperatorSemantics {
  /// The types of the outputs for given inputs.
  /// - Throws: ``ShapeError``, also where a size is out of range.
  func checkedOutputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let outputs = try outputTypes(of: inputs)
    for output in outputs {
      if let failure = output.shape.failure { throw .dimension(failure) }
    }
    return outputs
  }

  /// The operator's name as errors say it.
  func name(inTraining isTrainingOnly: Bool) -> String { isTrainingOnly ? "\(name), run by training only" : name }
}

extension [ParameterSpec] {
  /// Names and shapes as errors say them.
  var wording: String { map { "\($0.name) \($0.shape)" }.joined(separator: ", ") }
}
