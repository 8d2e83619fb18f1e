import NetworkGraph
import SymbolicIntegers
import Testing

@Suite("Windows against enumerated positions")
struct WindowTests {
  /// Every small window along one axis.
  private func everyAxis(_ body: (Window.Axis) -> Void) {
    for kernel in 1...4 {
      for stride in 1...4 {
        for dilation in 1...3 {
          for before in 0...2 {
            for after in 0...2 {
              body(
                Window.Axis(kernel: kernel, stride: stride, dilation: dilation, before: before, after: after))
            }
          }
        }
      }
    }
  }

  /// Input positions from the first tap to behind the last, by walking over the taps.
  private func reach(_ axis: Window.Axis) -> Int {
    var last = 0
    for tap in 0..<axis.kernel { last = tap * axis.dilation }
    return last + 1
  }

  /// Windows that lie wholly in the padded input.
  private func floorCount(_ size: Int, _ axis: Window.Axis) -> Int {
    var count = 0
    while count * axis.stride - axis.before + reach(axis) <= size + axis.after { count += 1 }
    return count
  }

  /// PyTorch's ceil mode: a window may stick out at the end by less than a stride, but must begin inside the input or
  /// the padding before it.
  private func ceilCount(_ size: Int, _ axis: Window.Axis) -> Int {
    var count = 0
    while true {
      let start = count * axis.stride - axis.before
      let overhang = start + reach(axis) - (size + axis.after)
      guard overhang < axis.stride, start < size else { return count }
      count += 1
    }
  }

  @Test("output size in floor mode is the number of windows that fit", arguments: 1...9)
  func floorMode(size: Int) {
    var wrong: [String] = []
    everyAxis { axis in
      let window = Window([axis])
      let expected = floorCount(size, axis)
      // Where nothing fits the formula may be any number below 1.
      let found = window.outputSize(Dimension(size), axis: 0).constant ?? -99
      if max(0, found) != expected { wrong.append("\(window)") }
      let symbolic = window.outputSize(height, axis: 0).at(height: size)
      if symbolic != found { wrong.append("symbolic \(window)") }
      let output = shape(Convolution(outputChannels: 5, window: window), [2, 3, Dimension(size)])
      if output != (expected > 0 ? [2, 5, Dimension(expected)] : nil) { wrong.append("operator \(window)") }
    }
    #expect(wrong == [])
  }

  @Test("output size in ceil mode follows PyTorch's rule for the last window", arguments: 1...9)
  func ceilMode(size: Int) {
    var wrong: [String] = []
    everyAxis { axis in
      let window = Window([axis], ceilMode: true)
      let expected = ceilCount(size, axis)
      let found = window.outputSize(Dimension(size), axis: 0).constant ?? -99
      if max(0, found) != expected { wrong.append("\(window)") }
      let symbolic = window.outputSize(height, axis: 0).at(height: size)
      if symbolic != found { wrong.append("symbolic \(window)") }
      let output = shape(Pool(.maximum, window: window), [2, 3, Dimension(size)])
      if output != (expected > 0 ? [2, 3, Dimension(expected)] : nil) { wrong.append("operator \(window)") }
    }
    #expect(wrong == [])
  }

  @Test("SAME padding is the least that gives one output per stride; the odd element goes after or before")
  func samePadding() {
    var wrong: [String] = []
    for size in 1...12 {
      for kernel in 1...5 {
        for stride in 1...4 {
          for dilation in 1...2 {
            let outputs = Array(Swift.stride(from: 0, to: size, by: stride)).count
            var total = 0
            while floorCount(size, .init(kernel: kernel, stride: stride, dilation: dilation, after: total)) < outputs {
              total += 1
            }
            let axis = Window.Axis(kernel: kernel, stride: stride, dilation: dilation, before: 7, after: 7)
            for (mode, before, after) in [
              (Window.Padding.sameUpper, total / 2, total - total / 2),
              (.sameLower, total - total / 2, total / 2),
            ] {
              let window = Window([axis], padding: mode)
              let padding = window.padding(Dimension(size), axis: 0)
              let symbolic = window.padding(height, axis: 0)
              if window.outputSize(Dimension(size), axis: 0) != Dimension(outputs)
                || window.outputSize(height, axis: 0).at(height: size) != outputs
                || padding.before != Dimension(before) || padding.after != Dimension(after)
                || symbolic.before.at(height: size) != before || symbolic.after.at(height: size) != after
              {
                wrong.append("\(mode) \(size) \(kernel) \(stride) \(dilation)")
              }
            }
          }
        }
      }
    }
    #expect(wrong == [])
  }

  @Test("a transposed convolution undoes the shape of the convolution with its window")
  func transposedInverse() {
    var wrong: [String] = []
    for size in 1...10 {
      everyAxis { axis in
        let count = floorCount(size, axis)
        guard count > 0 else { return }
        // What the last stride left over.
        let rest = size + axis.before + axis.after - reach(axis) - (count - 1) * axis.stride
        let transposed = TransposedConvolution(
          outputChannels: 3, window: Window([axis]), outputPadding: PerAxis(rest))
        if shape(transposed, [1, 6, Dimension(count)]) != [1, 3, Dimension(size)] {
          wrong.append("\(size) \(axis)")
        }
      }
    }
    #expect(wrong == [])
  }

  @Test("SAME padding of a transposed convolution multiplies the side by the stride")
  func transposedSame() {
    let window = Window([.init(kernel: 3, stride: 2)], padding: .sameUpper)
    #expect(shape(TransposedConvolution(outputChannels: 4, window: window), [1, 2, 7]) == [1, 4, 14])
    #expect(shape(TransposedConvolution(outputChannels: 4, window: window), [1, 2, height]) == [1, 4, 2 * height])
  }

  @Test("windows of zero or negative kernel, stride or dilation are refused")
  func settings() {
    for axis in [
      Window.Axis(kernel: 0), .init(kernel: -1), .init(kernel: 3, stride: 0), .init(kernel: 3, dilation: 0),
      .init(kernel: 3, stride: .min),
    ] {
      #expect(shape(Convolution(outputChannels: 1, window: Window([axis])), [1, 1, 9]) == nil)
      #expect(shape(Pool(.maximum, window: Window([axis])), [1, 1, 9]) == nil)
      #expect(shape(TransposedConvolution(outputChannels: 1, window: Window([axis])), [1, 1, 9]) == nil)
    }
    let huge = Window([.init(kernel: .max, stride: 1, dilation: .max)])
    #expect(failure([1, 1, 9]) { $0.apply(.pool(Pool(.maximum, window: huge)), "pool") }?.contains("overflow") == true)
  }

  @Test("the description names what differs from the default")
  func description() {
    #expect("\(Window(rank: 2, kernel: 3))" == "3x3")
    #expect("\(Window(rank: 2, kernel: 3, stride: 2, padding: 1))" == "3x3, stride 2x2, padding 1x1")
    let uneven = Window([.init(kernel: 2, before: 0, after: 1)], ceilMode: true)
    #expect("\(uneven)" == "2, padding (0,1), ceil mode")
  }
}
