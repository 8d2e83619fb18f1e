import NetworkGraph
import SymbolicIntegers

/// ONNX reductions. Axes are an attribute in older operator sets, an operand since 18 (ReduceSum: since 13).
extension Importer {
  func reduction(
    _ function: Reduction.Function, _ call: NodeCall, axesAreInputSince version: Int = 18
  ) throws(MappingFailure) -> Mapping {
    .unary(.reduction(try reduction(function, of: call, axesAreInputSince: version)))
  }

  private func reduction(
    _ function: Reduction.Function, of call: NodeCall, axesAreInputSince version: Int
  ) throws(MappingFailure) -> Reduction {
    let rank = try call.type(0).shape.rank
    let stated = try call.opset < version ? call.integers("axes") : call.integers(1)
    let keepsAxes = try call.flag("keepdims", default: true)
    if let stated, !stated.isEmpty { return Reduction(function, axes: stated, keepsAxes: keepsAxes) }
    let isIdentity = try call.flag("noop_with_empty_axes")
    return Reduction(function, axes: isIdentity ? [] : Array(0..<rank), keepsAxes: keepsAxes)
  }

  /// The logarithm of a sum, of the elements or of their exponentials.
  mutating func logarithmicReduction(_ call: NodeCall, ofExponentials: Bool) throws(MappingFailure) -> Mapping {
    var features = [try feature(call, 0)]
    if ofExponentials {
      features = try emit(.elementwise(Elementwise(.exponential)), features, call.place.appending("exp"))
    }
    let sum = try reduction(.sum, of: call, axesAreInputSince: 18)
    features = try emit(.reduction(sum), features, call.place)
    features = try emit(.elementwise(Elementwise(.logarithm)), features, call.place.appending("log"))
    return .outputs([.feature(features[0])])
  }
}

// MARK: - Export

extension Exporter {
  mutating func spelling(_ reduction: Reduction, _ call: ExportCall) -> Spelling {
    let name: OperatorName =
      switch reduction.function {
      case .mean: .reduceMean
      case .sum: .reduceSum
      case .maximum: .reduceMax
      case .minimum: .reduceMin
      case .product: .reduceProd
      case .sumOfSquares: .reduceSumSquare
      case .absoluteSum: .reduceL1
      case .euclideanNorm: .reduceL2
      }
    let keepsAxes = AttributeProto("keepdims", flag: reduction.keepsAxes)
    if reduction.axes.isEmpty {
      return Spelling(name, call.operands, [keepsAxes, AttributeProto("noop_with_empty_axes", flag: true)])
    }
    return Spelling(name, call.operands + [setting(reduction.axes)], [keepsAxes])
  }
}
