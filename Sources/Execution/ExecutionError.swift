import Tensors

/// Why a network cannot be run.
public enum ExecutionError: Error, Hashable, Sendable {
  /// A size is not a number, so that nothing can be allocated: which node, and its type.
  case symbolic(node: String, type: String)
  /// An operator that no kernel computes, and why.
  case unsupported(node: String, reason: String)
  /// An input of another shape than the graph has.
  case input(name: String, expected: [Int], found: [Int])
  case inputCount(expected: [String], found: Int)
  /// Parameters that the source of values lacks, those it has beyond, and those of another shape.
  case parameters(missing: [String], unexpected: [String], mismatched: [ShapeMismatch])
  case tensor(TensorError)
  /// Vector instructions that this processor lacks, or that have no such name.
  case instructionSet(requested: String, available: [String])
  /// More threads than the system gives, or fewer than one.
  case threads(requested: Int)
  /// More memory than can be addressed or was allowed.
  case memory(bytes: Int, limit: Int)
  /// Values of an output that are infinite or no numbers, where only finite ones will do.
  case notFinite(output: String)

  /// A parameter whose stored shape is not the network's.
  public struct ShapeMismatch: Hashable, Sendable {
    public var name: String
    public var expected: [Int]
    public var found: [Int]

    public init(name: String, expected: [Int], found: [Int]) {
      self.name = name
      self.expected = expected
      self.found = found
    }
  }
}
