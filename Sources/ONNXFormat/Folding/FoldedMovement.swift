import NetworkGraph
import SymbolicIntegers

/// Steps through the elements of a shape in row-major order and tracks a position in another array.
struct Walk {
  private let shape: [Int]
  private let strides: [Int]
  private var coordinates: [Int]
  private(set) var position: Int

  init(shape: [Int], strides: [Int], start: Int = 0) {
    self.shape = shape
    self.strides = strides
    coordinates = Array(repeating: 0, count: shape.count)
    position = start
  }

  mutating func advance() {
    var axis = shape.count - 1
    while axis >= 0 {
      coordinates[axis] += 1
      position += strides[axis]
      if coordinates[axis] < shape[axis] { return }
      position -= strides[axis] * coordinates[axis]
      coordinates[axis] = 0
      axis -= 1
    }
  }

  /// Row-major strides of a shape.
  static func strides(_ shape: [Int]) -> [Int] {
    var result = Array(repeating: 1, count: shape.count)
    var step = 1
    for axis in shape.indices.reversed() {
      result[axis] = step
      step = step &* shape[axis]
    }
    return result
  }
}

/// Movement of known elements. Shapes have been checked by the operators themselves.
extension Folding {
  private static func picked(
    _ operand: FoldedTensor, shape: [Int], strides: [Int], start: Int = 0
  ) -> [Scalar] {
    var result: [Scalar] = []
    let total = count(shape)
    result.reserveCapacity(total)
    var walk = Walk(shape: shape, strides: strides, start: start)
    for _ in 0..<total {
      result.append(operand.elements[walk.position])
      walk.advance()
    }
    return result
  }

  /// The operand repeated along its axes of size 1 and along new leading axes.
  static func spread(_ operand: FoldedTensor, to shape: [Int]) -> [Scalar] {
    let own = Walk.strides(operand.shape)
    let offset = shape.count - operand.shape.count
    let strides = shape.indices.map { axis in
      axis < offset || operand.shape[axis - offset] == 1 ? 0 : own[axis - offset]
    }
    return picked(operand, shape: shape, strides: strides)
  }

  static func transposed(_ operand: FoldedTensor, _ permutation: [Int], shape: [Int]) -> [Scalar] {
    let own = Walk.strides(operand.shape)
    return picked(operand, shape: shape, strides: permutation.map { own[$0] })
  }

  static func tiled(_ operand: FoldedTensor, shape: [Int]) -> [Scalar] {
    let own = Walk.strides(operand.shape)
    var result: [Scalar] = []
    var walk = Walk(shape: shape, strides: Walk.strides(shape))
    for _ in 0..<count(shape) {
      var rest = walk.position
      var source = 0
      for axis in shape.indices.reversed() {
        source += rest % shape[axis] % operand.shape[axis] * own[axis]
        rest /= shape[axis]
      }
      result.append(operand.elements[source])
      walk.advance()
    }
    return result
  }

  static func joined(_ operands: [FoldedTensor], axis: Int, shape: [Int]) -> [Scalar]? {
    let position = axis < 0 ? axis + shape.count : axis
    guard shape.indices.contains(position) else { return nil }
    let outer = count(Array(shape[..<position]))
    var result: [Scalar] = []
    result.reserveCapacity(count(shape))
    for row in 0..<outer {
      for operand in operands {
        let width = operand.elements.count / Swift.max(1, outer)
        result.append(contentsOf: operand.elements[row * width..<(row + 1) * width])
      }
    }
    return result
  }

  static func parts(of operand: FoldedTensor, axis: Int, shapes: [[Int]]) -> [[Scalar]]? {
    let position = axis < 0 ? axis + operand.shape.count : axis
    guard operand.shape.indices.contains(position) else { return nil }
    let own = Walk.strides(operand.shape)
    var start = 0
    return shapes.map { shape in
      defer { start += shape[position] * own[position] }
      return picked(operand, shape: shape, strides: own, start: start)
    }
  }

  static func sliced(_ operand: FoldedTensor, _ slice: Slice, shape: [Int]) -> [Scalar]? {
    let own = Walk.strides(operand.shape)
    var strides = own
    var start = 0
    var isCut = Array(repeating: false, count: shape.count)
    for bound in slice.bounds {
      let axis = bound.axis < 0 ? bound.axis + shape.count : bound.axis
      guard shape.indices.contains(axis), !isCut[axis] else { return nil }
      if shape[axis] == 0 { return [] }
      isCut[axis] = true
      let size = operand.shape[axis]
      let first = bound.start < 0 ? bound.start &+ size : bound.start
      let last = bound.step > 0 ? size : size - 1
      start += Swift.min(Swift.max(first, 0), last) * own[axis]
      strides[axis] = own[axis] &* bound.step
    }
    return picked(operand, shape: shape, strides: strides, start: start)
  }

  /// Slices of the first operand at the constant positions that the second one holds.
  static func gathered(_ operands: [FoldedTensor], _ gather: Gather, shape: [Int]) -> [Scalar]? {
    guard case .slices = gather.mode, gather.indices == nil, operands.count == 2 else { return nil }
    let data = operands[0]
    let axis = gather.axis < 0 ? gather.axis + data.shape.count : gather.axis
    guard data.shape.indices.contains(axis) else { return nil }
    let size = data.shape[axis]
    let inner = count(Array(data.shape[(axis + 1)...]))
    let outer = count(Array(data.shape[..<axis]))
    var result: [Scalar] = []
    for row in 0..<outer {
      for index in operands[1].elements {
        guard let value = index.dimension?.constant else { return nil }
        let position = value < 0 ? value &+ size : value
        guard position >= 0, position < size else { return nil }
        let start = (row * size + position) * inner
        result.append(contentsOf: data.elements[start..<start + inner])
      }
    }
    return result
  }

  /// The first operand with slices replaced: index tuples in the last axis of the second, slices in the third.
  static func scattered(_ data: FoldedTensor, _ indices: FoldedTensor, _ updates: FoldedTensor) -> [Scalar]? {
    guard let depth = indices.shape.last, depth <= data.shape.count else { return nil }
    let own = Walk.strides(data.shape)
    let width = count(Array(data.shape[depth...]))
    let tuples = count(Array(indices.shape.dropLast()))
    guard indices.elements.count == tuples * depth, updates.elements.count == tuples * width else { return nil }
    var result = data.elements
    for tuple in 0..<tuples {
      var start = 0
      for axis in 0..<depth {
        guard let value = indices.elements[tuple * depth + axis].dimension?.constant else { return nil }
        let size = data.shape[axis]
        let position = value < 0 ? value &+ size : value
        guard position >= 0, position < size else { return nil }
        start += position * own[axis]
      }
      for offset in 0..<width { result[start + offset] = updates.elements[tuple * width + offset] }
    }
    return result
  }
}
