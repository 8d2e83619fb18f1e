import NetworkGraph
import SymbolicIntegers

/// A network with what the rules ask of it again and again.
struct LintedNetwork {
  let analysis: NetworkAnalysis
  let graph: Graph
  let field: ReceptiveField
  /// For each node those that read it.
  let consumers: [[Int]]
  /// Whether an output of inference depends on a node.
  let isLive: [Bool]

  init(_ analysis: NetworkAnalysis, _ field: ReceptiveField) {
    self.analysis = analysis
    self.field = field
    graph = analysis.graph
    consumers = graph.consumers()
    var isLive = Array(repeating: false, count: graph.nodes.count)
    for output in graph.outputs { isLive[output.value.node] = true }
    for node in graph.nodes.reversed() where isLive[node.id] {
      for input in node.inputs { isLive[input.node] = true }
    }
    self.isLive = isLive
  }

  /// For each node whether one of those behind it, inference only, satisfies `isWanted`.
  func isFollowed(by isWanted: (Operator) -> Bool) -> [Bool] {
    var result = Array(repeating: false, count: graph.nodes.count)
    for node in graph.nodes.reversed() where !node.isTrainingOnly {
      let isHit = result[node.id] || isWanted(node.operation)
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
    var type = input
    for operation in operators {
      let semantics = operation.semantics
      let outputs = try semantics.outputTypes(of: [type])
      for spec in semantics.parameters(for: [type]) where spec.kind == .trainable {
        cost.parameters += spec.shape.elementCount
      }
      let work = semantics.arithmetic(for: [type], producing: outputs)
      cost.operations += CountingConvention.macs.count(work, origin: .module)
      if work.kind.isProduct { cost.activations += outputs[0].shape.elementCount }
      type = outputs[0]
    }
    return (cost, type)
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
  /// The cost of all that inference runs.
  var cost: NetworkDifference.Cost {
    var sum = NetworkDifference.Cost()
    for node in nodes where !node.isTrainingOnly { add(node, to: &sum) }
    return sum
  }

  /// The cost of one node.
  func cost(of node: Node) -> NetworkDifference.Cost {
    var cost = NetworkDifference.Cost()
    add(node, to: &cost)
    return cost
  }

  private func add(_ node: Node, to cost: inout NetworkDifference.Cost) {
    // Another node may count a parameter, or this one already has.
    for (position, index) in node.parameters.enumerated()
    where parameters[index].node == node.id && parameters[index].spec.kind == .trainable
      && !node.parameters[..<position].contains(index)
    {
      cost.parameters += parameters[index].spec.shape.elementCount
    }
    let work = arithmetic(of: node)
    guard work.kind.isProduct else { return }
    cost.operations += CountingConvention.macs.count(work, origin: node.origin)
    for output in node.outputs where output.isKnown { cost.activations += output.shape.elementCount }
  }
}
