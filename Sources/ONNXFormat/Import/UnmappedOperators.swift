import NetworkGraph
import SymbolicIntegers

/// Output types of operators of the default set that the graph has no counterpart of, so that what follows them can be
/// measured.
extension Importer {
  /// Operators whose first output has the shape and the element type of their first input.
  private static let shapePreserving: Set<String> = [
    "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Bernoulli", "BitShift", "BitwiseAnd", "BitwiseNot", "BitwiseOr",
    "BitwiseXor", "Cosh", "CumSum", "Hardmax", "LpNormalization", "MeanVarianceNormalization", "RMSNormalization",
    "ReverseSequence", "RotaryEmbedding", "Shrink", "Sinh", "Tan", "Trilu",
  ]

  /// The types as far as they follow from the inputs; none where they do not.
  func unmappedTypes(_ call: NodeCall) throws(MappingFailure) -> [TensorType] {
    guard OperatorName.isDefault(call.proto.domain), let input = call.operand(0)?.type, input.isKnown else { return [] }
    switch call.proto.opType {
    case "IsNaN", "IsInf": return [TensorType(input.shape, .bool)]
    case "QuantizeLinear": return [TensorType(input.shape, call.operand(2)?.type.elementType ?? .uint8)]
    case "ArgMax", "ArgMin":
      let reduction = Reduction(
        .maximum, axes: [try call.integer("axis") ?? 0], keepsAxes: try call.flag("keepdims", default: true))
      return [TensorType(try outputTypes(.reduction(reduction), [input])[0].shape, .int64)]
    default: return Self.shapePreserving.contains(call.proto.opType) ? [input] : []
    }
  }
}
