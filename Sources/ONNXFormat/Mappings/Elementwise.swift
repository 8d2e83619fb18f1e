import NetworkGraph
import SymbolicIntegers

/// ONNX functions of corresponding elements.
extension Importer {
  mutating func elementwise(_ function: Elementwise.Function, _ call: NodeCall) throws(MappingFailure) -> Mapping {
    let operation = Operator.elementwise(Elementwise(function))
    guard call.opset < 7, try call.flag("broadcast"), let axis = try call.integer("axis") else {
      return .apply(operation, Array(0..<call.operands.count))
    }
    // Before operator set 7 the second operand's first axis lies at `axis` of the first.
    let left = try call.type(0).shape
    var right = try feature(call, 1)
    guard let position = left.normalized(axis: axis), position + right.shape.rank <= left.rank else {
      throw .shape(.axis(axis, shape: left))
    }
    let missing = left.rank - position - right.shape.rank
    if missing > 0 {
      let rank = right.shape.rank
      right = try emit(
        .view(.unsqueeze(axes: Array(rank..<rank + missing))), [right], call.place.appending("unsqueeze"))[0]
    }
    return .outputs([.feature(try emit(operation, [feature(call, 0), right], call.place)[0])])
  }
}
