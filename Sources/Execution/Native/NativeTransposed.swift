import CKernels
import NetworkGraph

/// Transposed convolution: the outputs of each phase of the stride are a convolution of stride 1 with the taps that meet
/// them, and are written a stride apart.
extension NativePlanner {
  /// The outputs at positions `phase`, `phase + stride`, ... of one axis.
  private struct Phase {
    var phase: Int
    var count: Int
    /// The kernel's taps that meet these outputs, and which input position each reads, from the output's number.
    var taps: [(tap: Int, shift: Int)]

    init(_ phase: Int, of axis: WindowTaps.Axis) {
      // Seen from the input: position p adds to output p * stride + tap * dilation - before.
      self.phase = phase
      count = max(0, (axis.input - phase + axis.stride - 1) / axis.stride)
      taps = (0..<axis.kernel).compactMap { tap in
        let distance = phase + axis.before - tap * axis.dilation
        guard distance % axis.stride == 0 else { return nil }
        return (tap, distance / axis.stride)
      }
    }
  }

  func planTransposedConvolution(_ operation: TransposedConvolution, _ node: Node) throws(ExecutionError) -> Bool {
    let (input, output) = (shape(of: node.inputs[0]), node.outputs[0].shape.sizes)
    guard input.count == 4, node.inputs.count == 1, operation.groups == 1, !input.contains(0), !output.contains(0),
      let stored = node.parameters.first, let values = state.values(ofParameter: stored)?.baseAddress
    else { return false }
    let axes = operation.taps(input: Array(input[2...]), output: Array(output[2...])).axes
    let phases = axes.map { axis in (0..<axis.stride).map { Phase($0, of: axis) }.filter { $0.count > 0 } }
    guard phases.allSatisfy({ $0.allSatisfy { !$0.taps.isEmpty } }), let from = try blocked(node.inputs[0], axis: 1)
    else { return false }
    let target = newBlocked(Value(node: node.id), axis: 1)
    let bias = parameter("bias", of: node)?.map(Double.init) ?? Array(repeating: 0, count: output[1])
    // One border for all phases.
    let edges = zip(phases, [input[2], input[3]]).map { phases, size in
      let first = phases.flatMap { $0.taps.map(\.shift) }.min() ?? 0
      let last = phases.flatMap { phase in phase.taps.map { $0.shift + phase.count } }.max() ?? size
      return (before: max(0, -first), after: max(0, last - size))
    }
    let border = MapBorder(
      height: input[2], width: input[3], top: edges[0].before, left: edges[1].before, bottom: edges[0].after,
      right: edges[1].after)
    var (storage, offset, batchStride) = (from.storage, from.layout.offset, from.layout.batchStride)
    if !border.isEmpty {
      storage = pad(
        storage, offset, border, planes: from.layout.blocks, batch: input[0], batchStride: batchStride, unit: lanes)
      (offset, batchStride) = (0, from.layout.blocks * border.paddedHeight * border.paddedWidth * lanes)
    }
    let taps = axes[0].kernel * axes[1].kernel
    let weights = WeightTensor(
      values: values, outputs: output[1], inputs: input[1], taps: taps, outputStride: taps,
      inputStride: output[1] * taps)
    let last = (phases[0].count - 1, phases[1].count - 1)
    for (i, vertical) in phases[0].enumerated() {
      for (j, horizontal) in phases[1].enumerated() {
        let pairs = vertical.taps.flatMap { line in horizontal.taps.map { (line, $0) } }
        var order = SumOrder(
          channels: input[1], lanes: lanes, blockStride: border.paddedHeight * border.paddedWidth * lanes,
          tapOffsets: pairs.map { line, column in
            ((line.shift + border.top) * border.paddedWidth + column.shift + border.left) * lanes
          })
        for index in order.terms.indices {
          let (line, column) = pairs[order.terms[index].tap]
          order.terms[index].tap = line.tap * axes[1].kernel + column.tap
        }
        var arguments = CKConvolution()
        (arguments.batch, arguments.inputBatch) = (input[0], batchStride)
        (arguments.lines, arguments.columns) = (vertical.count, horizontal.count)
        (arguments.inputLine, arguments.inputColumn) = (border.paddedWidth * lanes, lanes)
        arguments.outputBatch = target.layout.batchStride
        arguments.outputLine = axes[0].stride * output[3] * lanes
        arguments.outputColumn = axes[1].stride * lanes
        var place = target
        place.layout.offset += (vertical.phase * output[3] + horizontal.phase) * lanes
        // The node's value is whole after the last phase.
        let layer = ProductLayer(
          nodes: (i, j) == last ? [node.id] : [], output: place,
          folded: ProductEpilogue([], bias: bias, memory: memory, lanes: lanes))
        addSums(
          "transposed, phases",
          "outputs \(vertical.phase), \(horizontal.phase) of every \(axes[0].stride) x \(axes[1].stride)",
          arguments, order, weights, from: (storage, offset), layer)
      }
    }
    return true
  }
}
