import SymbolicIntegers

extension Graph {
  /// The graph with some operators replaced and the types that follow from them inferred anew.
  ///
  /// Nodes keep their places, names and inputs; parameters keep their names and take the shapes that the operators need
  /// now. Nodes that keep their operator and read unchanged types are passed on as they are. Cost: one pass.
  /// - Parameter replacement: the operator to put in a node's place, given the new type of its first input; nil keeps it.
  /// - Throws: ``GraphError`` where the operators do not fit together.
  package func replacingOperators(_ replacement: (Node, TensorType?) -> Operator?) throws(GraphError) -> Graph {
    var nodes = nodes
    var parameters = parameters
    var isRetyped = Array(repeating: false, count: nodes.count)
    for id in nodes.indices {
      let node = nodes[id]
      let inputs = node.inputs
      let replaced = replacement(node, inputs.first.map { nodes[$0.node].outputs[$0.output] })
      guard replaced != nil || inputs.contains(where: { isRetyped[$0.node] }) else { continue }
      let operation = replaced ?? node.operation
      let semantics = operation.semantics
      let types = inputs.map { nodes[$0.node].outputs[$0.output] }
      let outputs: [TensorType]
      do throws(ShapeError) {
        outputs = try semantics.checkedOutputTypes(of: types)
      } catch {
        throw .shape(
          node: modulePath(of: node), operatorName: semantics.name(inTraining: node.isTrainingOnly), error)
      }
      if !node.parameters.isEmpty { try fit(&parameters, of: node, to: semantics.parameters(for: types)) }
      isRetyped[id] = outputs != node.outputs
      nodes[id] = node.with(operation, outputs: outputs)
    }
    return Graph(
      name: name, nodes: nodes, scopes: scopes, parameters: parameters, inputs: inputs, outputs: self.outputs,
      holds: holds)
  }

  /// Gives the parameters of a node the shapes that its operator needs.
  private func fit(
    _ parameters: inout [Parameter], of node: Node, to specs: [ParameterSpec]
  ) throws(GraphError) {
    // Files list no counters.
    let needed = specs.count == node.parameters.count ? specs : specs.filter { $0.kind != .counter }
    for (index, spec) in zip(node.parameters, needed) where parameters[index].spec.shape != spec.shape {
      guard parameters[index].node == node.id else {
        let first = node.parameters.map { parameters[$0].spec }
        throw .sharedParameters(node: modulePath(of: node), first: first.wording, second: specs.wording)
      }
      parameters[index].spec.shape = spec.shape
    }
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
