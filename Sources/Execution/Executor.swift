import NetworkGraph
import Tensors

/// A network that is ready to run: planned, its memory allocated, its weights in place.
///
/// Runs may be repeated; each overwrites what the one before left. An executor belongs to one task at a time.
public protocol Executor: AnyObject {
  var graph: Graph { get }

  /// The outputs of the network, in the order of ``Graph/outputs``.
  /// - Parameters:
  ///   - inputs: one tensor for each of ``Graph/inputs``, of its shape.
  ///   - observer: called with each node that stored a value, once it is computed, and a way to read it.
  /// - Throws: ``ExecutionError`` for inputs that do not fit.
  func run(_ inputs: [Tensor], observer: ((Node, () -> [Tensor]) -> Void)?) throws(ExecutionError) -> [Tensor]
}

extension Executor {
  public func run(_ inputs: [Tensor]) throws(ExecutionError) -> [Tensor] { try run(inputs, observer: nil) }
}

/// Multiplications that kernels did, or would have done.
public struct WorkTally: Hashable, Sendable {
  /// Multiply-accumulates of two elements that are both there.
  public var multiplyAdds = 0
  /// Multiply-accumulates with padding: counted by convention, left out by the kernels.
  public var paddedMultiplyAdds = 0

  public init() {}
}
