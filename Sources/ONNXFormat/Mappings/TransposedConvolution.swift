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
