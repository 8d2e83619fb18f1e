import NetworkGraph

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
  let elements = Walk([input.layout], keepsRows: true)
  let results = Walk([output.layout])
  let target = StridedLayout(output.shape)
  let area = output.shape.dropFirst(2).reduce(1, *)
  let workspace = step.memory.workspace(of: Double.self, count: output.count)
  return ReferenceKernel { tally in
    guard output.count > 0 else { return }
    let sums = workspace.elements
    withIndex(rank + 2) { index in
      for position in 0..<output.count {
        let channel = position / area % output.shape[1]
        sums[position] = Double(bias?.first[channel * (bias?.strides[0] ?? 0)] ?? 0)
      }
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
        advance(index, input.shape)
      }
      var position = 0
      results.rows { at in
        for column in 0..<results.rowCount {
          output.base[at[0] + column * results.rowStrides[0]] = Float(sums[position])
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
