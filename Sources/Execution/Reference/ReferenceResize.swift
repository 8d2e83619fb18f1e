import NetworkGraph

/// Resampling as a weighted sum of input positions on each axis in turn (ONNX Resize).
func resize(_ operation: Resize, _ step: Step) -> ReferenceKernel {
  let (input, output) = (step.input, step.output)
  let axes = operation.taps(input: input.shape, output: output.shape)
  let walk = Walk([output.layout], keepsRows: true)
  /// Calls `body` with the place of each output element and its index.
  func forEach(_ body: (Int, UnsafeMutableBufferPointer<Int>) -> Void) {
    guard input.count > 0 else { return }
    withIndex(output.shape.count) { index in
      walk.rows { at in
        for column in 0..<walk.rowCount {
          if let last = index.indices.last { index[last] = column }
          body(at[0] + column * walk.rowStrides[0], index)
        }
        advance(index, output.shape)
      }
    }
  }
  /// Calls `body` with the place of each input element that makes up an output element, and its weight.
  func taps(
    _ index: UnsafeMutableBufferPointer<Int>, axis: Int = 0, offset: Int, weight: Double, _ body: (Int, Double) -> Void
  ) {
    guard axis < axes.count else { return body(offset, weight) }
    for tap in axes[axis][index[axis]] where tap.weight != 0 {
      let place = offset + tap.position * input.strides[axis]
      taps(index, axis: axis + 1, offset: place, weight: weight * tap.weight, body)
    }
  }
  return ReferenceKernel { _ in
    forEach { place, index in
      var sum = 0.0
      taps(index, offset: input.layout.offset, weight: 1) { sum += $1 * Double(input.base[$0]) }
      output.base[place] = Float(sum)
    }
  } mark: { marks in
    guard let from = marks.flags(output), let to = marks.flags(input) else { return }
    forEach { place, index in
      if from[place] != 0 { taps(index, offset: input.layout.offset, weight: 1) { read, _ in to[read] = 1 } }
    }
  }
}

extension Resize {
  /// For each axis and output position the input positions that make it up, with their weights.
  func taps(input: [Int], output: [Int]) -> [[[(position: Int, weight: Double)]]] {
    input.indices.map { axis in
      (0..<output[axis]).map { taps(of: $0, axis: axis, size: input[axis], target: output[axis]) }
    }
  }

  /// The input positions along one axis that make up output position `index`, with their weights.
  private func taps(of index: Int, axis: Int, size: Int, target: Int) -> [(position: Int, weight: Double)] {
    // Input positions from one output position to the next, and the output's size before it is rounded down.
    var step = (numerator: Double(size), denominator: Double(target))
    var length = Double(target)
    if case .factor(let factor) = sizes[axis] {
      step = (1, factor)
      length = Double(size) * factor
    }
    func scaled(_ position: Double) -> Double { position * step.numerator / step.denominator }
    if size == target && step.numerator == step.denominator { return [(index, 1)] }
    let halfPixel = scaled(Double(index) + 0.5) - 0.5
    let place: Double
    switch coordinates {
    case .halfPixel: place = halfPixel
    // From the centre, where the definition's terms cancel: whole places stay whole.
    case .halfPixelSymmetric: place = Double(size - 1) / 2 + scaled(Double(index) + 0.5 - Double(target) / 2)
    case .pytorchHalfPixel: place = target > 1 ? halfPixel : 0
    case .alignCorners: place = target > 1 ? Double(index) * Double(size - 1) / (length - 1) : 0
    case .asymmetric: place = scaled(Double(index))
    }
    func clamp(_ position: Double) -> Int { Int(min(max(position, 0), Double(size - 1))) }
    switch mode {
    case .nearest(let rounding):
      let nearest =
        switch rounding {
        case .preferFloor: (place - 0.5).rounded(.up)
        case .preferCeiling: (place + 0.5).rounded(.down)
        case .floor: place.rounded(.down)
        case .ceiling: place.rounded(.up)
        }
      return [(clamp(nearest), 1)]
    case .linear:
      let first = place.rounded(.down)
      let weight = place - first
      return [(clamp(first), 1 - weight), (clamp(first + 1), weight)]
    case .cubic:
      let first = place.rounded(.down)
      return (-1...2).map { step in
        (clamp(first + Double(step)), Resize.cubic(abs(place - first - Double(step))))
      }
    }
  }

  /// Keys' cubic convolution kernel with a = -0.75.
  private static func cubic(_ x: Double) -> Double {
    let a = -0.75
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
  }
}
