import NetworkGraph
import Tensors

/// The native back end beside the reference one: the outputs, and every layer whose output the native plan stores.
struct NativeComparison {
  private let graph: Graph
  private let options: VerificationOptions
  private var layers: [Int: Tensor] = [:]
  private var outputs: [Tensor] = []
  private var comparison = Verification.Check(.native)

  /// Layers are kept until the reference back end comes to them; beyond so many elements only the outputs are compared.
  private static let keptElements = 1 << 29

  init(_ graph: Graph, _ options: VerificationOptions) {
    self.graph = graph
    self.options = options
  }

  mutating func run(_ state: ModelState, _ inputs: [Tensor]) throws(ExecutionError) {
    let executor = try NativeExecutor(
      graph, state: state, threads: options.threads, memoryLimit: options.memoryLimit)
    var elements = 0
    var layers: [Int: Tensor] = [:]
    outputs = try executor.run(inputs) { node, tensors in
      guard elements <= Self.keptElements, let tensor = tensors().first else { return }
      elements += tensor.values.count
      layers[node.id] = tensor
    }
    self.layers = layers
  }

  /// The first output with a value that is no finite number; nil where there is none.
  var nonFiniteOutput: String? { zip(graph.outputs, outputs).first { $1.nonFiniteCount > 0 }?.0.name }

  /// Compares a layer that the reference back end has just computed.
  mutating func compare(_ node: Int, _ reference: ReferenceExecutor) {
    guard let found = layers.removeValue(forKey: node), let expected = reference.tensor(Value(node: node)) else {
      return
    }
    compare(found, expected, graph.path(of: graph.nodes[node]))
  }

  private mutating func compare(_ found: Tensor, _ expected: Tensor, _ name: String) {
    let error = found.shape == expected.shape ? found.relativeDistance(to: expected) : .infinity
    comparison.worstError = max(comparison.worstError ?? 0, error)
    comparison.expect(
      error <= options.tolerance, "\(name): relative distance \(error), at most \(options.tolerance)")
  }

  /// All comparisons, with those of the outputs.
  mutating func check(_ reference: [Tensor]) -> Verification.Check {
    for ((port, found), expected) in zip(zip(graph.outputs, outputs), reference) { compare(found, expected, port.name) }
    return comparison
  }
}
