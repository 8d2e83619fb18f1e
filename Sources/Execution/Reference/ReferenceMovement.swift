import NetworkGraph

/// Copies between storages: what views would be if everything were contiguous.

/// Copies each element of a layout in `source` to the same index of a target.
func copying(_ copies: [(layout: StridedLayout, source: UnsafeMutablePointer<Float>, target: TensorView)])
  -> ReferenceKernel
{
  let walks = copies.map { (walk: Walk([$0.layout, $0.target.layout]), source: $0.source, target: $0.target.base) }
  return ReferenceKernel { _ in
    for (walk, source, target) in walks {
      let (from, to) = (walk.rowStrides[0], walk.rowStrides[1])
      walk.rows { at in
        for index in 0..<walk.rowCount { target[at[1] + index * to] = source[at[0] + index * from] }
      }
    }
  } mark: { marks in
    for copy in copies { marks.spread(from: copy.target, to: TensorView(base: copy.source, layout: copy.layout)) }
  }
}

/// Copies the input, read through `layout`, to the output.
func copying(_ layout: StridedLayout, _ step: Step) -> ReferenceKernel {
  copying([(layout, step.input.base, step.output)])
}

/// Copies a tensor to another of as many elements, both in row-major order.
func copying(_ source: TensorView, to target: TensorView) -> ReferenceKernel {
  // The target is contiguous, so it can take the source's shape.
  var layout = StridedLayout(source.shape)
  layout.offset = target.layout.offset
  return copying([(source.layout, source.base, TensorView(base: target.base, layout: layout))])
}

func concatenation(_ operation: Concatenation, _ step: Step) -> ReferenceKernel {
  let axis = operation.axis < 0 ? operation.axis + step.output.shape.count : operation.axis
  var start = 0
  return copying(
    step.inputs.map { input in
      let size = input.shape[axis]
      defer { start += size }
      let part = step.output.layout.sliced(axis: axis, start: start, count: size)
      return (input.layout, input.base, TensorView(base: step.output.base, layout: part))
    })
}

func channelShuffle(_ operation: ChannelShuffle, _ step: Step) -> ReferenceKernel {
  copying(operation.movement(step.input.layout, step.output.layout), step)
}

func spaceDepth(_ operation: SpaceDepth, _ step: Step) -> ReferenceKernel {
  copying(operation.movement(step.input.layout, step.output.layout), step)
}

func tile(_ operation: Tile, _ step: Step) -> ReferenceKernel {
  copying(operation.movement(step.input.layout, step.output.layout), step)
}

/// Copies the input, read in one order, to the output, written in another.
private func copying(_ movement: Movement, _ step: Step) -> ReferenceKernel {
  copying([(movement.source, step.input.base, TensorView(base: step.output.base, layout: movement.target))])
}

/// For each axis of the output the input position that an output position reads, or -1 for none: what padding, rolling
/// and gathering along axes have in common.
func picking(_ positions: [[Int]], elsewhere: Float, _ step: Step) -> ReferenceKernel {
  let (source, target) = (step.input, step.output)
  let walk = Walk([target.layout], keepsRows: true)
  let last = positions.last ?? [0]
  let lastStride = source.strides.last ?? 0
  /// Calls `body` with the place of every element of the output and of the element that it reads, if any.
  func forEach(_ body: (_ target: Int, _ source: Int?) -> Void) {
    guard target.count > 0 else { return }
    withIndex(max(positions.count - 1, 0)) { index in
      walk.rows { at in
        var start = source.layout.offset
        var isInside = true
        for axis in index.indices {
          let position = positions[axis][index[axis]]
          isInside = isInside && position >= 0
          start += position * source.strides[axis]
        }
        for column in 0..<walk.rowCount {
          let position = last[column]
          body(at[0] + column * walk.rowStrides[0], isInside && position >= 0 ? start + position * lastStride : nil)
        }
        advance(index, target.shape)
      }
    }
  }
  return ReferenceKernel { _ in
    forEach { place, read in target.base[place] = read.map { source.base[$0] } ?? elsewhere }
  } mark: { marks in
    guard let from = marks.flags(target), let to = marks.flags(source) else { return }
    forEach { place, read in if let read, from[place] != 0 { to[read] = 1 } }
  }
}

func pad(_ operation: Pad, _ step: Step) -> ReferenceKernel {
  picking(
    operation.positions(input: step.input.shape, output: step.output.shape), elsewhere: operation.fill, step)
}

func roll(_ operation: Roll, _ step: Step) -> ReferenceKernel {
  picking(operation.positions(input: step.input.shape), elsewhere: 0, step)
}

func gather(_ operation: Gather, _ step: Step) -> ReferenceKernel {
  let source = step.input
  let axis = operation.axis < 0 ? operation.axis + source.shape.count : operation.axis
  if let indices = operation.indices {
    return picking(operation.positions(indices, input: source.shape), elsewhere: 0, step)
  }
  switch operation.mode {
  case .slices: return gatherSlices(axis, step)
  case .elements: return gatherElements(axis, step)
  case .tuples(let batchAxes): return gatherTuples(batchAxes, step)
  }
}

/// An index read from a tensor, counted from the end where negative; one outside the axis reads its nearest end, so that
/// no index, however wrong, leaves memory.
func position(_ index: Float, _ size: Int) -> Int {
  let limit = Float(max(size, 1))
  let whole = index.isFinite ? Int(min(max(index, -limit), limit)) : 0
  return min(max(whole < 0 ? whole + size : whole, 0), max(size - 1, 0))
}

private func gatherSlices(_ axis: Int, _ step: Step) -> ReferenceKernel {
  let (source, indices) = (step.input, step.inputs[1])
  // Output axes: before, those of the indices, behind. The source stands still along the indices' axes.
  let count = indices.shape.count
  var from = source.layout
  from.shape.replaceSubrange(axis...axis, with: indices.shape)
  from.strides.replaceSubrange(axis...axis, with: Array(repeating: 0, count: count))
  var picks = indices.layout
  picks.shape = from.shape
  picks.strides =
    Array(repeating: 0, count: axis) + indices.strides + Array(repeating: 0, count: source.shape.count - axis - 1)
  return gathering(axis, from, picks, step)
}

private func gatherElements(_ axis: Int, _ step: Step) -> ReferenceKernel {
  var from = step.input.layout
  from.shape = step.output.shape
  from.strides[axis] = 0
  return gathering(axis, from, step.inputs[1].layout, step)
}

/// For each output element the element of the first input that lies at `from` and as far along `axis` as the index at
/// `picks` says.
private func gathering(
  _ axis: Int, _ from: StridedLayout, _ picks: StridedLayout, _ step: Step
) -> ReferenceKernel {
  let (source, indices, target) = (step.input, step.inputs[1], step.output)
  let size = source.shape[axis]
  let walk = Walk([target.layout, from, picks])
  let stride = source.strides[axis]
  return ReferenceKernel { _ in
    guard size > 0 else { return }
    walk.rows { at in
      for index in 0..<walk.rowCount {
        let pick = position(indices.base[at[2] + index * walk.rowStrides[2]], size)
        target.base[at[0] + index * walk.rowStrides[0]] =
          source.base[at[1] + index * walk.rowStrides[1] + pick * stride]
      }
    }
  } mark: { marks in
    marks.spreadEverywhere(from: target, to: step.inputs)
  }
}

/// ONNX GatherND: the last axis of the indices holds positions along the source's axes behind `batchAxes` shared ones.
private func gatherTuples(_ batchAxes: Int, _ step: Step) -> ReferenceKernel {
  let (source, indices, target) = (step.input, step.inputs[1], step.output)
  let length = indices.shape.last ?? 0
  let leading = indices.shape.count - 1
  let rest = source.shape.count - batchAxes - length
  var from = source.layout
  from.shape = target.shape
  from.strides =
    Array(source.strides[..<batchAxes]) + Array(repeating: 0, count: leading - batchAxes)
    + Array(source.strides.suffix(rest))
  var tuples = indices.layout
  tuples.shape = target.shape
  tuples.strides = Array(indices.strides.dropLast()) + Array(repeating: 0, count: rest)
  let walk = Walk([target.layout, from, tuples])
  let tupleStride = indices.strides.last ?? 0
  return ReferenceKernel { _ in
    walk.rows { at in
      for index in 0..<walk.rowCount {
        var start = at[1] + index * walk.rowStrides[1]
        let tuple = at[2] + index * walk.rowStrides[2]
        for entry in 0..<length {
          let axis = batchAxes + entry
          start += position(indices.base[tuple + entry * tupleStride], source.shape[axis]) * source.strides[axis]
        }
        target.base[at[0] + index * walk.rowStrides[0]] = source.base[start]
      }
    }
  } mark: { marks in
    marks.spreadEverywhere(from: target, to: step.inputs)
  }
}

/// ONNX Cast: to a whole number toward zero, to a truth value by comparison with 0.
func cast(to type: ElementType, _ step: Step) -> ReferenceKernel {
  if type == .bool { return mapping(step) { $0 == 0 ? 0 : 1 } }
  if type.isFloatingPoint { return mapping(step) { $0 } }
  return mapping(step) { $0.rounded(.towardZero) }
}
