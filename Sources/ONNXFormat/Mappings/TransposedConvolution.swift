import NetworkGraph
import SymbolicIntegers

/// ONNX ConvTranspose: operands X, W and optionally B.
extension Importer {
  mutating func transposedConvolution(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    let input = try call.type(0).shape
    let weight = try call.required(1).type.shape
    guard weight.rank >= 3 else {
      throw .shape(.rank(expected: "a weight of at least 3 axes", found: weight))
    }
    guard input.rank == weight.rank else {
      throw .shape(.mismatch(rule: "input and weight have as many axes", left: "\(input)", right: "\(weight)"))
    }
    let groups = Dimension(try call.integer("group") ?? 1)
    var window = try call.window(kernel: call.kernel(of: weight))
    let rank = window.axes.count
    let outputPadding = try call.perAxis("output_padding", rank, default: 0)
    if let sizes = try call.integers("output_shape") {
      // Old files state batch and channels too.
      let wanted = sizes.count == rank + 2 ? Array(sizes.dropFirst(2)) : sizes
      guard wanted.count == rank else {
        throw .attribute("output_shape", problem: "has \(sizes.count) values for \(rank) spatial axes")
      }
      try pad(&window, to: wanted, of: input, outputPadding)
    }
    let operation = Operator.transposedConvolution(
      TransposedConvolution(
        outputChannels: weight[1] * groups, window: window, outputPadding: PerAxis(outputPadding), groups: groups,
        bias: call.operand(2) != nil))
    return try weighted(operation, call)
  }

  /// Chooses the padding that gives the output the stated sizes.
  private func pad(
    _ window: inout Window, to sizes: [Int], of input: Shape, _ outputPadding: [Int]
  ) throws(MappingFailure) {
    let upper = window.padding != .sameLower
    window.padding = .explicit
    for index in window.axes.indices {
      let axis = window.axes[index]
      let total = (input[index + 2] - 1) * axis.stride + outputPadding[index] + axis.span - sizes[index]
      guard let total = total.constant else {
        throw .unsupported(reason: "its output_shape is fixed, but its input has side \(input[index + 2])")
      }
      let half = total >> 1
      window.axes[index].before = upper ? half : total - half
      window.axes[index].after = upper ? total - half : half
    }
  }
}

// MARK: - Export

extension Exporter {
  func spelling(_ convolution: TransposedConvolution, _ call: ExportCall) throws(ExportError) -> Spelling {
    let window = convolution.slidingWindow
    let groups = try call.plain(convolution.groups, "its number of groups")
    var attributes = [AttributeProto("kernel_shape", integers: window.axes.map(\.kernel))]
    let padding = window.axes.indices.map { convolution.outputPadding[$0] }
    switch window.padding {
    case .explicit:
      let pads = window.axes.map(\.before) + window.axes.map(\.after)
      if let cropped = pads.first(where: { $0 < 0 }) { throw call.noCounterpart("it has a padding of \(cropped)") }
      attributes.append(AttributeProto("pads", integers: pads))
    case .sameUpper: attributes.append(AttributeProto("auto_pad", text: "SAME_UPPER"))
    case .sameLower: attributes.append(AttributeProto("auto_pad", text: "SAME_LOWER"))
    }
    attributes += [
      AttributeProto("strides", integers: window.axes.map(\.stride)),
      AttributeProto("dilations", integers: window.axes.map(\.dilation)),
      AttributeProto("output_padding", integers: padding), AttributeProto("group", integer: groups),
    ]
    return Spelling(.convTranspose, call.operands, attributes)
  }
}
