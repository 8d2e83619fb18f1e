import SymbolicIntegers

/// Operators that leave an inference graph's values as they are. Shape-preserving, no work.
public enum Identity: OperatorSemantics {
  case identity
  /// Elements zeroed with `probability` while training; Srivastava et al. 2014.
  case dropout(probability: Double)
  /// Whole samples (or batches) of a residual branch zeroed with `probability` while training;
  /// Huang et al. 2016, arXiv:1603.09382.
  case stochasticDepth(probability: Double)
  /// Values converted to another element type.
  case cast(ElementType)

  public var name: String {
    switch self {
    case .identity: "Identity"
    case .dropout: "Dropout"
    case .stochasticDepth: "StochasticDepth"
    case .cast: "Cast"
    }
  }

  public var settings: String {
    switch self {
    case .identity: ""
    case .dropout(let probability), .stochasticDepth(let probability): "p \(probability)"
    case .cast(let type): "to \(type)"
    }
  }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    var type = try single(inputs)
    if case .cast(let elementType) = self { type.elementType = elementType }
    return [type]
  }
}

/// A tensor that no other node computes.
public struct Source: OperatorSemantics {
  public enum Kind: Hashable, Sendable {
    /// Given by whoever runs the graph.
    case input
    /// Fixed by the network's definition.
    case constant
    /// Owned by the model: learnt, or a buffer.
    case parameter(ParameterSpec.Kind)
  }

  public var kind: Kind
  public var type: TensorType
  /// The values, where the network's definition fixes them.
  public var values: FixedValues?

  public init(_ kind: Kind, _ type: TensorType, values: FixedValues? = nil) {
    self.kind = kind
    self.type = type
    self.values = values
  }

  public var name: String {
    switch kind {
    case .input: "Input"
    case .constant: "Constant"
    case .parameter: "Parameter"
    }
  }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] { [type] }

  public func parameters(for inputs: [TensorType]) -> [ParameterSpec] {
    guard case .parameter(let kind) = kind else { return [] }
    return [ParameterSpec("", type.shape, kind, type.elementType)]
  }
}

/// A foreign operator whose meaning is not known here: counted and listed as unsupported, never dropped.
public struct Opaque: OperatorSemantics {
  /// The operator's name where it comes from, with its domain if that is not the default one.
  public var operatorName: String
  /// Why it could not be read.
  public var reason: String
  /// Types of the outputs as far as the file states them.
  public var types: [TensorType]

  public init(_ operatorName: String, reason: String, types: [TensorType]) {
    self.operatorName = operatorName
    self.reason = reason
    self.types = types
  }

  public var name: String { operatorName }
  public var settings: String { reason }

  public func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType] { types }
}
