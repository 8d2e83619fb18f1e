import NetworkGraph

extension Graph {
  /// The graph with each operator replaced by what `replacement` makes of it and of its new inputs, and every shape
  /// inferred anew. Nodes keep their positions and paths, and modules called again their tensors; scopes are not kept.
  /// - Throws: ``GraphError`` where the new operators do not fit together.
  func replacingOperators(_ replacement: (Node, [TensorType]) -> Operator) throws(GraphError) -> Graph {
    let builder = GraphBuilder(name: name)
    var features: [[Feature]] = []
    features.reserveCapacity(nodes.count)
    for node in nodes {
      if case .source(let source) = replacement(node, []), source.kind == .input {
        features.append([builder.input(node.name, source.type)])
        continue
      }
      // A module called again has the name of its first call, and so its tensors.
      let owner = node.parameters.first.map { parameters[$0].node } ?? node.id
      let inputs = node.inputs.map { features[$0.node][$0.output] }
      func add() -> [Feature] {
        builder.add(
          replacement(node, inputs.map(\.type)), to: inputs, name: modulePath(of: nodes[owner]), origin: node.origin)
      }
      features.append(node.isTrainingOnly ? builder.trainingOnly(add) : add())
    }
    return try builder.finish(outputs: outputs.map { ($0.name, features[$0.value.node][$0.value.output]) })
  }
}
