import SymbolicIntegers

/// A tensor that an operator owns.
public struct ParameterSpec: Hashable, Sendable {
  /// What a tensor is for.
  public enum Kind: Hashable, Sendable {
    /// Learnt by gradient descent; counted as a parameter.
    case trainable
    /// Part of the model but not learnt (running statistics, fixed tables); counted as a buffer.
    case buffer
    /// Bookkeeping that state dictionaries list (`num_batches_tracked`); counted nowhere.
    case counter
  }

  /// Name within its node, as in the reference implementation's state dictionary. Empty where the node is the tensor.
  public var name: String
  public var shape: Shape
  public var kind: Kind
  public var elementType: ElementType

  public init(_ name: String, _ shape: Shape, _ kind: Kind = .trainable, _ elementType: ElementType = .float32) {
    self.name = name
    self.shape = shape
    self.kind = kind
    self.elementType = elementType
  }
}
