import NetworkGraph
import SymbolicIntegers

/// What a part of a network holds and does: additive, exact, symbolic where the graph is.
public struct Measures: Sendable {
  /// Elements of trainable tensors, shared ones once.
  public var trainable: Dimension = 0
  /// Elements of running statistics and other tensors that are not learnt; step counters are left out.
  public var buffers: Dimension = 0
  public var operations = OperationTally()
  /// Output elements of convolutions, linear layers and matrix products (fvcore's "activations").
  public var activations: Dimension = 0
  /// Bytes of those outputs.
  public var activationBytes: Dimension = 0
  /// Output elements of every operator.
  public var allOutputs: Dimension = 0

  public init() {}

  /// Elements of every tensor that a count of parameters includes.
  public var parameters: Dimension { trainable }

  /// The first total that left the range of 64-bit integers.
  var failure: GraphError? {
    if let failure = trainable.failure { return .total(quantity: "parameters", failure) }
    if let failure = buffers.failure { return .total(quantity: "buffers", failure) }
    if let failure = activations.failure { return .total(quantity: "activations", failure) }
    if let failure = allOutputs.failure { return .total(quantity: "outputs", failure) }
    if let failure = activationBytes.failure { return .total(quantity: "activation bytes", failure) }
    if operations.fitsEveryConvention { return nil }
    for convention in CountingConvention.all {
      if let failure = convention.count(operations).failure {
        return .total(quantity: "operations (\(convention.name))", failure)
      }
    }
    return nil
  }

  /// Adds what one node holds and does.
  mutating func add(_ node: Node, of graph: Graph) {
    for (position, index) in node.parameters.enumerated() {
      // Another node may count it, or this one already has: exporters merge equal tensors.
      guard graph.parameters[index].node == node.id, !node.parameters[..<position].contains(index) else { continue }
      switch graph.parameters[index].spec.kind {
      case .trainable: trainable += graph.parameters[index].spec.shape.elementCount
      case .buffer: buffers += graph.parameters[index].spec.shape.elementCount
      case .counter: break
      }
    }
    let work = graph.arithmetic(of: node)
    operations.add(work, origin: node.origin)
    if case .source = node.operation { return }
    for output in node.outputs where output.isKnown {
      let elements = output.shape.elementCount
      allOutputs += elements
      if work.kind.isProduct {
        activations += elements
        activationBytes += elements * output.elementType.byteCount
      }
    }
  }
}
