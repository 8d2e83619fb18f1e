import NetworkGraph
import SymbolicIntegers

/// ONNX MaxPool, AveragePool and LpPool.
extension Importer {
  mutating func pool(_ call: NodeCall, _ kind: PoolKind) throws(MappingFailure) -> Mapping {
    guard let kernel = try call.integers("kernel_shape") else {
      throw .attribute("kernel_shape", problem: "is missing")
    }
    if let sizes = call.adaptiveSizes { return .unary(.adaptivePool(AdaptivePool(kind, outputSizes: sizes))) }
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

// MARK: - Export

extension Exporter {
  func spelling(_ pool: Pool, _ call: ExportCall) throws(ExportError) -> Spelling {
    let window = pool.slidingWindow
    var attributes = try call.attributes(of: window)
    if window.ceilMode { attributes.append(AttributeProto("ceil_mode", flag: true)) }
    switch pool.kind {
    case .maximum: return Spelling(.maxPool, call.operands, attributes)
    case .average(let countIncludePad):
      if window.axes.contains(where: { $0.dilation != 1 }) { try require(19, call) }
      if countIncludePad { attributes.append(AttributeProto("count_include_pad", flag: true)) }
      return Spelling(.averagePool, call.operands, attributes)
    case .powerMean(let p): return Spelling(.lpPool, call.operands, attributes + [AttributeProto("p", integer: p)])
    }
  }

  /// To several positions per axis: a pool with a window, where each position reads as many.
  func spelling(_ pool: AdaptivePool, _ call: ExportCall) throws(ExportError) -> Spelling {
    guard let sizes = pool.outputSizes, !pool.isGlobal else {
      switch pool.kind {
      case .maximum: return Spelling(.globalMaxPool, call.operands)
      case .average: return Spelling(.globalAveragePool, call.operands)
      case .powerMean(let p): return Spelling(.globalLpPool, call.operands, [AttributeProto("p", integer: p)])
      }
    }
    var axes: [Window.Axis] = []
    for (size, count) in zip(call.shape.spatial, sizes) {
      guard let side = size.constant, let positions = count.constant, side % positions == 0 else {
        throw call.noCounterpart("\(count) positions of an axis of \(size) are not windows of one size")
      }
      axes.append(Window.Axis(kernel: side / positions, stride: side / positions))
    }
    let spelling = try spelling(Pool(pool.kind, window: Window(axes)), call)
    return spelling.noting(.outputSizes, sizes.map(\.description).joined(separator: "x"))
  }
}

extension NodeCall {
  /// The positions per axis of an adaptive pool that is written as one with a window; nil for any other.
  var adaptiveSizes: [Dimension]? {
    guard let text = Note.outputSizes.text(in: proto.metadataProps) else { return nil }
    let sizes = text.split(separator: "x").map { Int($0).map { Dimension($0) } }
    return sizes.contains(nil) ? nil : sizes.compactMap { $0 }
  }
}
