import NetworkGraph
import SymbolicIntegers

/// ONNX MaxPool, AveragePool and LpPool.
extension Importer {
  mutating func pool(_ call: NodeCall, _ kind: PoolKind) throws(MappingFailure) -> Mapping {
    guard let kernel = try call.integers("kernel_shape") else {
      throw .attribute("kernel_shape", problem: "is missing")
    }
    let pool = Pool(kind, window: try call.window(kernel: kernel))
    guard call.outputCount > 1, call.outputIsUsed[1] else { return .unary(.pool(pool)) }
    let output = try emit(.pool(pool), [feature(call, 0)], call.place)[0]
    return .outputs([.feature(output), try secondary(call, 1, TensorType(output.shape, .int64))])
  }

  /// A further output of an operator, of a kind that the graph's operator does not have.
  mutating func secondary(_ call: NodeCall, _ index: Int, _ type: TensorType) throws(MappingFailure) -> Operand? {
    guard index < call.outputCount, call.outputIsUsed[index] else { return nil }
    let opaque = Opaque(call.proto.opType, reason: "its output \(index + 1) is not computed", types: [type])
    return .feature(
      try emit(.opaque(opaque), [feature(call, 0)], call.place.appending("output \(index + 1)"))[0])
  }
}
