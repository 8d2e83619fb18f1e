import NetworkGraph
import SymbolicIntegers

/// Operators that read a window of the map for each position.
extension Propagation {
  /// Reads the spatial axes, which begin at axis 2, each by the map that `map` gives for its input and output side.
  private mutating func readAxes(
    _ x: inout Sight<R>, _ shape: Shape, _ output: Shape, _ node: Node,
    map: (_ index: Int, _ input: Dimension) -> PositionMap?
  ) {
    var last: Sight<R>.Axis.Reading?
    for position in 2..<max(2, shape.rank) where x.layout[position].isSpatial {
      guard let axis = wholeAxis(x, position) else {
        // Positions of several axes, or parts of positions, in one.
        loseAxes(of: position, &x, node)
        continue
      }
      let side = output[position]
      if x.axes[axis].local == nil {
        x.axes[axis].side = side
      } else if R.hasEnds {
        // A table of as many units as the side has; what repeats is read again sooner than compared.
        x.axes[axis].read(
          by: map(position - 2, shape[position]), side: side, at: node.id, budget: &budget, last: &last)
      } else {
        x.axes[axis].read(by: map(position - 2, shape[position]), side: side, at: node.id, budget: &budget)
      }
      if side != shape[position] { x.layout[position] = AxisLayout(axis: axis, side: side) }
    }
  }

  /// Forgets the windows of every axis that `position` holds a part of.
  mutating func loseAxes(of position: Int, _ x: inout Sight<R>, _ node: Node) {
    for axis in Set(x.layout[position].digits.compactMap(\.axis)) {
      x.axes[axis].lose(at: node.id)
      drop(axis, &x)
    }
    x.origin = x.isLocal ? x.origin : node.id
  }

  /// Takes the positions of a map's axis out of the layout.
  func drop(_ axis: Int, _ x: inout Sight<R>) {
    for position in x.layout.indices where x.layout[position].digits.contains(where: { $0.axis == axis }) {
      let rest = x.layout[position].digits.map { digit in
        digit.axis == axis ? AxisLayout.Digit(axis: nil, size: digit.size) : digit
      }
      let (before, after) = (x.layout[position].before, x.layout[position].after)
      x.layout[position] = AxisLayout(joining: rest)
      if x.layout[position].isSpatial { (x.layout[position].before, x.layout[position].after) = (before, after) }
    }
  }

  mutating func readWindow(_ window: Window, _ x: inout Sight<R>, _ shape: Shape, _ output: Shape, _ node: Node) {
    let isSame = window.padding != .explicit
    if isSame {
      for (index, axis) in window.axes.enumerated() where index + 2 < shape.rank && axis.stride > 1 {
        guard shape[index + 2].constant == nil, let whole = wholeAxis(x, index + 2),
          window.padding(shape[index + 2], axis: index).before.constant == nil
        else { continue }
        x.axes[whole].assumesDivisible = true
      }
    }
    readAxes(&x, shape, output, node) { index, side in
      let axis = window.axes[index]
      let before = window.padding(side, axis: index).before.constant ?? divisiblePadding(axis, window.padding)
      return before.flatMap { PositionMap(window: axis, before: $0) }
    }
  }

  /// Whether an unpadded window holds the whole map.
  func coversMap(_ window: Window, _ shape: Shape, _ output: Shape) -> Bool {
    for (index, axis) in window.axes.enumerated() {
      guard let side = shape[index + 2].constant, side > 1, output[index + 2] == 1, axis.dilation == 1,
        axis.kernel >= side
      else { return false }
    }
    return !window.axes.isEmpty
  }

  mutating func readTransposed(
    _ convolution: TransposedConvolution, _ x: inout Sight<R>, _ shape: Shape, _ output: Shape, _ node: Node
  ) {
    let window = convolution.slidingWindow
    readAxes(&x, shape, output, node) { index, _ in
      let axis = window.axes[index]
      guard window.padding != .explicit else { return PositionMap(transposedWindow: axis, before: axis.before) }
      // The output is stride times the input; what is cut off is the rest of the last window.
      guard let cut = (axis.span - axis.stride).constant else { return nil }
      let smaller = floorQuotient(cut, 2)
      return PositionMap(transposedWindow: axis, before: window.padding == .sameUpper ? smaller : cut - smaller)
    }
  }

  mutating func readAdaptive(
    _ pool: AdaptivePool, _ x: inout Sight<R>, _ shape: Shape, _ output: Shape, _ node: Node
  ) {
    markWholeReader(node)
    guard !pool.isGlobal else { return reduce(&x, along: Array(2..<max(2, shape.rank)), node) }
    readAxes(&x, shape, output, node) { index, side in
      let result = output[index + 2]
      if let side = side.constant, let result = result.constant {
        return PositionMap(adaptiveFrom: side, to: result)
      }
      guard let ratio = side.exactlyDivided(by: result)?.constant else { return nil }
      return PositionMap(stride: ratio, first: 0, count: ratio)
    }
  }

  mutating func readResized(_ resize: Resize, _ x: inout Sight<R>, _ shape: Shape, _ output: Shape, _ node: Node) {
    readAxes(&x, shape, output, node) { index, side in
      let result = output[index + 2]
      if side == result { return PositionMap(stride: 1, first: 0) }
      if let side = side.constant, let result = result.constant {
        var fraction: (numerator: Int, denominator: Int)?
        if case .factor(let factor) = resize.sizes[index + 2], abs(Double(side) * factor - Double(result)) > 1e-3 {
          // The rest that is rounded away shifts coordinates.
          fraction = Resize.fraction(factor)
          if fraction == nil { return nil }
        }
        return PositionMap(
          resizing: side, to: result, by: fraction, mode: resize.mode, coordinates: resize.coordinates)
      }
      guard resize.coordinates != .alignCorners else { return nil }
      // More than one position, so that all of these but the asymmetric ones are the same.
      let coordinates = resize.coordinates == .asymmetric ? Resize.Coordinates.asymmetric : .halfPixel
      if let factor = result.exactlyDivided(by: side)?.constant {
        return PositionMap(resizing: 1, to: factor, mode: resize.mode, coordinates: coordinates)
      }
      guard let factor = side.exactlyDivided(by: result)?.constant else { return nil }
      return PositionMap(resizing: factor, to: 1, mode: resize.mode, coordinates: coordinates)
    }
  }

  mutating func readPadded(_ pad: Pad, _ x: inout Sight<R>, _ shape: Shape, _ node: Node) {
    for position in x.layout.indices where pad.before[position] != 0 || pad.after[position] != 0 {
      guard x.layout[position].isSpatial else { continue }
      guard let axis = wholeAxis(x, position) else {
        loseAxes(of: position, &x, node)
        continue
      }
      let side = shape[position] + pad.before[position] + pad.after[position]
      let map =
        pad.before[position].magnitude <= PositionMap.bound
        ? PositionMap(stride: 1, first: -pad.before[position]) : nil
      x.axes[axis].read(by: map, side: side, at: node.id, budget: &budget)
      x.layout[position] = AxisLayout(axis: axis, side: side)
    }
  }

  mutating func readBlocks(_ move: SpaceDepth, _ x: inout Sight<R>, _ node: Node) {
    let block = move.block
    let output = node.outputs[0].shape
    readAxes(&x, graph.type(of: node.inputs[0]).shape, output, node) { _, _ in
      guard move.direction == .spaceToDepth else {
        return PositionMap(resizing: 1, to: block, mode: .nearest(.floor), coordinates: .asymmetric)
      }
      return PositionMap(stride: block, first: 0, count: block)
    }
  }

  /// Keeps the positions of one axis that `bounds` names.
  mutating func cut(_ x: inout Sight<R>, _ bounds: Slice.Bounds, _ shape: Shape, _ node: Node) {
    guard let position = shape.normalized(axis: bounds.axis), x.layout[position].isSpatial else { return }
    let side = node.outputs[0].shape[position]
    let layout = x.layout[position]
    guard bounds.step > 0 else { return loseAxes(of: position, &x, node) }
    if layout.isRagged { return cutRagged(&x, position, bounds, shape[position], side, node) }
    guard let axis = wholeAxis(x, position) else { return loseAxes(of: position, &x, node) }
    var start: Int? = bounds.start
    if let size = shape[position].constant {
      start = bounds.start < 0 ? max(0, bounds.start + size) : min(bounds.start, size)
    } else if bounds.start < 0 {
      start = nil
    }
    let map = start.flatMap { $0 <= PositionMap.bound ? PositionMap(stride: bounds.step, first: $0) : nil }
    x.axes[axis].read(by: map, side: side, at: node.id, budget: &budget)
    x.layout[position] = AxisLayout(axis: axis, side: side)
  }

  /// Keeps either the positions or the entries beside them of an axis that has both.
  private mutating func cutRagged(
    _ x: inout Sight<R>, _ position: Int, _ bounds: Slice.Bounds, _ size: Dimension, _ side: Dimension, _ node: Node
  ) {
    let layout = x.layout[position]
    let positions = size - layout.before - layout.after
    if bounds.step == 1, Dimension(bounds.start) == layout.before, side == positions {
      x.layout[position].before = 0
      x.layout[position].after = 0
    } else if bounds.step == 1, bounds.start >= 0,
      let room = (layout.before - bounds.start - side).constant, room >= 0
    {
      // Only tokens: what they see they see through attention.
      for axis in Set(layout.digits.compactMap(\.axis)) {
        x.axes[axis].local = nil
        x.axes[axis].side = 1
        drop(axis, &x)
      }
      x.layout[position] = AxisLayout()
    } else {
      loseAxes(of: position, &x, node)
    }
  }

  /// Keeps the positions of one axis that `indices` names; false where that cannot be followed.
  mutating func pick(_ x: inout Sight<R>, _ indices: [Int], _ axis: Int, _ shape: Shape, _ node: Node) -> Bool {
    guard x.layout[axis].isSpatial else { return true }
    guard let start = indices.first, (0...PositionMap.bound).contains(start),
      zip(indices, indices.dropFirst()).allSatisfy({ $1 == $0 &+ 1 })
    else {
      return false
    }
    cut(&x, Slice.Bounds(axis: axis, start: start, end: start + indices.count), shape, node)
    return true
  }

  /// One part of a tensor that is cut along an axis.
  mutating func part(_ index: Int, of split: Split, _ input: Sight<R>, _ shape: Shape, _ node: Node) -> Sight<R> {
    var x = input
    guard let position = shape.normalized(axis: split.axis), x.layout[position].isSpatial else { return x }
    let before = split.sizes[..<index].reduce(0) { $0 + $1 }
    guard let axis = wholeAxis(x, position), let start = before.constant else {
      loseAxes(of: position, &x, node)
      return x
    }
    let side = split.sizes[index]
    x.axes[axis].read(by: PositionMap(stride: 1, first: start), side: side, at: node.id, budget: &budget)
    x.layout[position] = AxisLayout(axis: axis, side: side)
    return x
  }
}

/// SAME padding in front of a side that the stride divides.
private func divisiblePadding(_ axis: Window.Axis, _ padding: Window.Padding) -> Int? {
  guard let total = (axis.span - axis.stride).constant.map({ max(0, $0) }) else { return nil }
  return padding == .sameUpper ? total / 2 : total - total / 2
}
