import NetworkGraph
import SymbolicIntegers

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension FixedValues {
  /// The values as a tensor of `shape`: whole numbers for ``relativePositionIndex(height:width:)``, real ones otherwise.
  ///
  /// Computed in double precision and rounded once.
  /// - Throws: ``TensorError/fixedValues(shape:reason:)`` where the values are not as many as `shape` says, or follow from
  ///   sizes that are still symbols; ``TensorError/size(shape:)``.
  public func tensor(shape: [Int]) throws(TensorError) -> Tensor {
    let count = try Tensor.elementCount(of: shape)
    func check(_ sides: [Dimension], _ what: String) throws(TensorError) {
      var product: Dimension = 1
      for side in sides { product *= side }
      guard product.constant == count, sides.allSatisfy({ $0.constant.map { $0 > 0 } ?? false }) else {
        throw .fixedValues(shape: shape, reason: what)
      }
    }
    switch self {
    case .uniform(let value): return try Tensor(shape, Array(repeating: Float(value), count: count))
    case .relativePositionIndex(let height, let width):
      let (y, x) = (Dimension(height), Dimension(width))
      try check([y, x, y, x], "there is one index for each pair of \(height)x\(width) positions")
      return try Tensor(shape, Self.relativePositionIndex(height, width), .int64)
    case .logarithmicOffsets(let height, let width):
      let (y, x) = (Dimension(height) * 2 - 1, Dimension(width) * 2 - 1)
      try check([y, x, 2], "there are two numbers for each offset in \(height)x\(width)")
      return try Tensor(shape, Self.logarithmicOffsets(height, width))
    case .shiftedWindowMask(let height, let width, let windowHeight, let windowWidth, let vertical, let horizontal):
      let what = "windows of \(windowHeight)x\(windowWidth) do not tile a map of \(height)x\(width) with such pairs"
      try check([height, width, Dimension(windowHeight), Dimension(windowWidth)], what)
      guard let height = height.constant, let width = width.constant, height % windowHeight == 0,
        width % windowWidth == 0
      else { throw .fixedValues(shape: shape, reason: what) }
      let rows = ShiftedAxis(size: height, window: windowHeight, shift: vertical)
      let columns = ShiftedAxis(size: width, window: windowWidth, shift: horizontal)
      return try Tensor(shape, Self.shiftedWindowMask(rows, columns))
    }
  }

  private static func relativePositionIndex(_ height: Int, _ width: Int) -> [Float] {
    var values: [Float] = []
    values.reserveCapacity(height * width * height * width)
    for y1 in 0..<height {
      for x1 in 0..<width {
        for y2 in 0..<height {
          let row = (y1 - y2 + height - 1) * (2 * width - 1)
          for x2 in 0..<width { values.append(Float(row + x1 - x2 + width - 1)) }
        }
      }
    }
    return values
  }

  private static func logarithmicOffsets(_ height: Int, _ width: Int) -> [Float] {
    /// The coordinates of all offsets in a window of `size`. A window of one position has the offset 0 only.
    func coordinates(_ size: Int) -> [Float] {
      (1 - size..<size).map { offset in
        let scaled = size == 1 ? 0 : 8 * Double(offset) / Double(size - 1)
        let logarithm = log2(abs(scaled) + 1) / 3
        return Float(scaled < 0 ? -logarithm : logarithm)
      }
    }
    let columns = coordinates(width)
    return coordinates(height).flatMap { row in columns.flatMap { [row, $0] } }
  }

  private static func shiftedWindowMask(_ rows: ShiftedAxis, _ columns: ShiftedAxis) -> [Float] {
    var values: [Float] = []
    values.reserveCapacity(rows.size * columns.size * rows.window * columns.window)
    for top in stride(from: 0, to: rows.size, by: rows.window) {
      for left in stride(from: 0, to: columns.size, by: columns.window) {
        let regions = (top..<top + rows.window).flatMap { y in
          (left..<left + columns.window).map { rows.region(of: y) * 3 + columns.region(of: $0) }
        }
        for first in regions {
          for second in regions { values.append(first == second ? 0 : -100) }
        }
      }
    }
    return values
  }
}

/// One axis of a map that was shifted cyclically toward its start, cut into windows.
private struct ShiftedAxis {
  var size: Int
  var window: Int
  var shift: Int

  /// Which of three regions a position belongs to.
  func region(of position: Int) -> Int { position < size - window ? 0 : position < size - shift ? 1 : 2 }
}
