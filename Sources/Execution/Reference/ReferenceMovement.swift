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

/// Channel `g * (C / groups) + i` becomes channel `i * groups + g`.
func channelShuffle(_ operation: ChannelShuffle, _ step: Step) -> ReferenceKernel {
  let input = step.input.layout.splittingAxis(1, into: [operation.groups, step.input.shape[1] / operation.groups])
  let output = step.output.layout.splittingAxis(1, into: [step.input.shape[1] / operation.groups, operation.groups])
  let order = [0, 2, 1] + (3..<input.shape.count)
  return copying([(input.transposed(order), step.input.base, TensorView(base: step.output.base, layout: output))])
}

/// ONNX SpaceToDepth and DepthToSpace (both orders): blocks of positions against channels.
func spaceDepth(_ operation: SpaceDepth, _ step: Step) -> ReferenceKernel {
  let block = operation.block
  func cut(_ layout: StridedLayout) -> StridedLayout {
    layout.splittingAxis(3, into: [layout.shape[3] / block, block])
      .splittingAxis(2, into: [layout.shape[2] / block, block])
  }
  let (small, large): (StridedLayout, StridedLayout)
  // Both sides as N x C x H x block x W x block of the side with the larger map.
  switch operation.direction {
  case .spaceToDepth:
    large = cut(step.input.layout)
    let channels = step.input.shape[1]
    small = step.output.layout.splittingAxis(1, into: [block, block, channels]).transposed([0, 3, 4, 1, 5, 2])
    return copying([(large, step.input.base, TensorView(base: step.output.base, layout: small))])
  case .depthToSpace, .pixelShuffle:
    large = cut(step.output.layout)
    let channels = step.output.shape[1]
    small =
      operation.direction == .depthToSpace
      ? step.input.layout.splittingAxis(1, into: [block, block, channels]).transposed([0, 3, 4, 1, 5, 2])
      : step.input.layout.splittingAxis(1, into: [channels, block, block]).transposed([0, 1, 4, 2, 5, 3])
    return copying([(small, step.input.base, TensorView(base: step.output.base, layout: large))])
  }
}

extension StridedLayout {
  /// One axis seen as several, the last of them fastest.
  func splittingAxis(_ axis: Int, into sizes: [Int]) -> StridedLayout {
    var strides = sizes
    var stride = self.strides[axis]
    for index in sizes.indices.reversed() {
      strides[index] = stride
      stride *= sizes[index]
    }
    return StridedLayout(
      shape: Array(shape[..<axis] + sizes + shape[(axis + 1)...]),
      strides: Array(self.strides[..<axis] + strides + self.strides[(axis + 1)...]), offset: offset)
  }
}

func tile(_ operation: Tile, _ step: Step) -> ReferenceKernel {
  // Repeats are axes of their own, along which the input does not move.
  var (input, output) = (step.input.layout, step.output.layout)
  for axis in step.input.shape.indices.reversed() {
    let size = step.input.shape[axis]
    let repeats = size == 0 ? 1 : step.output.shape[axis] / size
    output = output.splittingAxis(axis, into: [repeats, size])
    input.shape.insert(repeats, at: axis)
    input.strides.insert(0, at: axis)
  }
  return copying([(input, step.input.base, TensorView(base: step.output.base, layout: output))])
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
    var index = Array(repeating: 0, count: max(positions.count - 1, 0))
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
      for axis in index.indices.reversed() {
        index[axis] += 1
        if index[axis] < positions[axis].count { break }
        index[axis] = 0
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
  var elsewhere: Float = 0
  if case .constant(let value) = operation.mode { elsewhere = Float(value) }
  let positions = step.output.shape.indices.map { axis -> [Int] in
    let size = step.input.shape[axis]
    return (0..<step.output.shape[axis]).map { output in
      let position = output - operation.before[axis]
      guard size > 0 else { return -1 }
      switch operation.mode {
      case .constant: return position >= 0 && position < size ? position : -1
      case .edge: return min(max(position, 0), size - 1)
      case .wrap: return modulo(position, size)
      case .reflect:
        // Back and forth without repeating the ends.
        let period = max(2 * (size - 1), 1)
        let phase = modulo(position, period)
        return phase < size ? phase : period - phase
      }
    }
  }
  return picking(positions, elsewhere: elsewhere, step)
}

func roll(_ operation: Roll, _ step: Step) -> ReferenceKernel {
  var positions = step.input.shape.map { Array(0..<$0) }
  for (shift, axis) in zip(operation.shifts, operation.axes) {
    let axis = axis < 0 ? axis + positions.count : axis
    let size = step.input.shape[axis]
    guard size > 0 else { continue }
    let old = positions[axis]
    positions[axis] = (0..<size).map { old[modulo($0 - modulo(shift, size), size)] }
  }
  return picking(positions, elsewhere: 0, step)
}

func modulo(_ value: Int, _ size: Int) -> Int {
  let rest = value % size
  return rest < 0 ? rest + size : rest
}

func gather(_ operation: Gather, _ step: Step) -> ReferenceKernel {
  let source = step.input
  let axis = operation.axis < 0 ? operation.axis + source.shape.count : operation.axis
  if let indices = operation.indices {
    var positions = source.shape.map { Array(0..<$0) }
    positions[axis] = indices.map { $0 < 0 ? $0 + source.shape[axis] : $0 }
    return picking(positions, elsewhere: 0, step)
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
