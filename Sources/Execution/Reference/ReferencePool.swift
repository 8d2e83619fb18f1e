import NetworkGraph

/// The window of a pool over one channel's map, gathered axis by axis: for each output position of an axis the input
/// positions that it reads, and how many positions count for a mean.
private struct PoolAxis {
  /// By output position.
  var positions: [[Int]]
  var counts: [Int]
}

func pool(_ operation: Pool, _ step: Step) -> ReferenceKernel {
  let input = Array(step.input.shape.dropFirst(2))
  let taps = WindowTaps(operation.slidingWindow, input: input, output: Array(step.output.shape.dropFirst(2)))
  let axes = taps.axes.enumerated().map { index, axis in
    var includesPadding = false
    if case .average(let countIncludePad) = operation.kind { includesPadding = countIncludePad }
    let after = operation.slidingWindow.padding(.init(input[index]), axis: index).after.constant ?? 0
    var result = PoolAxis(positions: [], counts: [])
    for output in 0..<axis.output {
      let all = (0..<axis.kernel).map { axis.position(output, tap: $0) }
      let inside = all.filter { $0 >= 0 && $0 < axis.input }
      result.positions.append(inside)
      // In ceil mode a window may reach beyond the padding; what lies there counts in no mean.
      result.counts.append(includesPadding ? all.filter { $0 < axis.input + after }.count : inside.count)
    }
    return result
  }
  return pooling(operation.kind, axes, step)
}

func adaptivePool(_ operation: AdaptivePool, _ step: Step) -> ReferenceKernel {
  let axes = zip(step.input.shape, step.output.shape).dropFirst(2).map { input, output in
    let positions = (0..<output).map { Array($0 * input / output..<(($0 + 1) * input + output - 1) / output) }
    return PoolAxis(positions: positions, counts: positions.map(\.count))
  }
  return pooling(operation.kind, axes, step)
}

private func pooling(_ kind: PoolKind, _ axes: [PoolAxis], _ step: Step) -> ReferenceKernel {
  let (input, output) = (step.input, step.output)
  let rank = axes.count
  // All positions that an output position reads, relative to the channel's map; computed once and shared by all maps.
  let map = Array(output.shape.dropFirst(2))
  let area = map.reduce(1, *)
  var reads: [[Int]] = []
  var counts: [Double] = []
  reads.reserveCapacity(area)
  for position in 0..<area {
    var rest = position
    var offsets = [0]
    var count = 1
    for axis in (0..<rank).reversed() {
      let index = rest % map[axis]
      rest /= map[axis]
      let stride = input.strides[axis + 2]
      offsets = axes[axis].positions[index].flatMap { place in offsets.map { place * stride + $0 } }
      count *= axes[axis].counts[index]
    }
    reads.append(offsets)
    counts.append(Double(max(count, 1)))
  }
  let places = (0..<area).map { position -> Int in
    var rest = position
    var place = 0
    for axis in (0..<rank).reversed() {
      place += rest % map[axis] * output.strides[axis + 2]
      rest /= map[axis]
    }
    return place
  }
  /// Calls `body` for each map with where it starts in the input and in the output.
  func forEachMap(_ body: (_ source: Int, _ target: Int) -> Void) {
    for sample in 0..<output.shape[0] {
      for channel in 0..<output.shape[1] {
        body(
          input.layout.offset + sample * input.strides[0] + channel * input.strides[1],
          output.layout.offset + sample * output.strides[0] + channel * output.strides[1])
      }
    }
  }
  return ReferenceKernel { _ in
    forEachMap { sourceStart, targetStart in
      let source = input.base + sourceStart
      let target = output.base + targetStart
      for position in 0..<area {
        let result: Float
        switch kind {
        case .maximum:
          var largest = -Float.infinity
          for offset in reads[position] where source[offset] > largest || source[offset].isNaN {
            largest = source[offset]
          }
          result = largest
        case .average:
          var sum = 0.0
          for offset in reads[position] { sum += Double(source[offset]) }
          result = Float(sum / counts[position])
        case .powerMean(let p):
          var sum = 0.0
          for offset in reads[position] { sum += power(abs(Double(source[offset])), Double(p)) }
          result = Float(power(sum, 1 / Double(p)))
        }
        target[places[position]] = result
      }
    }
  } mark: { marks in
    guard let from = marks.flags(output), let to = marks.flags(input) else { return }
    forEachMap { source, target in
      for position in 0..<area where from[target + places[position]] != 0 {
        for offset in reads[position] { to[source + offset] = 1 }
      }
    }
  }
}
