import NetworkGraph

/// Why a tensor cannot be made or read.
public enum TensorError: Error, Hashable, Sendable {
  case elementCount(shape: [Int], found: Int)
  /// An axis is negative, or there are too many elements.
  case size(shape: [Int])
  /// Values that a network's definition fixes do not make a tensor of this shape.
  case fixedValues(shape: [Int], reason: String)
  /// A file cannot be opened, read or written.
  case inaccessible(file: String, reason: String)
  /// A file's content is wrong, at a byte offset where one can be named.
  case malformed(file: String, offset: Int?, reason: String)
  /// A file is in order, but holds or asks for what this library does not read or write.
  case unsupported(file: String, reason: String)
}

extension TensorError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .elementCount(let shape, let found):
      "a tensor of shape \(Tensor.description(of: shape)) cannot hold \(found) values"
    case .size(let shape): "no tensor can have the shape \(Tensor.description(of: shape))"
    case .fixedValues(let shape, let reason):
      "no fixed tensor of shape \(Tensor.description(of: shape)): \(reason)"
    case .inaccessible(let file, let reason), .unsupported(let file, let reason): "\(file): \(reason)"
    case .malformed(let file, let offset, let reason):
      offset.map { "\(file), byte \($0): \(reason)" } ?? "\(file): \(reason)"
    }
  }
}
