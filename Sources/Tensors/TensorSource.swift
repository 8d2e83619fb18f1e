/// Tensors by name: where the values of a network's parameters come from.
public protocol TensorSource: Sendable {
  /// The names of all tensors that are there; nil for a source that makes a tensor for any name.
  var names: [String]? { get }

  /// The tensor called `name`; nil where there is none.
  /// - Parameter shape: what the network needs. A source that stores tensors returns the one it has, of whatever shape.
  /// - Throws: ``TensorError`` when it cannot be read.
  func tensor(named name: String, shape: [Int]) throws(TensorError) -> Tensor?

  /// Writes the values of `name` straight to memory for as many as `shape` says, where the source can.
  /// - Returns: false where only ``tensor(named:shape:)`` tells them.
  /// - Throws: ``TensorError`` when they cannot be read.
  func fill(_ memory: UnsafeMutablePointer<Float>, named name: String, shape: [Int]) throws(TensorError) -> Bool
}

extension TensorSource {
  public func fill(
    _ memory: UnsafeMutablePointer<Float>, named name: String, shape: [Int]
  ) throws(TensorError) -> Bool { false }
}

/// Tensors in memory.
extension [String: Tensor]: TensorSource {
  public var names: [String]? { keys.sorted() }

  public func tensor(named name: String, shape: [Int]) throws(TensorError) -> Tensor? { self[name] }
}
