import NetworkGraph
import SymbolicIntegers

/// A network with what the rules ask of it again and again.
struct LintedNetwork {
  let analysis: NetworkAnalysis
  let graph: Graph
  let field: ReceptiveField
  /// For each node the only one that reads it; nil where none or several do.
  let onlyReader: [Int?]
  /// Whether any node reads a node.
  let isRead: [Bool]
  /// Whether an output of inference depends on a node.
  let isLive: [Bool]

  init(_ analysis: NetworkAnalysis, _ field: ReceptiveField) {
    self.analysis = analysis
    self.field = field
    graph = analysis.graph
    var onlyReader: [Int?] = Array(nil, count: graph.nodes.count)
    var isRead = Array(false, count: graph.nodes.count)
    for node in graph.nodes {
      for input in node.inputs where onlyReader[input.node] != node.id {
        onlyReader[input.node] = isRead[input.node] ? nil : node.id
        isRead[input.node] = true
      }
    }
    (self.onlyReader, self.isRead) = (onlyReader, isRead)
    var isLive = Array(false, count: graph.nodes.count)
    for output in graph.outputs { isLive[output.value.node] = true }
    for node in graph.nodes.reversed() where isLive[node.id] {
      for input in node.inputs { isLive[input.node] = true }
    }
    self.isLive = isLive
  }

  /// For each node whether one of those behind it, inference only, satisfies `isWanted`.
  func isFollowed(by isWanted: (Node) -> Bool) -> [Bool] {
    var result = Array(false, count: graph.nodes.count)
    for node in graph.nodes.reversed() where !node.isTrainingOnly {
      let isHit = result[node.id] || isWanted(node)
      guard isHit else { continue }
      for input in node.inputs { result[input.node] = true }
    }
    return result
  }

  func input(of node: Node) -> TensorType? { node.inputs.first.map { graph.type(of: $0) } }

  /// The cost of operators one after another on an input, and what they give.
  /// - Throws: ``ShapeError`` where one does not accept what the one before gives.
  func cost(of operators: [Operator], on input: TensorType) throws(ShapeError) -> (
    cost: NetworkDifference.Cost, output: TensorType
  ) {
    var cost = NetworkDifference.Cost()
    var inputs = [input]
    for operation in operators {
      let semantics = operation.semantics
      let outputs = try semantics.outputTypes(of: inputs)
      for spec in semantics.parameters(for: inputs) where spec.kind == .trainable {
        cost.parameters += spec.shape.elementCount
      }
      if operation.isProduct {
        let work = semantics.arithmetic(for: inputs, producing: outputs)
        cost.operations += CountingConvention.macs.count(work, origin: .module)
        cost.activations += outputs[0].shape.elementCount
      }
      inputs = outputs
    }
    return (cost, inputs[0])
  }

  /// A remedy that puts `new` in the place of `old`, both between the same tensors.
  func remedy(_ action: String, from old: [Operator], to new: [Operator], on input: TensorType) -> LintFinding.Remedy {
    do throws(ShapeError) {
      let (before, after) = (try cost(of: old, on: input), try cost(of: new, on: input))
      guard before.output == after.output else {
        return LintFinding.Remedy(
          action: "\(action) (its shape, \(after.output), differs from \(before.output))", cost: nil)
      }
      return LintFinding.Remedy(action: action, cost: after.cost - before.cost)
    } catch {
      return LintFinding.Remedy(action: "\(action) (\(error))", cost: nil)
    }
  }
}

extension Graph {
  /// The cost of one node.
  func cost(of node: Node) -> NetworkDifference.Cost {
    cost(of: node, outputs: node.outputs, work: { arithmetic(of: node) }, shape: { parameters[$0].spec.shape })
  }

  /// The cost of one node with outputs, work and shapes of parameters that may differ from the graph's.
  @inline(__always)
  fileprivate func cost(
    of node: Node, outputs: [TensorType], work: () -> Arithmetic, shape: (Int) -> Shape
  ) -> NetworkDifference.Cost {
    var cost = NetworkDifference.Cost()
    // Another node may count a parameter, or this one already has.
    for (position, index) in node.parameters.enumerated()
    where parameters[index].node == node.id && parameters[index].spec.kind == .trainable
      && !node.parameters[..<position].contains(index)
    {
      cost.parameters += shape(index).elementCount
    }
    guard node.operation.isProduct else { return cost }
    cost.operations = CountingConvention.macs.count(work(), origin: node.origin)
    for output in outputs where output.isKnown { cost.activations += output.shape.elementCount }
    return cost
  }
}

extension GraphRevision {
  /// The cost of one node.
  func cost(of node: Node) -> NetworkDifference.Cost {
    graph.cost(of: node, outputs: outputs[node.id], work: { arithmetic(of: node) }, shape: { shapes[$0] })
  }

  /// The cost of all that inference runs.
  var cost: NetworkDifference.Cost {
    var sum = NetworkDifference.Cost()
    for node in graph.nodes where !node.isTrainingOnly { sum = sum + cost(of: node) }
    return sum
  }
}
