import NetworkGraph

/// Convolution as its definition reads: for every output element the sum over its group's input channels and the taps of
/// the window.
///
/// The sums of some output channels are taken together at all positions, some input channels and one tap at a time: then
/// the innermost loop is long on small maps too. Padded taps are passed over, and counted.
func convolution(_ operation: Convolution, _ step: Step) throws(ExecutionError) -> ReferenceKernel {
  let (input, output) = (step.input, step.output)
  guard var weight = step.operand("weight", orInput: 1) else {
    throw .unsupported(node: step.path, reason: "it has no weight")
  }
  let bias = step.operand("bias", orInput: 2)
  if let standardization = operation.standardization {
    weight = standardized(weight, standardization, gain: step.parameters["gain"], step.memory)
  }
  let taps = WindowTaps(
    operation.slidingWindow, input: Array(input.shape.dropFirst(2)), output: Array(output.shape.dropFirst(2)))
  guard !taps.axes.isEmpty else { throw .unsupported(node: step.path, reason: "it has no spatial axis") }
  let groupInputs = weight.shape[1]
  let groups = groupInputs == 0 ? 1 : input.shape[1] / groupInputs
  let groupOutputs = max(output.shape[1] / max(groups, 1), 1)
  let area = taps.outputCount
  let maps = StridedLayout(taps.axes.map(\.output))
  let target = Walk([output.layout.map, maps])
  let tapRows = (0..<taps.count).map { tap in
    let offsets = taps.offsets(ofTap: tap)
    return TapRows(
      weight: zip(offsets, weight.strides.dropFirst(2)).reduce(0) { $0 + $1.0 * $1.1 },
      walk: taps.walk(offsets, outputs: maps.strides, inputs: Array(input.strides.dropFirst(2))))
  }
  let (inputStride, weightStride) = (input.strides[1], weight.strides[1])
  let workspace = SumBlock.workspace(step.memory, outputs: groupOutputs, positions: area)
  return ReferenceKernel { tally in
    for sample in 0..<output.shape[0] {
      for group in 0..<output.shape[1] / groupOutputs where area > 0 {
        let source = input.first + sample * input.strides[0] + group * groupInputs * inputStride
        SumBlock.forEach(group * groupOutputs..<(group + 1) * groupOutputs, positions: area, in: workspace) {
          block, first in
          let weights = weight.first + first * weight.strides[0]
          block.clear { Double(bias?.first[(first + $0) * (bias?.strides[0] ?? 0)] ?? 0) }
          for chunk in stride(from: 0, to: groupInputs, by: SumBlock.inputs) {
            let count = min(SumBlock.inputs, groupInputs - chunk)
            for tap in tapRows {
              block.read(weights + chunk * weightStride + tap.weight, count, weightStride, weight.strides[0])
              let done = block.add(tap.walk, source + chunk * inputStride, inputStride)
              tally.multiplyAdds += done
              tally.paddedMultiplyAdds += block.outputs * count * area - done
            }
          }
          for index in 0..<block.outputs {
            let map = output.first + sample * output.strides[0] + (first + index) * output.strides[1]
            target.rows { at in
              for column in 0..<target.rowCount {
                map[at[0] + column * target.rowStrides[0]] = Float(block[index, at[1] + column])
              }
            }
          }
        }
      }
    }
  } mark: { marks in
    markWindows(marks, output, input, taps, groupOutputs: groupOutputs, groupInputs: groupInputs)
  }
}

/// The output positions at which one tap of a window reads the input, with what it reads there.
private struct TapRows {
  /// Its weight, from a window's first.
  var weight: Int
  /// Over positions of the sums, and elements of the input.
  var walk: Walk
}

/// Marks what the windows of marked output positions read. All channels of a group read the same positions, and groups
/// of which the same positions are marked too.
private func markWindows(
  _ marks: Marks, _ output: TensorView, _ input: TensorView, _ taps: WindowTaps, groupOutputs: Int, groupInputs: Int
) {
  guard let from = marks.flags(output), let to = marks.flags(input) else { return }
  let positions = StridedLayout(Array(input.shape.dropFirst(2)))
  let outputs = Walk([output.layout.map, StridedLayout(taps.axes.map(\.output))])
  let inputs = Walk([input.layout.map, positions])
  var marked = Array(repeating: UInt8(0), count: taps.outputCount)
  var last: [UInt8] = []
  var read: [UInt8] = []
  for sample in 0..<output.shape[0] {
    for group in 0..<output.shape[1] / groupOutputs {
      // The marked positions in any channel, then what they read, then that in all channels.
      for place in marked.indices { marked[place] = 0 }
      for channel in group * groupOutputs..<(group + 1) * groupOutputs {
        let map = from + output.layout.offset + sample * output.strides[0] + channel * output.strides[1]
        outputs.rows { at in
          for index in 0..<outputs.rowCount { marked[at[1] + index] |= map[at[0] + index * outputs.rowStrides[0]] }
        }
      }
      guard marked.contains(1) else { continue }
      if marked != last {
        read = Array(repeating: 0, count: positions.count)
        for place in marked.indices where marked[place] != 0 {
          taps.reads(of: place, strides: positions.strides) { read[$0] = 1 }
        }
        last = marked
      }
      for channel in group * groupInputs..<(group + 1) * groupInputs {
        let map = to + input.layout.offset + sample * input.strides[0] + channel * input.strides[1]
        inputs.rows { at in
          for index in 0..<inputs.rowCount { map[at[0] + index * inputs.rowStrides[0]] |= read[at[1] + index] }
        }
      }
    }
  }
}

/// Calls `body` with every flag of a map and its position, row by row.
func forEachFlag(_ map: StridedLayout, of flags: UnsafeMutablePointer<UInt8>, _ body: (Int, UInt8) -> Void) {
  let walk = Walk([map, StridedLayout(map.shape)])
  walk.rows { at in
    for index in 0..<walk.rowCount { body(at[1] + index, flags[at[0] + index * walk.rowStrides[0]]) }
  }
}

extension StridedLayout {
  /// Where the element lies that comes at `position` in row-major order.
  func place(_ position: Int) -> Int {
    var rest = position
    var place = offset
    for axis in shape.indices.reversed() {
      place += rest % shape[axis] * strides[axis]
      rest /= shape[axis]
    }
    return place
  }

  /// The map of any channel, from its own first element.
  var map: StridedLayout {
    StridedLayout(shape: Array(shape.dropFirst(2)), strides: Array(strides.dropFirst(2)), offset: 0)
  }

  /// The map of one channel of one sample.
  func map(_ sample: Int, _ channel: Int) -> StridedLayout {
    StridedLayout(
      shape: Array(shape.dropFirst(2)), strides: Array(strides.dropFirst(2)),
      offset: offset + sample * strides[0] + channel * strides[1])
  }
}

/// The weight with mean 0 and variance 1 / fan-in per output channel, times gain and factor.
func standardized(
  _ weight: TensorView, _ standardization: Convolution.Standardization, gain: TensorView?, _ memory: KernelMemory
) -> TensorView {
  let channels = weight.shape[0]
  let size = channels == 0 ? 0 : weight.count / channels
  let result = TensorView(base: memory.allocate(weight.count), layout: StridedLayout(weight.shape))
  for channel in 0..<channels {
    let values = UnsafeBufferPointer(start: weight.first + channel * size, count: size)
    let mean = values.reduce(0) { $0 + Double($1) } / Double(size)
    let variance = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(size)
    let scale = standardization.factor * Double(gain?.first[channel] ?? 1) / Double(size).squareRoot()
    let factor = scale / (variance + standardization.epsilon).squareRoot()
    for index in 0..<size { result.base[channel * size + index] = Float((Double(values[index]) - mean) * factor) }
  }
  return result
}
