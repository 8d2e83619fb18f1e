import NetworkGraph
import SymbolicIntegers

/// The taps of a sliding window, ready to walk: for each output position which input positions it reads.
struct WindowTaps {
  /// One spatial axis.
  struct Axis {
    var input: Int
    var output: Int
    var kernel: Int
    var stride: Int
    var dilation: Int
    var before: Int

    /// The input position that tap `tap` of output position `position` reads; it may lie in the padding.
    func position(_ position: Int, tap: Int) -> Int { position * stride + tap * dilation - before }

    /// The taps of output position `position` that read input positions rather than padding.
    func taps(of position: Int) -> Range<Int> {
      let shift = before - position * stride
      let first = shift <= 0 ? 0 : (shift + dilation - 1) / dilation
      let last = input - 1 + shift < 0 ? 0 : min(kernel, (input - 1 + shift) / dilation + 1)
      return first < last ? first..<last : 0..<0
    }

    /// How many positions of the window at output position `position` count for its mean.
    /// - Parameter after: the padding behind the input.
    func count(at position: Int, of counted: PoolKind.Counted, after: Int) -> Int {
      switch counted {
      case .input: taps(of: position).count
      case .padding: min(kernel, max(0, (input + after + before - position * stride + dilation - 1) / dilation))
      case .window: kernel
      }
    }

    /// The output positions whose tap `tap` reads an input position rather than padding.
    func inside(tap: Int) -> Range<Int> {
      // position * stride + shift must lie in 0 ..< input.
      let shift = tap * dilation - before
      let first = shift >= 0 ? 0 : (-shift + stride - 1) / stride
      let end = input - shift <= 0 ? 0 : (input - shift + stride - 1) / stride
      let last = min(end, output)
      return first < last ? first..<last : 0..<0
    }
  }

  let axes: [Axis]
  /// Taps of all axes together.
  let count: Int

  /// - Parameters:
  ///   - input, output: spatial sizes.
  init(_ window: Window, input: [Int], output: [Int]) {
    var axes: [Axis] = []
    for (index, axis) in window.axes.enumerated() {
      let before = window.padding(Dimension(input[index]), axis: index).before.constant ?? 0
      axes.append(
        Axis(
          input: input[index], output: output[index], kernel: axis.kernel, stride: axis.stride,
          dilation: axis.dilation, before: before))
    }
    self.init(axes)
  }

  init(_ axes: [Axis]) {
    self.axes = axes
    count = axes.reduce(1) { $0 * $1.kernel }
  }

  /// The position of tap number `tap` on each axis, the last axis fastest.
  func offsets(ofTap tap: Int) -> [Int] {
    var rest = tap
    var offsets = Array(repeating: 0, count: axes.count)
    for axis in axes.indices.reversed() {
      offsets[axis] = rest % axes[axis].kernel
      rest /= axes[axis].kernel
    }
    return offsets
  }

  /// The output positions at which a tap reads input positions rather than padding, with what it reads there.
  /// - Parameters:
  ///   - offsets: of the tap, by ``offsets(ofTap:)``.
  ///   - outputs, inputs: strides of the spatial axes.
  func walk(_ offsets: [Int], outputs: [Int], inputs: [Int]) -> Walk {
    var target = StridedLayout(shape: [], strides: outputs, offset: 0)
    var source = StridedLayout(shape: [], strides: [], offset: 0)
    for (index, axis) in axes.enumerated() {
      let inside = axis.inside(tap: offsets[index])
      target.shape.append(inside.count)
      target.offset += inside.lowerBound * outputs[index]
      source.strides.append(axis.stride * inputs[index])
      source.offset += axis.position(inside.lowerBound, tap: offsets[index]) * inputs[index]
    }
    source.shape = target.shape
    return Walk([target, source])
  }

  /// Positions of one channel's output map.
  var outputCount: Int { axes.reduce(1) { $0 * $1.output } }

  /// Calls `body` with the place of every input position that the window at an output position reads.
  /// - Parameters:
  ///   - output: the position's number in row-major order.
  ///   - strides: of the input's spatial axes.
  func reads(of output: Int, strides: [Int], _ body: (Int) -> Void) {
    reads(of: output, axis: axes.count - 1, place: 0, strides, body)
  }

  private func reads(of output: Int, axis: Int, place: Int, _ strides: [Int], _ body: (Int) -> Void) {
    guard axis >= 0 else { return body(place) }
    let window = axes[axis]
    let (rest, position) = output.quotientAndRemainder(dividingBy: window.output)
    for tap in window.taps(of: position) {
      let next = place + window.position(position, tap: tap) * strides[axis]
      reads(of: rest, axis: axis - 1, place: next, strides, body)
    }
  }
}
