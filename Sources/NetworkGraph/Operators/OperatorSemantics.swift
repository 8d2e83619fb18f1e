import SymbolicIntegers

/// What one operator is. Every number ConvScope prints is a reading of this description.
public protocol OperatorSemantics: Hashable, Sendable {
  /// The operator's name in the field's standard terms, with its kind where it has several (`MaxPool`).
  var name: String { get }

  /// The types of the outputs for given inputs.
  /// - Throws: ``ShapeError`` with the rule and both sides of the mismatch.
  func outputTypes(of inputs: [TensorType]) throws(ShapeError) -> [TensorType]

  /// The tensors the operator owns, in state-dictionary order. Called only with inputs that ``outputTypes(of:)`` accepts.
  func parameters(for inputs: [TensorType]) -> [ParameterSpec]

  /// The work of computing `outputs` from `inputs`.
  func arithmetic(for inputs: [TensorType], producing outputs: [TensorType]) -> Arithmetic

  /// The sliding window over the first input's spatial axes, where there is one.
  var window: Window? { get }

  /// Settings worth showing beside the name, such as `3x3, stride 2x2`; empty where there are none.
  var settings: String { get }
}

extension OperatorSemantics {
  public func parameters(for inputs: [TensorType]) -> [ParameterSpec] { [] }
  public func arithmetic(for inputs: [TensorType], producing outputs: [TensorType]) -> Arithmetic { .none }
  public var window: Window? { nil }
  public var settings: String { "" }
}

/// The only input of an operator that takes one.
/// - Throws: ``ShapeError/inputCount(expected:found:)`` or ``ShapeError/unknownInput(position:)``.
func single(_ inputs: [TensorType]) throws(ShapeError) -> TensorType {
  guard inputs.count == 1 else { throw .inputCount(expected: "1 input", found: inputs.count) }
  return try known(inputs, 0)
}

/// The outputs of an operator that keeps its first input's type. A lone input's array serves as it is.
func keptType(_ inputs: [TensorType]) -> [TensorType] {
  inputs.count == 1 ? inputs : [inputs[0]]
}

/// The input at `position`, which must exist and have a known type.
func known(_ inputs: [TensorType], _ position: Int) throws(ShapeError) -> TensorType {
  guard position < inputs.count else {
    throw .inputCount(expected: "at least \(position + 1) inputs", found: inputs.count)
  }
  guard inputs[position].isKnown else { throw .unknownInput(position: position) }
  return inputs[position]
}

extension Shape {
  /// The non-negative position of `axis`.
  /// - Throws: ``ShapeError/axis(_:shape:)``.
  func position(of axis: Int) throws(ShapeError) -> Int {
    guard let position = normalized(axis: axis) else { throw .axis(axis, shape: self) }
    return position
  }
}

extension ShapeError {
  /// Two dimensions that must be equal: nil when they are, the error when they are known to differ.
  ///
  /// Dimensions that hold symbols are equal only when their canonical forms are: `H` and `W` differ.
  static func unequal(_ left: Dimension, _ right: Dimension, rule: @autoclosure () -> String) -> ShapeError? {
    left == right ? nil : .mismatch(rule: rule(), left: "\(left)", right: "\(right)")
  }
}
