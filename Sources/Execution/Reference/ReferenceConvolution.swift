import NetworkGraph

/// Convolution as its definition reads: for every output element the sum over its group's input channels and the taps of
/// the window, row of outputs by row.
///
/// Padded taps are passed over, and counted.
func convolution(
  _ operation: Convolution, _ step: Step, _ memory: PreparedMemory
) throws(ExecutionError) -> ReferenceKernel {
  let (input, output) = (step.input, step.output)
  guard var weight = step.operand("weight", orInput: 1) else {
    throw .unsupported(node: step.path, reason: "it has no weight")
  }
  let bias = step.operand("bias", orInput: 2)
  if let standardization = operation.standardization {
    weight = standardized(weight, standardization, gain: step.parameters["gain"], memory)
  }
  let rank = input.shape.count - 2
  let taps = WindowTaps(
    operation.slidingWindow, input: Array(input.shape.dropFirst(2)), output: Array(output.shape.dropFirst(2)))
  let groupInputs = weight.shape[1]
  let outputChannels = output.shape[1]
  let groups = groupInputs == 0 ? 1 : input.shape[1] / groupInputs
  let groupOutputs = max(outputChannels / max(groups, 1), 1)
  // The window's rows: the taps that share their position on all axes but the last.
  guard let rowAxis = taps.axes.last else { throw .unsupported(node: step.path, reason: "it has no spatial axis") }
  let rowTaps = (0..<rowAxis.kernel).map { tap in
    let inside = rowAxis.inside(tap: tap)
    return RowTap(
      weight: tap * weight.strides[rank + 1], first: inside.lowerBound, count: inside.count,
      start: rowAxis.position(inside.lowerBound, tap: tap) * input.strides[rank + 1])
  }
  let elementStride = rowAxis.stride * input.strides[rank + 1]
  let planes = (0..<taps.count / rowAxis.kernel).map { taps.offsets(ofTap: $0 * rowAxis.kernel) }
  let rowLength = rowAxis.output
  let (inputChannelStride, weightChannelStride) = (input.strides[1], weight.strides[1])
  let rowMultiplyAdds = rowTaps.reduce(0) { $0 + $1.count } * groupInputs
  let rows = Walk([output.layout])
  return ReferenceKernel { tally in
    withUnsafeTemporaryAllocation(of: Double.self, capacity: max(rowLength, 1)) { buffer in
      guard let sums = buffer.baseAddress else { return }
      // Sample, channel and the outer spatial axes of the row.
      var index = Array(repeating: 0, count: rank + 1)
      rows.rows { at in
        let channel = index[1]
        let firstInput = channel / groupOutputs * groupInputs
        let start = Double(bias?.first[channel * (bias?.strides[0] ?? 0)] ?? 0)
        for column in 0..<rowLength { sums[column] = start }
        for plane in planes {
          var source = input.first + index[0] * input.strides[0] + firstInput * input.strides[1]
          var factors = weight.first + channel * weight.strides[0]
          var isInside = true
          for axis in 0..<rank - 1 {
            let position = taps.axes[axis].position(index[axis + 2], tap: plane[axis])
            isInside = isInside && position >= 0 && position < taps.axes[axis].input
            source += position * input.strides[axis + 2]
            factors += plane[axis] * weight.strides[axis + 2]
          }
          let possible = groupInputs * rowTaps.count * rowLength
          guard isInside else {
            tally.paddedMultiplyAdds += possible
            continue
          }
          rowTaps.withUnsafeBufferPointer { taps in
            for _ in 0..<groupInputs {
              for tap in taps {
                accumulate(
                  sums + tap.first, Double(factors[tap.weight]), source + tap.start, stride: elementStride,
                  count: tap.count)
              }
              source += inputChannelStride
              factors += weightChannelStride
            }
          }
          tally.multiplyAdds += rowMultiplyAdds
          tally.paddedMultiplyAdds += possible - rowMultiplyAdds
        }
        for column in 0..<rowLength { output.base[at[0] + column * rows.rowStrides[0]] = Float(sums[column]) }
        advance(&index, output.shape)
      }
    }
  } mark: { marks in
    markWindows(marks, output, input, taps, groupOutputs: groupOutputs, groupInputs: groupInputs)
  }
}

/// Marks what the windows of marked output positions read. All channels of a group read the same positions.
private func markWindows(
  _ marks: Marks, _ output: TensorView, _ input: TensorView, _ taps: WindowTaps, groupOutputs: Int, groupInputs: Int
) {
  guard let from = marks.flags(output), let to = marks.flags(input) else { return }
  let map = StridedLayout(Array(input.shape.dropFirst(2)))
  for sample in 0..<output.shape[0] {
    for group in 0..<output.shape[1] / groupOutputs {
      // The marked positions in any channel, then what they read, then that in all channels.
      var marked = Array(repeating: UInt8(0), count: output.shape.dropFirst(2).reduce(1, *))
      for channel in group * groupOutputs..<(group + 1) * groupOutputs {
        forEachFlag(output.layout.map(sample, channel), of: from) { marked[$0] |= $1 }
      }
      guard marked.contains(1) else { continue }
      var read = Array(repeating: UInt8(0), count: map.count)
      for place in marked.indices where marked[place] != 0 {
        taps.reads(of: place, strides: map.strides) { read[$0] = 1 }
      }
      for channel in group * groupInputs..<(group + 1) * groupInputs {
        let target = Walk([input.layout.map(sample, channel), map])
        target.rows { at in
          for index in 0..<target.rowCount where read[at[1] + index] != 0 {
            to[at[0] + index * target.rowStrides[0]] = 1
          }
        }
      }
    }
  }
}

/// Calls `body` with every flag of a map and its position, row by row.
private func forEachFlag(_ map: StridedLayout, of flags: UnsafeMutablePointer<UInt8>, _ body: (Int, UInt8) -> Void) {
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

  /// The map of one channel of one sample.
  func map(_ sample: Int, _ channel: Int) -> StridedLayout {
    StridedLayout(
      shape: Array(shape.dropFirst(2)), strides: Array(strides.dropFirst(2)),
      offset: offset + sample * strides[0] + channel * strides[1])
  }
}

/// What one tap of a window's row reads.
private struct RowTap {
  /// Its weight, from the row's first.
  var weight: Int
  /// The first output position whose tap lies in the input, and how many do.
  var first: Int
  var count: Int
  /// The input element that belongs to the first, from the row's start.
  var start: Int
}

/// `sums[i] += factor * elements[i * stride]`: one multiply-accumulate for each of `count` sums.
@inline(__always)
private func accumulate(
  _ sums: UnsafeMutablePointer<Double>, _ factor: Double, _ elements: UnsafePointer<Float>, stride: Int, count: Int
) {
  if stride == 1 {
    for index in 0..<count { sums[index] += factor * Double(elements[index]) }
  } else {
    for index in 0..<count { sums[index] += factor * Double(elements[index &* stride]) }
  }
}

/// The next index of a row-major walk over all axes of `shape` but the last; `index` may have fewer axes than that.
private func advance(_ index: inout [Int], _ shape: [Int]) {
  for axis in (0..<shape.count - 1).reversed() {
    index[axis] += 1
    if index[axis] < shape[axis] { return }
    index[axis] = 0
  }
}

/// The weight with mean 0 and variance 1 / fan-in per output channel, times gain and factor.
func standardized(
  _ weight: TensorView, _ standardization: Convolution.Standardization, gain: TensorView?, _ memory: PreparedMemory
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

/// Transposed convolution as its definition reads: every input element adds itself times the weight's taps to the output.
func transposedConvolution(_ operation: TransposedConvolution, _ step: Step) throws(ExecutionError) -> ReferenceKernel {
  let (input, output) = (step.input, step.output)
  guard let weight = step.operand("weight", orInput: 1) else {
    throw .unsupported(node: step.path, reason: "it has no weight")
  }
  let bias = step.operand("bias", orInput: 2)
  let rank = input.shape.count - 2
  let taps = operation.taps(input: Array(input.shape.dropFirst(2)), output: Array(output.shape.dropFirst(2)))
  let groupOutputs = weight.shape[1]
  let groups = groupOutputs == 0 ? 1 : output.shape[1] / groupOutputs
  let groupInputs = max(input.shape[1] / max(groups, 1), 1)
  let tapOffsets = (0..<taps.count).map { taps.offsets(ofTap: $0) }
  let elements = Walk([input.layout])
  return ReferenceKernel { tally in
    guard output.count > 0 else { return }
    withUnsafeTemporaryAllocation(of: Double.self, capacity: output.count) { sums in
      let area = output.shape.dropFirst(2).reduce(1, *)
      for position in 0..<output.count {
        let channel = position / area % output.shape[1]
        sums[position] = Double(bias?.first[channel * (bias?.strides[0] ?? 0)] ?? 0)
      }
      let target = StridedLayout(output.shape)
      var index = Array(repeating: 0, count: rank + 2)
      elements.rows { at in
        for column in 0..<elements.rowCount {
          index[rank + 1] = column
          let value = Double(input.base[at[0] + column * elements.rowStrides[0]])
          for offsets in tapOffsets {
            var place = index[0] * target.strides[0]
            var weightPlace = weight.layout.offset + index[1] * weight.strides[0]
            var isInside = true
            for axis in 0..<rank {
              let position = taps.axes[axis].position(index[axis + 2], tap: offsets[axis])
              isInside = isInside && position >= 0 && position < taps.axes[axis].input
              place += position * target.strides[axis + 2]
              weightPlace += offsets[axis] * weight.strides[axis + 2]
            }
            guard isInside else {
              tally.paddedMultiplyAdds += groupOutputs
              continue
            }
            let firstOutput = index[1] / groupInputs * groupOutputs
            for channel in 0..<groupOutputs {
              sums[place + (firstOutput + channel) * target.strides[1]] +=
                value * Double(weight.base[weightPlace + channel * weight.strides[1]])
            }
            tally.multiplyAdds += groupOutputs
          }
        }
        advance(&index, input.shape)
      }
      let walk = Walk([output.layout])
      var position = 0
      walk.rows { at in
        for column in 0..<walk.rowCount {
          output.base[at[0] + column * walk.rowStrides[0]] = Float(sums[position])
          position += 1
        }
      }
    }
  } mark: { marks in
    guard let from = marks.flags(output), let to = marks.flags(input) else { return }
    let spatial = Array(output.strides.dropFirst(2))
    for sample in 0..<input.shape[0] {
      for channel in 0..<input.shape[1] {
        let firstOutput = channel / groupInputs * groupOutputs
        let first = output.layout.offset + sample * output.strides[0] + firstOutput * output.strides[1]
        let map = input.layout.map(sample, channel)
        forEachFlag(map, of: to) { position, flag in
          guard flag == 0 else { return }
          taps.reads(of: position, strides: spatial) { place in
            for output in 0..<groupOutputs where from[first + place + output * step.output.strides[1]] != 0 {
              to[map.place(position)] = 1
            }
          }
        }
      }
    }
  }
}

extension TransposedConvolution {
  /// The taps seen from the input: input position `p` adds to output position `p * stride + tap * dilation - before`.
  func taps(input: [Int], output: [Int]) -> WindowTaps {
    WindowTaps(
      slidingWindow.axes.enumerated().map { index, axis in
        var before = axis.before
        if slidingWindow.padding != .explicit {
          // SAME: the output is size * stride; what the kernel sticks out is cut off, an odd element behind or before.
          let total = max(0, (input[index] - 1) * axis.stride + axis.dilation * (axis.kernel - 1) + 1 - output[index])
          before = slidingWindow.padding == .sameUpper ? total / 2 : total - total / 2
        }
        return WindowTaps.Axis(
          input: output[index], output: input[index], kernel: axis.kernel, stride: axis.stride,
          dilation: axis.dilation, before: before)
      })
  }
}
