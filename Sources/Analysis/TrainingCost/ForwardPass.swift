import NetworkGraph
import SymbolicIntegers

/// The forward pass as training runs it: inference's work, and what only training does.
///
/// - Batch normalisation computes the statistics of the batch, as a layer norm does of a sample, and moves its running
///   ones towards them: for each channel one product for the unbiased variance, two products and a sum for each of the two.
/// - Dropout compares a random number for each element with its probability, scales the mask and multiplies by it;
///   stochastic depth does so with one random number for each sample.
/// - A standardised weight is normalised like a sample of a layer norm, once a step.
///
/// Traffic: each operand, parameter and result once; views move nothing.
enum ForwardPass {
  static func kernel(of node: Node, in graph: Graph) -> TrainingKernel {
    let inputs = graph.inputTypes(of: node)
    var work = graph.arithmetic(of: node)
    switch node.operation {
    case .batchNorm:
      let channels = inputs[0].shape[1]
      let hasWeights = inputs.count > 1 || node.parameters.contains { graph.parameters[$0].spec.kind == .trainable }
      addStatistics(to: &work, elements: work.inputElements, slices: channels, weight: hasWeights, bias: hasWeights)
      work.additions += channels * 2
      work.multiplications += channels * 5
    case .convolution(let operation):
      guard let standardization = operation.standardization, inputs.count == 1 else { break }
      let weights = node.parameters.lazy.map { graph.parameters[$0].spec }.first { $0.name == "weight" }
      addStatistics(
        to: &work, elements: weights?.shape.elementCount ?? 0, slices: operation.outputChannels,
        weight: standardization.gain, bias: false)
    case .identity(let identity):
      let mask = identity.maskElements(node.outputs[0])
      guard mask != 0 else { break }
      work = Arithmetic(.elementwise)
      work.comparisons = mask
      work.multiplications = mask + node.outputs[0].shape.elementCount
    default: break
    }
    return TrainingKernel(work, moves: elements(node, graph, inputs), indices: indices(node))
  }

  /// Mean, centring, variance and scaling of `slices` slices, with the factors that norms over samples count.
  private static func addStatistics(
    to work: inout Arithmetic, elements: Dimension, slices: Dimension, weight: Bool, bias: Bool
  ) {
    let isNorm = work.kind == .batchNorm
    // What inference counts of a batch norm, a product and a sum for each element, is part of what follows.
    if isNorm { (work.additions, work.multiplications) = (0, 0) }
    work.additions += elements * (bias ? 4 : 3) - slices
    work.multiplications += elements * (weight ? 3 : 2) + slices * 3
    work.transcendentals += slices
  }

  private static func elements(_ node: Node, _ graph: Graph, _ inputs: [TensorType]) -> Dimension {
    var elements: Dimension = 0
    switch node.operation {
    case .source, .view, .transpose, .split, .slice, .expand: return 0
    case .identity(let identity):
      if case .cast = identity { break }
      let mask = identity.maskElements(node.outputs[0])
      if mask == 0 { return 0 }
      elements = mask
    default: break
    }
    for type in inputs + node.outputs where type.isKnown { elements += type.shape.elementCount }
    for index in node.parameters where graph.parameters[index].spec.kind != .counter {
      elements += graph.parameters[index].spec.shape.elementCount
    }
    return elements
  }

  private static func indices(_ node: Node) -> Dimension {
    switch node.operation {
    case .pool(let pool) where pool.kind == .maximum: node.outputs[0].shape.elementCount
    case .adaptivePool(let pool) where pool.kind == .maximum: node.outputs[0].shape.elementCount
    default: 0
    }
  }
}
