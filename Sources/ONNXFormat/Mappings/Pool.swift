import NetworkGraph
import SymbolicIntegers

/// ONNX MaxPool, AveragePool, LpPool and MaxUnpool.
extension Importer {
  /// What ceil mode adds beyond the padding counts in the versions of the operator whose published tests count it.
  mutating func averagePool(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    guard try call.flag("count_include_pad") else { return try pool(call, .average(.input)) }
    let countsBeyond =
      try call.flag("ceil_mode") && Window.opsetsCountingBeyond.contains(call.opset)
      && Note.counted.text(in: call.proto.metadataProps) == nil
    return try pool(call, .average(countsBeyond ? .window : .padding))
  }

  mutating func pool(_ call: NodeCall, _ kind: PoolKind) throws(MappingFailure) -> Mapping {
    guard let kernel = try call.integers("kernel_shape") else {
      throw .attribute("kernel_shape", problem: "is missing")
    }
    if let sizes = call.adaptiveSizes { return .unary(.adaptivePool(AdaptivePool(kind, outputSizes: sizes))) }
    var pool = Pool(kind, window: try call.window(kernel: kernel))
    guard call.outputCount > 1, call.outputIsUsed[1] else { return .unary(.pool(pool)) }
    // Column-major indices are not the graph's.
    pool.givesIndices = try !call.flag("storage_order")
    let outputs = try emit(.pool(pool), [feature(call, 0)], call.place)
    guard !pool.givesIndices else { return .outputs(outputs.map { .feature($0) }) }
    return .outputs([.feature(outputs[0]), try secondary(call, 1, TensorType(outputs[0].shape, .int64))])
  }

  /// Maxima put back to where their indices say, into zeros: a scatter over all elements in row-major order. Where the
  /// output's shape is given, the rest of it is padded behind.
  mutating func maxUnpool(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    guard let kernel = try call.integers("kernel_shape") else {
      throw .attribute("kernel_shape", problem: "is missing")
    }
    let values = try feature(call, 0)
    let indices = try feature(call, 1)
    let window = try call.window(kernel: kernel)
    guard values.shape.rank == kernel.count + 2 else {
      throw .shape(.rank(expected: "\(kernel.count + 2) axes", found: values.shape))
    }
    var shape = values.shape
    for (index, axis) in window.axes.enumerated() {
      shape[index + 2] = (shape[index + 2] - 1) * axis.stride + axis.kernel - axis.before - axis.after
    }
    if let failure = shape.failure { throw .shape(.dimension(failure)) }
    guard shape.isConstant, values.shape.isConstant else {
      throw .unsupported(reason: "its sizes depend on symbols")
    }
    guard shape.dimensions.allSatisfy({ ($0.constant ?? 0) > 0 }) else {
      throw .shape(.setting("sides that are unpooled are positive", found: "\(shape)"))
    }
    func flat(_ feature: Feature, _ name: String) throws(MappingFailure) -> Feature {
      try emit(.view(.reshape([.inferred])), [feature], call.place.appending(name))[0]
    }
    let zeros = Constant(
      type: TensorType([shape.elementCount], values.type.elementType), root: addRoot("zeros"), provenance: .fixed,
      content: .repeated(.real(0)))
    let target = try source(zeros, at: call.place.appending("zeros"))
    let inputs = [target, try flat(indices, "indices"), try flat(values, "values")]
    let scattered = try emit(.scatter(Scatter(.elements(axis: 0))), inputs, call.place)
    var output = try emit(
      .view(.reshape(shape.dimensions.map { .size($0) })), scattered, call.place.appending("reshape"))[0]
    if let sizes = try call.dimensions(2) {
      var after = Array(repeating: 0, count: shape.rank)
      for (axis, size) in sizes.enumerated() where axis < after.count {
        guard let rest = (size - shape[axis]).constant, rest >= 0 else {
          throw .shape(
            .mismatch(rule: "the output holds all that is unpooled", left: "\(Shape(sizes))", right: "\(shape)"))
        }
        after[axis] = rest
      }
      guard sizes.count == after.count else {
        throw .shape(.mismatch(rule: "one size per axis", left: "\(sizes.count) sizes", right: "\(shape)"))
      }
      if after.contains(where: { $0 > 0 }) {
        let pad = Pad(before: Array(repeating: 0, count: after.count), after: after, mode: .constant(0))
        output = try emit(.pad(pad), [output], call.place.appending("pad"))[0]
      }
    }
    return .outputs([.feature(output)])
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
    case .average(let counted):
      if window.axes.contains(where: { $0.dilation != 1 }) { try require(19, call) }
      if counted != .input { attributes.append(AttributeProto("count_include_pad", flag: true)) }
      let spelling = Spelling(.averagePool, call.operands, attributes)
      guard window.ceilMode, counted != .input else { return spelling }
      let countsBeyond = Window.opsetsCountingBeyond.contains(opset)
      if counted == .window, !countsBeyond {
        throw call.noCounterpart("in operator set \(opset) no mean counts what ceil mode adds beyond the padding")
      }
      return counted == .padding && countsBeyond ? spelling.noting(.counted, "padding") : spelling
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

extension Window {
  /// Operator sets with version 19 of AveragePool. The tests that ONNX 1.14 to 1.17 publish for it count what ceil mode
  /// adds beyond the padding where `count_include_pad` is set; ONNX Runtime, PyTorch and later tests do not.
  fileprivate static let opsetsCountingBeyond = 19...21
}

extension NodeCall {
  /// The positions per axis of an adaptive pool that is written as one with a window; nil for any other.
  var adaptiveSizes: [Dimension]? {
    guard let text = Note.outputSizes.text(in: proto.metadataProps) else { return nil }
    let sizes = text.split(separator: "x").map { Int($0).map { Dimension($0) } }
    return sizes.contains(nil) ? nil : sizes.compactMap { $0 }
  }
}
