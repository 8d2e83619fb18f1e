import NetworkGraph
import SymbolicIntegers

/// Where the elements of a tensor lie in its storage, where that is not row-major order without gaps.
///
/// PyTorch decides by it whether a reshape or a matrix product copies its operand.
struct EagerLayout: Hashable, Sendable {
  /// Elements from one position of an axis to the next.
  var strides: [Dimension]
  /// The axes from the outermost in memory to the innermost.
  var order: [Int]

  /// Row-major order.
  init(rowMajor shape: Shape) {
    self.init(dense: shape, order: Array(0..<shape.rank))
  }

  /// Without gaps, the axes in memory in the given order.
  init(dense shape: Shape, order: [Int]) {
    var strides = shape.dimensions.indices.map { _ in Dimension(1) }
    var stride: Dimension = 1
    for axis in order.reversed() {
      strides[axis] = stride
      stride *= shape[axis]
    }
    self.strides = strides
    self.order = order
  }

  private init(strides: [Dimension], order: [Int]) {
    self.strides = strides
    self.order = order
  }

  /// The layout, or nil where it is row-major order; axes of size 1 do not matter.
  func unlessRowMajor(_ shape: Shape) -> EagerLayout? {
    var expected: Dimension = 1
    for axis in (0..<shape.rank).reversed() where shape[axis] != 1 {
      if strides[axis] != expected { return self }
      expected *= shape[axis]
    }
    return nil
  }

  /// Output axis `i` is axis `permutation[i]`.
  func permuted(_ permutation: [Int]) -> EagerLayout {
    var positions = Array(0, count: permutation.count)
    for (new, old) in permutation.enumerated() { positions[old] = new }
    return EagerLayout(strides: permutation.map { strides[$0] }, order: order.map { positions[$0] })
  }

  /// The layout of the same elements under another shape, or nil where they must be copied for it.
  ///
  /// Axes that lie behind one another without a gap can be joined and cut anew; others cannot. Source: PyTorch's
  /// `computeStride`, behind `Tensor.view`.
  func viewed(_ old: Shape, as new: Shape) -> EagerLayout? {
    guard old.rank > 0 else { return EagerLayout(rowMajor: new) }
    var result = new.dimensions.indices.map { _ in Dimension(1) }
    var places = Array(0, count: new.rank)
    var next = new.rank - 1
    var base = strides[old.rank - 1]
    var inner = old.rank - 1
    var (oldCount, newCount): (Dimension, Dimension) = (1, 1)
    for axis in (0..<old.rank).reversed() {
      oldCount *= old[axis]
      let isJoined = axis > 0 && (old[axis - 1] == 1 || strides[axis - 1] == oldCount * base)
      if isJoined { continue }
      while next >= 0, newCount != oldCount || new[next] == 1 {
        result[next] = newCount * base
        places[next] = order.firstIndex(of: inner) ?? 0
        newCount *= new[next]
        next -= 1
      }
      guard newCount == oldCount else { return nil }
      guard axis > 0 else { break }
      (base, inner) = (strides[axis - 1], axis - 1)
      (oldCount, newCount) = (1, 1)
    }
    guard next < 0 else { return nil }
    let order = (0..<new.rank).sorted { (places[$0], $0) < (places[$1], $1) }
    return EagerLayout(strides: result, order: order)
  }
}
