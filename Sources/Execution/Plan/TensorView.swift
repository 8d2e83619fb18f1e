/// Where the elements of a tensor lie in memory that something else owns: element `(i, j, ...)` is
/// `base[i * strides[0] + j * strides[1] + ...]`. A stride of 0 repeats.
struct TensorView {
  var base: UnsafeMutablePointer<Float>
  var layout: StridedLayout

  var shape: [Int] { layout.shape }
  var strides: [Int] { layout.strides }
  var count: Int { layout.count }
  /// The first element; the layout's own offset applied.
  var first: UnsafeMutablePointer<Float> { base + layout.offset }
}

/// How a tensor's elements lie relative to the start of a storage, in elements.
struct StridedLayout: Equatable {
  var shape: [Int]
  var strides: [Int]
  var offset = 0

  /// Elements one behind the other, the last axis fastest.
  init(_ shape: [Int]) {
    self.shape = shape
    strides = shape
    var stride = 1
    for axis in shape.indices.reversed() {
      strides[axis] = stride
      stride *= max(shape[axis], 1)
    }
  }

  init(shape: [Int], strides: [Int], offset: Int) {
    self.shape = shape
    self.strides = strides
    self.offset = offset
  }

  var count: Int { shape.reduce(1, *) }

  /// Whether the elements lie one behind the other in row-major order.
  var isContiguous: Bool {
    var expected = 1
    for axis in shape.indices.reversed() where shape[axis] != 1 {
      if strides[axis] != expected { return false }
      expected *= shape[axis]
    }
    return true
  }

  /// Output axis `i` is axis `permutation[i]`.
  func transposed(_ permutation: [Int]) -> StridedLayout {
    StridedLayout(shape: permutation.map { shape[$0] }, strides: permutation.map { strides[$0] }, offset: offset)
  }

  /// Positions `start`, `start + step`, ... of one axis, `count` of them.
  func sliced(axis: Int, start: Int, count: Int, step: Int = 1) -> StridedLayout {
    var result = self
    result.offset += start * strides[axis]
    result.shape[axis] = count
    result.strides[axis] *= step
    return result
  }

  /// Repeated along new leading axes and axes of size 1, as broadcasting does.
  func expanded(to target: [Int]) -> StridedLayout {
    let missing = target.count - shape.count
    let strides = target.indices.map { axis in
      axis < missing || shape[axis - missing] != target[axis] ? 0 : self.strides[axis - missing]
    }
    return StridedLayout(shape: target, strides: strides, offset: offset)
  }

  /// The same elements in the same order under another shape; nil where strides cannot say that.
  func reshaped(_ target: [Int]) -> StridedLayout? {
    if isContiguous || count == 0 {
      var result = StridedLayout(target)
      result.offset = offset
      return result
    }
    // Walks over both shapes in pieces of equal size; a piece of several old axes must lie one behind the other.
    let old = zip(shape, strides).filter { $0.0 != 1 }
    var strides = Array(repeating: 1, count: target.count)
    var oldAxis = 0
    var newAxis = 0
    while newAxis < target.count {
      if target[newAxis] == 1 {
        newAxis += 1
        continue
      }
      var (oldEnd, newEnd) = (oldAxis + 1, newAxis + 1)
      var (oldSize, newSize) = (old[oldAxis].0, target[newAxis])
      while oldSize != newSize {
        if oldSize < newSize {
          oldSize *= old[oldEnd].0
          oldEnd += 1
        } else {
          newSize *= target[newEnd]
          newEnd += 1
        }
      }
      for axis in oldAxis..<oldEnd - 1 where old[axis].1 != old[axis + 1].1 * old[axis + 1].0 { return nil }
      var stride = old[oldEnd - 1].1
      for axis in (newAxis..<newEnd).reversed() {
        strides[axis] = stride
        stride *= target[axis]
      }
      (oldAxis, newAxis) = (oldEnd, newEnd)
    }
    return StridedLayout(shape: target, strides: strides, offset: offset)
  }
}
