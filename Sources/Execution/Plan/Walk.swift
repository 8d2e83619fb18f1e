/// A walk over the index box of one shape that keeps, for each of several tensors, where the element there lies.
///
/// The walk goes row by row: the caller does the innermost axis itself, `rowCount` elements that lie `rowStrides[t]` apart
/// in tensor `t`. Cost: one addition per tensor and row. Nothing is allocated on the heap while walking.
struct Walk {
  /// The axes outside the row.
  private let shape: [Int]
  private let strides: [[Int]]
  private let starts: [Int]
  let rowCount: Int
  let rowStrides: [Int]

  /// - Parameter layouts: all of the same shape.
  init(_ layouts: [StridedLayout]) {
    let full = layouts[0].shape
    shape = Array(full.dropLast())
    strides = layouts.map { Array($0.strides.dropLast()) }
    starts = layouts.map(\.offset)
    rowCount = full.contains(0) ? 0 : full.last ?? 1
    rowStrides = layouts.map { $0.strides.last ?? 0 }
  }

  /// Calls `body` with the position of each row's first element in every tensor.
  func rows(_ body: (UnsafeMutableBufferPointer<Int>) -> Void) {
    guard rowCount > 0 else { return }
    withUnsafeTemporaryAllocation(of: Int.self, capacity: starts.count) { positions in
      withUnsafeTemporaryAllocation(of: Int.self, capacity: shape.count) { index in
        _ = positions.initialize(from: starts)
        index.initialize(repeating: 0)
        while true {
          body(positions)
          var axis = shape.count - 1
          while axis >= 0 {
            index[axis] += 1
            for tensor in strides.indices { positions[tensor] += strides[tensor][axis] }
            if index[axis] < shape[axis] { break }
            for tensor in strides.indices { positions[tensor] -= strides[tensor][axis] * shape[axis] }
            index[axis] = 0
            axis -= 1
          }
          if axis < 0 { return }
        }
      }
    }
  }
}
