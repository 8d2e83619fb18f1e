/// A walk over the index box of one shape that keeps, for each of several tensors, where the element there lies.
///
/// The walk goes row by row: the caller does the innermost axis itself, `rowCount` elements that lie `rowStrides[t]` apart
/// in tensor `t`. Axes over which all tensors go on in the same steps are one. Cost: one addition per tensor and row.
/// Nothing is allocated on the heap while walking.
struct Walk {
  /// The axes outside the row.
  private let shape: [Int]
  /// Tensor by tensor for each of these axes.
  private let strides: [Int]
  private let starts: [Int]
  let rowCount: Int
  let rowStrides: [Int]

  /// - Parameters:
  ///   - layouts: all of the same shape.
  ///   - keepsRows: whether a row is the last axis, as it is: for callers that keep count of the index.
  init(_ layouts: [StridedLayout], keepsRows: Bool = false) {
    let full = layouts[0].shape
    let last = layouts.map { $0.strides.last ?? 0 }
    var row = full.contains(0) ? 0 : full.last ?? 1
    var shape: [Int] = []
    var strides: [Int] = []
    // From the innermost axis to the outermost: the last one taken, which one further out may continue.
    var innermost = true
    for axis in full.indices.dropLast().reversed() where keepsRows || full[axis] != 1 {
      let own = layouts.map { $0.strides[axis] }
      let size = innermost ? row : shape[0]
      let continues = layouts.indices.allSatisfy { own[$0] == size * (innermost ? last[$0] : strides[$0]) }
      if continues, !keepsRows {
        if innermost { row *= full[axis] } else { shape[0] *= full[axis] }
      } else {
        shape.insert(full[axis], at: 0)
        strides.insert(contentsOf: own, at: 0)
        innermost = false
      }
    }
    (self.shape, self.strides, starts) = (shape, strides, layouts.map(\.offset))
    (rowCount, rowStrides) = (row, last)
  }

  /// Calls `body` with the position of each row's first element in every tensor.
  func rows(_ body: (UnsafeMutableBufferPointer<Int>) -> Void) {
    guard rowCount > 0 else { return }
    let tensors = starts.count
    withUnsafeTemporaryAllocation(of: Int.self, capacity: tensors) { positions in
      _ = positions.initialize(from: starts)
      guard !shape.isEmpty else { return body(positions) }
      withUnsafeTemporaryAllocation(of: Int.self, capacity: shape.count) { index in
        index.initialize(repeating: 0)
        strides.withUnsafeBufferPointer { strides in
          while true {
            body(positions)
            var axis = shape.count - 1
            while axis >= 0 {
              index[axis] += 1
              for tensor in 0..<tensors { positions[tensor] += strides[axis * tensors + tensor] }
              if index[axis] < shape[axis] { break }
              for tensor in 0..<tensors { positions[tensor] -= strides[axis * tensors + tensor] * shape[axis] }
              index[axis] = 0
              axis -= 1
            }
            if axis < 0 { return }
          }
        }
      }
    }
  }
}
