import NetworkGraph

/// A copy of the first input, into which the parts in the third are written where the second says, in their order.
///
/// An index counts from the end where it is negative; one outside its axis means the nearest end, so that no index,
/// however wrong, leaves memory.
func scatter(_ operation: Scatter, _ step: Step) -> ReferenceKernel {
  let (indices, updates, target) = (step.inputs[1], step.inputs[2], step.output)
  let copy = copying(step.input, to: target)
  let write: () -> Void
  switch operation.mode {
  case .elements(let axis):
    let axis = axis < 0 ? axis + target.shape.count : axis
    // Each element stands where its index does, but along the axis where the index says.
    var places = target.layout
    places.shape = indices.shape
    places.strides[axis] = 0
    let walk = Walk([updates.layout, indices.layout, places])
    let (size, stride) = (target.shape[axis], target.strides[axis])
    write = {
      guard target.count > 0 else { return }
      walk.rows { at in
        for index in 0..<walk.rowCount {
          let pick = position(indices.base[at[1] + index * walk.rowStrides[1]], size)
          let place = at[2] + index * walk.rowStrides[2] + pick * stride
          operation.reduction.apply(updates.base[at[0] + index * walk.rowStrides[0]], to: &target.base[place])
        }
      }
    }
  case .tuples:
    let length = indices.shape.last ?? 0
    let leading = max(indices.shape.count - 1, 0)
    let inner = target.shape.count - length
    // Axes of the updates: those of the indices but the last, then those of a slice.
    var places = target.layout
    places.shape = updates.shape
    places.strides = Array(repeating: 0, count: leading) + target.strides.suffix(inner)
    var tuples = indices.layout
    tuples.shape = updates.shape
    tuples.strides = Array(indices.strides.dropLast()) + Array(repeating: 0, count: inner)
    let walk = Walk([updates.layout, tuples, places])
    let tupleStride = indices.strides.last ?? 0
    write = {
      guard target.count > 0 else { return }
      walk.rows { at in
        for index in 0..<walk.rowCount {
          let tuple = at[1] + index * walk.rowStrides[1]
          var place = at[2] + index * walk.rowStrides[2]
          for axis in 0..<length {
            let pick = position(indices.base[tuple + axis * tupleStride], target.shape[axis])
            place += pick * target.strides[axis]
          }
          operation.reduction.apply(updates.base[at[0] + index * walk.rowStrides[0]], to: &target.base[place])
        }
      }
    }
  }
  return ReferenceKernel { tally in
    copy.run(&tally)
    write()
  } mark: { marks in
    marks.spreadEverywhere(from: target, to: step.inputs)
  }
}

extension Scatter.Reduction {
  fileprivate func apply(_ update: Float, to element: inout Float) {
    switch self {
    case .replace: element = update
    case .add: element += update
    case .multiply: element *= update
    case .minimum: element = element.isNaN || update.isNaN ? .nan : min(element, update)
    case .maximum: element = element.isNaN || update.isNaN ? .nan : max(element, update)
    }
  }
}
