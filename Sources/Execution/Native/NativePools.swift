import CKernels
import NetworkGraph

/// Pools over two spatial axes, and means over them.
extension NativePlanner {
  /// The windows of a pool along one axis: first and one past the last position read, and what a mean divides by.
  private struct Windows {
    var starts: [Int]
    var ends: [Int]
    var counts: [Float]
    /// The axis along which a window slides, if that is what gives them.
    var sliding: WindowTaps.Axis?
  }

  func planPool(_ operation: Pool, _ node: Node) throws(ExecutionError) -> Bool {
    let (input, output) = (shape(of: node.inputs[0]), node.outputs[0].shape.sizes)
    guard input.count == 4, !operation.givesIndices else { return false }
    let sizes = Array(input[2...])
    let axes = WindowTaps(operation.slidingWindow, input: sizes, output: Array(output[2...])).axes
    var counted = PoolKind.Counted.input
    if case .average(let given) = operation.kind { counted = given }
    let windows = axes.enumerated().map { index, axis in
      let after = operation.slidingWindow.padding(.init(sizes[index]), axis: index).after.constant ?? 0
      var windows = Windows(starts: [], ends: [], counts: [], sliding: axis)
      for position in 0..<axis.output {
        let taps = axis.taps(of: position)
        windows.starts.append(taps.isEmpty ? 0 : axis.position(position, tap: taps.lowerBound))
        windows.ends.append(taps.isEmpty ? 0 : axis.position(position, tap: taps.upperBound - 1) + 1)
        windows.counts.append(Float(axis.count(at: position, of: counted, after: after)))
      }
      return windows
    }
    return try addPool(operation.kind, windows, steps: axes.map(\.dilation), node, keeps: output)
  }

  func planAdaptivePool(_ operation: AdaptivePool, _ node: Node) throws(ExecutionError) -> Bool {
    let (input, output) = (shape(of: node.inputs[0]), node.outputs[0].shape.sizes)
    guard input.count == 4 else { return false }
    let windows = zip(input, output).dropFirst(2).map { input, output in
      let starts = (0..<output).map { $0 * input / output }
      let ends = (0..<output).map { (($0 + 1) * input + output - 1) / output }
      return Windows(starts: starts, ends: ends, counts: zip(starts, ends).map { Float($1 - $0) })
    }
    return try addPool(operation.kind, windows, steps: [1, 1], node, keeps: output)
  }

  /// A mean or maximum over all spatial axes is a pool.
  func planReduction(_ operation: Reduction, _ node: Node) throws(ExecutionError) -> Bool {
    let input = shape(of: node.inputs[0])
    let axes = Set(operation.axes.map { $0 < 0 ? $0 + input.count : $0 })
    guard input.count == 4, axes == [2, 3] else { return false }
    let kind: PoolKind
    switch operation.function {
    case .mean: kind = .average(countIncludePad: false)
    case .maximum: kind = .maximum
    default: return false
    }
    let windows = input[2...].map { Windows(starts: [0], ends: [$0], counts: [Float($0)]) }
    return try addPool(kind, windows, steps: [1, 1], node, keeps: [input[0], input[1], 1, 1])
  }

  private func addPool(
    _ kind: PoolKind, _ windows: [Windows], steps: [Int], _ node: Node, keeps output: [Int]
  ) throws(ExecutionError) -> Bool {
    let isMean: Bool
    switch kind {
    case .maximum: isMean = false
    case .average: isMean = true
    case .powerMean: return false
    }
    guard !output.contains(0), let layer = try mapLayer(node) else { return false }
    let input = layer.input.layout
    var pool = CKPooling()
    pool.isMean = isMean ? 1 : 0
    (pool.batch, pool.blocks) = (input.batch, input.blocks)
    (pool.height, pool.width) = (input.shape[2], input.shape[3])
    (pool.outputHeight, pool.outputWidth) = (output[2], output[3])
    (pool.lineStart, pool.lineEnd) = (memory.keep(windows[0].starts), memory.keep(windows[0].ends))
    (pool.columnStart, pool.columnEnd) = (memory.keep(windows[1].starts), memory.keep(windows[1].ends))
    pool.lineCount = UnsafePointer(memory.keep(windows[0].counts))
    pool.columnCount = UnsafePointer(memory.keep(windows[1].counts))
    (pool.lineStep, pool.columnStep) = (steps[0], steps[1])
    if let axis = windows[1].sliding, axis.dilation == 1 {
      (pool.kernelWidth, pool.strideX, pool.left) = (axis.kernel, axis.stride, axis.before)
    }
    let scratch = ck_pool_scratch(&pool, lanes)
    let rule = pool.kernelWidth > 0 ? "\(pool.kernelWidth) columns slide by \(pool.strideX)" : "windows by table"
    add(layer, isMean ? "mean pool" : "maximum pool", rule, kernels.pool, pool, scratch: scratch) { ck_pool_jobs($0) }
    return true
  }
}
