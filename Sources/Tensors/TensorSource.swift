/// Tensors by name: where the values of a network's parameters come from.
public protocol TensorSource: Sendable {
  /// The names of all tensors that are there; nil for a source that makes a tensor for any name.
  var names: [String]? { get }

  /// The tensor called `name`; nil where there is none.
  /// - Parameter shape: what the network needs. A source that stores tensors returns the one it has, of whatever shape.
  /// - Throws: ``TensorError`` when it cannot be read.
  func tensor(named name: String, shape: [Int]) throws(TensorError) -> Tensor?
}

/// Tensors in memory.
extension [String: Tensor]: TensorSource {
  public var names: [String]? { keys.sorted() }

  public func tensor(named name: String, shape: [Int]) throws(TensorError) -> Tensor? { self[name] }
}
