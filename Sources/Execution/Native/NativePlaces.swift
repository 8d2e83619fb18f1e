/// What holds a value's elements.
enum NativeStorage {
  /// A buffer of the plan, by number.
  case buffer(Int)
  /// Memory that is there before the plan runs: parameters, constants.
  case fixed(UnsafeMutablePointer<Float>)
}

/// A tensor with one axis in blocks of as many positions as a vector has floats: batch x blocks x pixels x lanes, where the
/// batch is the first axis and the pixels are all others.
struct BlockedLayout: Equatable {
  var shape: [Int]
  /// The axis in blocks; not the first.
  var axis: Int
  var lanes: Int
  /// Floats from the start of the storage.
  var offset = 0
  /// Floats from one sample to the next; more than one sample has where the tensor is part of another.
  var batchStride: Int

  init(_ shape: [Int], axis: Int, lanes: Int) {
    self.shape = shape
    self.axis = axis
    self.lanes = lanes
    batchStride = 0
    batchStride = sampleSize
  }

  var batch: Int { shape[0] }
  var channels: Int { shape[axis] }
  var blocks: Int { (channels + lanes - 1) / lanes }
  var pixels: Int { shape.indices.reduce(1) { $1 == 0 || $1 == axis ? $0 : $0 * shape[$1] } }
  var blockStride: Int { pixels * lanes }
  /// Floats of one sample.
  var sampleSize: Int { blocks * blockStride }

  /// The layout of the same elements under another shape; nil where it would be another one.
  func reshaped(_ target: [Int]) -> BlockedLayout? {
    guard target.first == shape.first else { return nil }
    let before = shape[..<axis].reduce(1, *)
    var product = 1
    for candidate in target.indices {
      if candidate > 0, product == before, target[candidate] == channels {
        var result = self
        result.shape = target
        result.axis = candidate
        return result
      }
      product *= target[candidate]
    }
    return nil
  }

  /// Output axis `i` is axis `permutation[i]`; nil where pixels would change their order.
  func transposed(_ permutation: [Int]) -> BlockedLayout? {
    let pixelAxes = permutation.filter { $0 != axis && shape[$0] != 1 }
    guard permutation.first == 0 || shape[0] == 1, pixelAxes == pixelAxes.sorted() else { return nil }
    guard let position = permutation.firstIndex(of: axis), position > 0 else { return nil }
    var result = self
    result.shape = permutation.map { shape[$0] }
    result.axis = position
    guard result.shape[0] == shape[0] else { return nil }
    return result
  }

  /// `count` channels from `start`; nil where they do not start at a block, or end within one that goes on.
  func channels(from start: Int, count: Int) -> BlockedLayout? {
    guard start % lanes == 0, count % lanes == 0 || start + count == channels else { return nil }
    var result = self
    result.offset += start / lanes * blockStride
    result.shape[axis] = count
    return result
  }

  /// The same elements as rows of floats; nil where there is more than one pixel.
  var strided: StridedLayout? {
    guard pixels == 1 else { return nil }
    var strides = shape.map { _ in 1 }
    strides[0] = batchStride
    return StridedLayout(shape: shape, strides: strides, offset: offset)
  }
}

enum NativeLayout {
  case strided(StridedLayout)
  case blocked(BlockedLayout)
}

/// Where a value lies.
struct NativePlace {
  var storage: NativeStorage
  var layout: NativeLayout
}

/// A value in row-major order, with strides.
struct StridedPlace {
  var storage: NativeStorage
  var layout: StridedLayout
}

/// A value with channels in blocks.
struct BlockedPlace {
  var storage: NativeStorage
  var layout: BlockedLayout
}
