import Tensors

extension Image {
  /// How pixels between others are computed.
  public enum Interpolation: Hashable, Sendable, CaseIterable {
    /// Triangle filter over 1 pixel to each side.
    case bilinear
    /// Keys' cubic with a = -0.5, over 2 pixels to each side.
    case bicubic

    /// How far the filter reaches.
    fileprivate var support: Double { self == .bilinear ? 1 : 2 }

    fileprivate func weight(_ distance: Double) -> Double {
      let x = abs(distance)
      switch self {
      case .bilinear: return x < 1 ? 1 - x : 0
      case .bicubic:
        let a = -0.5
        if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
      }
    }
  }

  /// The picture in another size, widened filters keeping a reduced one from aliasing: rows first, then columns, each
  /// rounded to bytes, as Pillow does and torchvision does on 8-bit pictures.
  /// - Throws: ``TensorError/size(shape:)`` for a side below 1 or too many pixels.
  public func resized(
    width newWidth: Int, height newHeight: Int, _ interpolation: Interpolation
  ) throws(TensorError) -> Image {
    let (count, overflow) = newWidth.multipliedReportingOverflow(by: newHeight)
    let (between, betweenOverflow) = newWidth.multipliedReportingOverflow(by: height)
    guard newWidth > 0, newHeight > 0, !overflow, !betweenOverflow, count <= Image.pixelLimit,
      between <= Image.pixelLimit
    else { throw .size(shape: [newHeight, newWidth, 3]) }
    var pixels = self.pixels
    if newWidth != width {
      let filter = ResamplingFilter(from: width, to: newWidth, interpolation)
      pixels = filter.applied(to: pixels, lines: height, lineStride: 3 * width, step: 3, isTransposed: false)
    }
    if newHeight != height {
      let filter = ResamplingFilter(from: height, to: newHeight, interpolation)
      pixels = filter.applied(to: pixels, lines: newWidth, lineStride: 3, step: 3 * newWidth, isTransposed: true)
    }
    return try Image(width: newWidth, height: newHeight, pixels: pixels)
  }

  /// The rectangle of a size in the middle; where a margin is odd, its half is rounded to the nearest even number.
  /// - Throws: ``TensorError/size(shape:)`` when the picture is smaller.
  public func centerCropped(width newWidth: Int, height newHeight: Int) throws(TensorError) -> Image {
    guard 1...width ~= newWidth, 1...height ~= newHeight else { throw .size(shape: [newHeight, newWidth, 3]) }
    let left = Int((Double(width - newWidth) / 2).rounded(.toNearestOrEven))
    let top = Int((Double(height - newHeight) / 2).rounded(.toNearestOrEven))
    var cropped: [UInt8] = []
    cropped.reserveCapacity(3 * newWidth * newHeight)
    for row in top..<top + newHeight {
      let start = 3 * (row * width + left)
      cropped.append(contentsOf: pixels[start..<start + 3 * newWidth])
    }
    return try Image(width: newWidth, height: newHeight, pixels: cropped)
  }
}

/// The weights with which one axis is resampled, as whole multiples of 2^-22.
private struct ResamplingFilter {
  static let precision = 22

  /// The first pixel that each new one reads, and where its weights start.
  private var firsts: [Int] = []
  private var starts: [Int] = [0]
  private var weights: [Int] = []

  init(from size: Int, to newSize: Int, _ interpolation: Image.Interpolation) {
    let scale = Double(size) / Double(newSize)
    let stretch = max(scale, 1)
    let support = interpolation.support * stretch
    for position in 0..<newSize {
      let center = (Double(position) + 0.5) * scale
      let first = max(0, Int(center - support + 0.5))
      let end = min(size, Int(center + support + 0.5))
      let exact = (first..<end).map { interpolation.weight((Double($0) - center + 0.5) / stretch) }
      let sum = exact.reduce(0, +)
      firsts.append(first)
      for weight in exact {
        let normalized = sum == 0 ? weight : weight / sum
        weights.append(Int((normalized * Double(1 << Self.precision)).rounded(.toNearestOrAwayFromZero)))
      }
      starts.append(weights.count)
    }
  }

  /// Resamples every line of pixels: `step` bytes lie between neighbours on a line, `lineStride` between lines.
  /// - Parameter isTransposed: whether lines are columns.
  func applied(to pixels: [UInt8], lines: Int, lineStride: Int, step: Int, isTransposed: Bool) -> [UInt8] {
    let size = firsts.count
    let newLineStride = isTransposed ? lineStride : 3 * size
    let newStep = isTransposed ? step : 3
    var result = [UInt8](repeating: 0, count: 3 * lines * size)
    for line in 0..<lines {
      for position in 0..<size {
        let source = line * lineStride + firsts[position] * step
        let target = line * newLineStride + position * newStep
        for channel in 0..<3 {
          var sum = 1 << (Self.precision - 1)
          var place = source + channel
          for index in starts[position]..<starts[position + 1] {
            sum += weights[index] * Int(pixels[place])
            place += step
          }
          result[target + channel] = UInt8(min(max(sum >> Self.precision, 0), 255))
        }
      }
    }
    return result
  }
}
