import NetworkGraph
import SymbolicIntegers

/// Works out the shapes of operators that move values without computing any.
struct MovementShapes {
  let node: Node
  let inputs: [Shape]

  func explanation() -> Explanation {
    let input = inputs.first ?? []
    switch node.operation {
    case .slice(let slice): return sliced(slice, input)
    case .pad(let pad): return padded(pad, input)
    case .transpose(let transpose):
      var result = Explanation(.shape, "Axes change places: output axis i is input axis p_i.")
      result.equation("p", [transpose.permutation.map(String.init).joined(separator: ", ")])
      return finished(result, Shape(transpose.permutation.map { input[$0] }))
    case .spaceDepth(let move): return moved(move, input)
    case .tile(let tile):
      return finished(
        Explanation(.shape, "Whole copies lie side by side: every axis grows by its number of copies."),
        Shape(zip(input.dimensions, tile.repeats).map { $0 * $1 }))
    case .resize(let resize): return resized(resize, input)
    case .gather(let gather): return gathered(gather, input)
    case .view(let view): return viewed(view, input)
    default: return finished(Explanation(.shape, "The shape stays."), input)
    }
  }

  private func finished(_ explanation: Explanation, _ shape: Shape) -> Explanation {
    var result = explanation
    result.equation("output", [shape.written])
    result.shapes = [shape]
    return result
  }

  private func sliced(_ slice: Slice, _ input: Shape) -> Explanation {
    var result = Explanation(
      .shape, "Positions start, start + step, ... before end are kept; negative positions count from the end.")
    var shape = input
    for bound in slice.bounds {
      guard let axis = shape.normalized(axis: bound.axis) else { continue }
      let size = shape[axis]
      func position(_ bound: Int, isEnd: Bool, forward: Bool) -> Dimension {
        let place = bound < 0 ? size + bound : Dimension(bound)
        guard let size = size.constant else {
          if bound >= Int32.max { return forward ? self.size(input, axis) : self.size(input, axis) - 1 }
          if bound <= Int32.min { return forward ? 0 : -1 }
          return place
        }
        let number = place.constant ?? 0
        return Dimension(forward ? min(max(number, 0), size) : min(max(number, -1), size - 1))
      }
      let forward = bound.step > 0
      let start = position(bound.start, isEnd: false, forward: forward)
      let end =
        bound.end.map { position($0, isEnd: true, forward: forward) } ?? (forward ? size : Dimension(-1))
      let distance = forward ? end - start : start - end
      let magnitude = Int(clamping: bound.step.magnitude)
      let count = Dimension.maximum(0, distance.ceilDivided(by: magnitude))
      // A symbolic size is taken to reach beyond the bounds.
      shape[axis] = size.isConstant ? count : distance.ceilDivided(by: magnitude)
      result.equation(
        "axis \(axis)",
        [
          forward ? "ceil((end - start) / step)" : "ceil((start - end) / -step)",
          "ceil((\((forward ? end : start).written) - \((forward ? start : end).factor)) / \(magnitude))",
          shape[axis].written,
        ])
    }
    return finished(result, shape)
  }

  private func size(_ shape: Shape, _ axis: Int) -> Dimension { shape[axis] }

  private func padded(_ pad: Pad, _ input: Shape) -> Explanation {
    var result = Explanation(
      .shape, "Values are added before and after each axis, or cut off where the number is below 0.")
    var shape = input
    for axis in 0..<input.rank where pad.before[axis] != 0 || pad.after[axis] != 0 {
      shape[axis] = result.add(
        "axis \(axis)",
        [("before", Dimension(pad.before[axis])), ("size", input[axis]), ("after", Dimension(pad.after[axis]))])
    }
    return finished(result, shape)
  }

  private func moved(_ move: SpaceDepth, _ input: Shape) -> Explanation {
    let isDown = move.direction == .spaceToDepth
    var result = Explanation(
      .shape,
      isDown
        ? "Each b x b square of positions becomes b * b channels of one position."
        : "Each b * b channels of one position become a b x b square of positions.",
      source: isDown ? "ONNX operators, SpaceToDepth" : "Shi et al. 2016, arXiv:1609.05158")
    let block = Dimension(move.block)
    result.define("b", "side of a square", block)
    var shape = input
    if isDown {
      shape[1] = input[1] * block * block
      for axis in 2...3 { shape[axis] = input[axis].floorDivided(by: move.block) }
      result.equation("C_out", ["C * b * b", "\(input[1].factor) * \(move.block) * \(move.block)", shape[1].written])
    } else {
      shape[1] = input[1].floorDivided(by: block * block)
      for axis in 2...3 { shape[axis] = input[axis] * block }
      result.equation(
        "C_out", ["C / (b * b)", "\(input[1].factor) / (\(move.block) * \(move.block))", shape[1].written])
    }
    return finished(result, shape)
  }

  private func resized(_ resize: Resize, _ input: Shape) -> Explanation {
    var result = Explanation(
      .shape, "The map is sampled anew at as many positions as asked for.", source: "ONNX operators, Resize")
    // Factors are fractions that floating-point numbers do not all hold: the size is the graph's own.
    let shape = node.outputs[0].shape
    for (axis, size) in resize.sizes.enumerated() where input[axis] != shape[axis] {
      if case .factor(let factor) = size {
        result.equation(
          "axis \(axis)", ["floor(size * factor)", "floor(\(input[axis].factor) * \(factor))", shape[axis].written])
      } else {
        result.equation("axis \(axis)", [shape[axis].written])
      }
    }
    return finished(result, shape)
  }

  private func gathered(_ gather: Gather, _ input: Shape) -> Explanation {
    if let indices = gather.indices, let axis = input.normalized(axis: gather.axis) {
      var shape = input
      shape[axis] = Dimension(indices.count)
      return finished(Explanation(.shape, "\(indices.count) fixed positions of axis \(axis) are picked."), shape)
    }
    let indices = inputs.count > 1 ? inputs[1] : []
    switch gather.mode {
    case .slices:
      guard let axis = input.normalized(axis: gather.axis) else { break }
      let shape = Shape(input.dimensions[..<axis] + indices.dimensions + input.dimensions[(axis + 1)...])
      return finished(
        Explanation(
          .shape, "For every index one slice of axis \(axis) is picked: the axis gives way to the indices' axes."),
        shape)
    case .elements:
      return finished(
        Explanation(.shape, "For every index one value is picked: the result has the indices' shape."), indices)
    case .tuples(let batchAxes):
      let length = indices.dimensions.last?.constant ?? 0
      let shape = Shape(indices.dimensions.dropLast() + input.dimensions.dropFirst(batchAxes + length))
      return finished(
        Explanation(
          .shape, "For every tuple of \(length) indices one slice is picked.", source: "ONNX operators, GatherND"),
        shape)
    }
    return finished(Explanation(.shape, "The shape stays."), input)
  }

  private func viewed(_ view: View, _ input: Shape) -> Explanation {
    var result = Explanation(
      .shape, "The same values in the same order are read under another shape; their number stays.")
    let total = input.elementCount
    var shape: [Dimension] = []
    switch view {
    case .reshape(let sizes):
      var known: Dimension = 1
      var inferred: Int?
      for (axis, size) in sizes.enumerated() {
        switch size {
        case .size(let size): shape.append(size)
        case .sameAs(let source): shape.append(input[source])
        case .inferred:
          inferred = axis
          shape.append(1)
        }
        known *= shape[axis]
      }
      if let inferred {
        shape[inferred] = total.exactlyDivided(by: known) ?? total
        result.equation(
          "axis \(inferred)",
          ["elements / product of the other axes", "\(total.factor) / \(known.factor)", shape[inferred].written])
      }
    case .flatten(let from, let through):
      guard let first = input.normalized(axis: from), let last = input.normalized(axis: through) else { break }
      let product = result.multiply("axis \(first)", (first...last).map { ("size_\($0)", input[$0]) })
      shape = input.dimensions[..<first] + [product] + input.dimensions[(last + 1)...]
    case .squeeze(let axes):
      let removed = Set(axes.compactMap { input.normalized(axis: $0) })
      shape = input.dimensions.enumerated().filter { axes.isEmpty ? $1 != 1 : !removed.contains($0) }.map(\.element)
    case .unsqueeze(let axes):
      let rank = input.rank + axes.count
      let added = Set(axes.map { $0 < 0 ? $0 + rank : $0 })
      var rest = input.dimensions.makeIterator()
      shape = (0..<rank).map { added.contains($0) ? 1 : rest.next() ?? 1 }
    }
    result.equation("elements", ["\(total.written) before and after"])
    return finished(result, Shape(shape))
  }
}
