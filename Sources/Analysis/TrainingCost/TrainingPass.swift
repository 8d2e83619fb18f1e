import NetworkGraph
import SymbolicIntegers

/// One step of training as the graph gives it: the forward pass, and for each operator the gradients that the backward
/// pass computes.
///
/// The loss and what prepares the images are not part of it. Cost: one pass over the nodes.
public struct TrainingPass: Sendable {
  /// What training does at one node.
  public struct Step: Sendable {
    public var forward: TrainingKernel
    /// In order of computation; empty where no gradient flows.
    public var gradients: [Gradient] = []
  }

  public let graph: Graph
  public let frozen: FrozenPart
  /// By node.
  public let steps: [Step]
  /// Elements of the parameters that are trained.
  public let trainableElements: Dimension
  /// The whole network.
  public let total: TrainingMeasures

  /// - Throws: ``GraphError/total(quantity:_:)`` when a total leaves the range of 64-bit integers.
  public init(_ graph: Graph, frozen: FrozenPart = .none) throws(GraphError) {
    self.graph = graph
    self.frozen = frozen
    let flow = GradientFlow(graph, frozen: frozen)
    var steps = graph.nodes.map { Step(forward: ForwardPass.kernel(of: $0, in: graph)) }
    var readers = graph.nodes.map { Array(repeating: 0, count: $0.outputs.count) }
    var uses = Array(repeating: 0, count: graph.parameters.count)
    for node in graph.nodes {
      let wanted = flow.wanted(at: node, in: graph)
      let possible = flow.gradients[node.id]
      guard !wanted.inputs.isEmpty || !wanted.parameters.isEmpty else { continue }
      if let shared = possible.shared { steps[node.id].gradients.append(Gradient(target: .shared, kernel: shared)) }
      for position in wanted.inputs {
        guard let kernel = possible.inputs[position] else { continue }
        steps[node.id].gradients.append(Gradient(target: .input(position), kernel: kernel))
        readers[node.inputs[position].node][node.inputs[position].output] += 1
      }
      for position in wanted.parameters {
        guard let kernel = possible.parameters[position] else { continue }
        steps[node.id].gradients.append(Gradient(target: .parameter(node.parameters[position]), kernel: kernel))
        uses[node.parameters[position]] += 1
      }
    }
    for node in graph.nodes {
      for (output, count) in readers[node.id].enumerated() where count > 1 {
        let type = node.outputs[output]
        steps[node.id].gradients.append(.accumulation(of: type.isKnown ? type.shape.elementCount : 0, from: count))
      }
    }
    for (index, count) in uses.enumerated() where count > 1 {
      let parameter = graph.parameters[index]
      steps[parameter.node].gradients.append(.accumulation(of: parameter.spec.shape.elementCount, from: count))
    }
    self.steps = steps
    trainableElements = frozen.trainableElements(of: graph)
    var total = TrainingMeasures()
    for node in graph.nodes { total.add(steps[node.id], at: node, of: graph) }
    if let failure = total.failure { throw failure }
    self.total = total
  }

  /// The measures of some nodes together.
  public func measures(of nodes: some Sequence<Int>) -> TrainingMeasures {
    var measures = TrainingMeasures()
    for id in nodes { measures.add(steps[id], at: graph.nodes[id], of: graph) }
    return measures
  }
}

extension Gradient {
  /// `count` gradients of one tensor summed: an addition less than there are, for each element.
  fileprivate static func accumulation(of elements: Dimension, from count: Int) -> Gradient {
    var work = Arithmetic(.elementwise)
    work.additions = elements * (count - 1)
    return Gradient(target: .accumulation, kernel: TrainingKernel(work, moves: elements * (3 * (count - 1))))
  }
}

/// What a step of training does in a part of a network, as raw tallies: additive, exact, symbolic where the graph is.
public struct TrainingMeasures: Sendable {
  /// One direction of the pass.
  public struct Part: Sendable {
    public var operations = OperationTally()
    public var elementsMoved: Dimension = 0
    public var indicesMoved: Dimension = 0

    mutating func add(_ kernel: TrainingKernel, origin: Origin) {
      operations.add(kernel.work, origin: origin)
      elementsMoved += kernel.elementsMoved
      indicesMoved += kernel.indicesMoved
    }

    /// Bytes read and written where a floating-point element takes `elementBytes`.
    public func bytesMoved(elementBytes: Int) -> Dimension {
      elementsMoved * elementBytes + indicesMoved * EagerRules.indexBytes
    }
  }

  public var forward = Part()
  /// Gradients with respect to what operators read, and sums over several readers.
  public var inputGradients = Part()
  /// Gradients with respect to parameters.
  public var parameterGradients = Part()

  public init() {}

  mutating func add(_ step: TrainingPass.Step, at node: Node, of graph: Graph) {
    forward.add(step.forward, origin: node.origin)
    guard !step.gradients.isEmpty else { return }
    let trains = step.gradients.contains { if case .parameter = $0.target { true } else { false } }
    for gradient in step.gradients {
      let isOfParameter: Bool
      switch gradient.target {
      case .parameter: isOfParameter = true
      case .shared: isOfParameter = trains
      // A parameter that is a node of its own, such as a position embedding, is an input of its reader.
      case .input(let position): isOfParameter = graph.nodes[node.inputs[position].node].isParameter
      case .accumulation: isOfParameter = node.isParameter
      }
      if isOfParameter {
        parameterGradients.add(gradient.kernel, origin: node.origin)
      } else {
        inputGradients.add(gradient.kernel, origin: node.origin)
      }
    }
  }

  /// Operations of both directions.
  public func operations(_ convention: CountingConvention) -> Dimension {
    convention.count(forward.operations) + backwardOperations(convention)
  }

  /// Operations of the backward pass.
  public func backwardOperations(_ convention: CountingConvention) -> Dimension {
    convention.count(inputGradients.operations) + convention.count(parameterGradients.operations)
  }

  /// Bytes read and written in both directions where a floating-point element takes `elementBytes`.
  public func bytesMoved(elementBytes: Int) -> Dimension {
    forward.bytesMoved(elementBytes: elementBytes) + inputGradients.bytesMoved(elementBytes: elementBytes)
      + parameterGradients.bytesMoved(elementBytes: elementBytes)
  }

  /// The first total that left the range of 64-bit integers.
  fileprivate var failure: GraphError? {
    if let failure = bytesMoved(elementBytes: 8).failure { return .total(quantity: "bytes moved by training", failure) }
    for convention in CountingConvention.all {
      if let failure = operations(convention).failure {
        return .total(quantity: "operations of training (\(convention.name))", failure)
      }
    }
    return nil
  }
}

extension Node {
  fileprivate var isParameter: Bool {
    if case .source(let source) = operation, case .parameter = source.kind { true } else { false }
  }
}
