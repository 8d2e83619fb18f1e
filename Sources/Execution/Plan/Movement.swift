import NetworkGraph

/// Operators that only move elements, as what both back ends copy.

/// Two orders of the same indices: the element at an index of the source goes to that index of the target.
struct Movement {
  var source: StridedLayout
  var target: StridedLayout
}

extension ChannelShuffle {
  /// Channel `g * (C / groups) + i` becomes channel `i * groups + g`.
  func movement(_ input: StridedLayout, _ output: StridedLayout) -> Movement {
    let perGroup = input.shape[1] / groups
    let cut = input.splittingAxis(1, into: [groups, perGroup])
    return Movement(
      source: cut.transposed([0, 2, 1] + (3..<cut.shape.count)),
      target: output.splittingAxis(1, into: [perGroup, groups]))
  }
}

extension SpaceDepth {
  /// ONNX SpaceToDepth and DepthToSpace (both orders): blocks of positions against channels.
  func movement(_ input: StridedLayout, _ output: StridedLayout) -> Movement {
    // Both sides as N x C x H x block x W x block of the side with the larger map.
    func cut(_ layout: StridedLayout) -> StridedLayout {
      layout.splittingAxis(3, into: [layout.shape[3] / block, block])
        .splittingAxis(2, into: [layout.shape[2] / block, block])
    }
    func small(_ layout: StridedLayout, channels: Int) -> StridedLayout {
      direction == .pixelShuffle
        ? layout.splittingAxis(1, into: [channels, block, block]).transposed([0, 1, 4, 2, 5, 3])
        : layout.splittingAxis(1, into: [block, block, channels]).transposed([0, 3, 4, 1, 5, 2])
    }
    return direction == .spaceToDepth
      ? Movement(source: cut(input), target: small(output, channels: input.shape[1]))
      : Movement(source: small(input, channels: output.shape[1]), target: cut(output))
  }
}

extension Tile {
  /// Repeats are axes of their own, along which the input does not move.
  func movement(_ input: StridedLayout, _ output: StridedLayout) -> Movement {
    var (source, target) = (input, output)
    for axis in input.shape.indices.reversed() {
      let size = input.shape[axis]
      let repeats = size == 0 ? 1 : output.shape[axis] / size
      target = target.splittingAxis(axis, into: [repeats, size])
      source.shape.insert(repeats, at: axis)
      source.strides.insert(0, at: axis)
    }
    return Movement(source: source, target: target)
  }
}

// For each axis of the output the input position that an output position reads, or -1 for none.

extension Pad {
  /// What lies where no position is read.
  var fill: Float {
    if case .constant(let value) = mode { Float(value) } else { 0 }
  }

  func positions(input: [Int], output: [Int]) -> [[Int]] {
    output.indices.map { axis -> [Int] in
      let size = input[axis]
      return (0..<output[axis]).map { place in
        let position = place - before[axis]
        guard size > 0 else { return -1 }
        switch mode {
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
  }
}

extension Roll {
  func positions(input: [Int]) -> [[Int]] {
    var positions = input.map { Array(0..<$0) }
    for (shift, axis) in zip(shifts, axes) {
      let axis = axis < 0 ? axis + positions.count : axis
      let size = input[axis]
      guard size > 0 else { continue }
      let old = positions[axis]
      positions[axis] = (0..<size).map { old[modulo($0 - modulo(shift, size), size)] }
    }
    return positions
  }
}

extension Gather {
  func positions(_ indices: [Int], input: [Int]) -> [[Int]] {
    let axis = axis < 0 ? axis + input.count : axis
    var positions = input.map { Array(0..<$0) }
    positions[axis] = indices.map { $0 < 0 ? $0 + input[axis] : $0 }
    return positions
  }
}

private func modulo(_ value: Int, _ size: Int) -> Int {
  let rest = value % size
  return rest < 0 ? rest + size : rest
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
