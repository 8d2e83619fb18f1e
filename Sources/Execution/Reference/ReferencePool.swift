import NetworkGraph

/// The window of a pool over one channel's map, gathered axis by axis: for each output position of an axis the input
/// positions that it reads, and how many positions count for a mean.
private struct PoolAxis {
  /// By output position.
  var positions: [[Int]]
  var counts: [Int]
}

/// - Throws: ``ExecutionError/unsupported(node:reason:)`` where an index would not be exact.
func pool(_ operation: Pool, _ step: Step) throws(ExecutionError) -> ReferenceKernel {
  let input = Array(step.input.shape.dropFirst(2))
  let taps = WindowTaps(operation.slidingWindow, input: input, output: Array(step.output.shape.dropFirst(2)))
  let axes = taps.axes.enumerated().map { index, axis in
    var counted = PoolKind.Counted.input
    if case .average(let given) = operation.kind { counted = given }
    let after = operation.slidingWindow.padding(.init(input[index]), axis: index).after.constant ?? 0
    var result = PoolAxis(positions: [], counts: [])
    for output in 0..<axis.output {
      result.positions.append(axis.taps(of: output).map { axis.position(output, tap: $0) })
      result.counts.append(axis.count(at: output, of: counted, after: after))
    }
    return result
  }
  let values = pooling(operation.kind, axes, step)
  guard operation.givesIndices else { return values }
  guard step.input.count <= 1 << Float.significandBitCount else {
    throw .unsupported(node: step.path, reason: "indices beyond 2^23 are not exact in float32")
  }
  let indices = maximumIndices(axes, step)
  return ReferenceKernel { tally in
    values.run(&tally)
    indices.run(&tally)
  } mark: { marks in
    values.mark(marks)
    indices.mark(marks)
  }
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
  let map = Array(output.shape.dropFirst(2))
  let area = map.reduce(1, *)
  let reads = reads(axes, map, strides: Array(input.strides.dropFirst(2)))
  let counts = (0..<area).map { position in
    var rest = position
    var count = 1
    for axis in (0..<rank).reversed() {
      count *= axes[axis].counts[rest % map[axis]]
      rest /= map[axis]
    }
    return Double(max(count, 1))
  }
  let places = places(map, strides: Array(output.strides.dropFirst(2)))
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

/// All positions that each output position of a map reads, in row-major order, relative to the start of a map whose axes
/// have `strides`; computed once and shared by all maps.
private func reads(_ axes: [PoolAxis], _ map: [Int], strides: [Int]) -> [[Int]] {
  (0..<map.reduce(1, *)).map { position in
    var rest = position
    var offsets = [0]
    for axis in axes.indices.reversed() {
      offsets = axes[axis].positions[rest % map[axis]].flatMap { place in
        offsets.map { place * strides[axis] + $0 }
      }
      rest /= map[axis]
    }
    return offsets
  }
}

/// Where each position of a map lies, relative to its start.
private func places(_ map: [Int], strides: [Int]) -> [Int] {
  (0..<map.reduce(1, *)).map { position in
    var rest = position
    var place = 0
    for axis in map.indices.reversed() {
      place += rest % map[axis] * strides[axis]
      rest /= map[axis]
    }
    return place
  }
}

/// The second output of a pool of maxima: where in the whole input, in row-major order, each was found.
private func maximumIndices(_ axes: [PoolAxis], _ step: Step) -> ReferenceKernel {
  let (input, output) = (step.input, step.outputs[1])
  let map = Array(output.shape.dropFirst(2))
  let rowMajor = StridedLayout(input.shape)
  let memoryReads = reads(axes, map, strides: Array(input.strides.dropFirst(2)))
  let indexReads = reads(axes, map, strides: Array(rowMajor.strides.dropFirst(2)))
  let places = places(map, strides: Array(output.strides.dropFirst(2)))
  /// Calls `body` for each map with where it starts in the input, in row-major order, and in the output.
  func forEachMap(_ body: (_ source: Int, _ index: Int, _ target: Int) -> Void) {
    for sample in 0..<output.shape[0] {
      for channel in 0..<output.shape[1] {
        func start(_ layout: StridedLayout) -> Int {
          layout.offset + sample * layout.strides[0] + channel * layout.strides[1]
        }
        body(start(input.layout), start(rowMajor), start(output.layout))
      }
    }
  }
  return ReferenceKernel { _ in
    forEachMap { source, index, target in
      for position in memoryReads.indices {
        var best: Int?
        for (read, offset) in memoryReads[position].enumerated() {
          let value = input.base[source + offset]
          let largest = best.map { input.base[source + memoryReads[position][$0]] } ?? -.infinity
          if best == nil || value > largest || value.isNaN && !largest.isNaN { best = read }
        }
        output.base[target + places[position]] = Float(best.map { index + indexReads[position][$0] } ?? 0)
      }
    }
  } mark: { marks in
    guard let from = marks.flags(output), let to = marks.flags(input) else { return }
    forEachMap { source, _, target in
      for position in memoryReads.indices where from[target + places[position]] != 0 {
        for offset in memoryReads[position] { to[source + offset] = 1 }
      }
    }
  }
}
