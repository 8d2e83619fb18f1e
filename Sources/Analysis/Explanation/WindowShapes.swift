import NetworkGraph
import SymbolicIntegers

extension Explanation {
  /// The output side of a sliding window along one axis, worked out in a step; returns it.
  ///
  /// Sources: Dumoulin and Visin 2016, arXiv:1603.07285, relationships 6 and 15; PyTorch's `pooling_output_shape` for the
  /// rounding up; TensorFlow's and ONNX's SAME.
  mutating func slide(_ window: Window, axis index: Int, letter: String, over size: Dimension) -> Dimension {
    let axis = window.axes[index]
    let name = "\(letter)_out"
    let span = Dimension(axis.dilation) * (axis.kernel - 1) + 1
    guard window.padding == .explicit else {
      let result = size.ceilDivided(by: axis.stride)
      let total = Dimension.maximum(0, (result - 1) * axis.stride + span - size)
      equation(name, ["ceil(\(letter) / s)", "ceil(\(size.written) / \(axis.stride))", result.written])
      equation(
        "padding along \(letter)",
        [
          "max(0, (\(name) - 1) * s + span - \(letter))",
          "max(0, (\(result.written) - 1) * \(axis.stride) + \(span.written) - \(size.written))", total.written,
        ])
      return result
    }
    if axis.dilation > 1 {
      equation(
        "span along \(letter)",
        ["d * (k - 1) + 1", "\(axis.dilation) * (\(axis.kernel) - 1) + 1", span.written])
    }
    let inside = "\(letter) + before + after - \(axis.dilation > 1 ? "span" : "k")"
    let numbers = "\(size.written) + \(axis.before) + \(axis.after) - \(span.written)"
    let room = size + axis.before + axis.after - span
    guard window.ceilMode else {
      let result = room.floorDivided(by: axis.stride) + 1
      equation(
        name, ["floor((\(inside)) / s) + 1", "floor((\(numbers)) / \(axis.stride)) + 1", result.written])
      return result
    }
    let rounded = room.ceilDivided(by: axis.stride) + 1
    equation(name, ["ceil((\(inside)) / s) + 1", "ceil((\(numbers)) / \(axis.stride)) + 1", rounded.written])
    // The last window may not begin behind the input and its leading padding.
    let starts = (size + axis.before - 1).floorDivided(by: axis.stride) + 1
    // So it does exactly where the padding behind is wider than the window less a stride.
    guard let overhang = (Dimension(axis.after) - span + axis.stride).constant, overhang > 0 else { return rounded }
    equation(
      name,
      [
        "windows that begin within the input or the padding before it: floor((\(letter) + before - 1) / s) + 1",
        "floor((\(size.written) + \(axis.before) - 1) / \(axis.stride)) + 1", starts.written,
      ])
    return starts
  }

  /// Defines the letters of a window along one axis.
  mutating func defineWindow(_ window: Window, axis index: Int, letter: String, over size: Dimension) {
    let axis = window.axes[index]
    let isUniform = window.axes.allSatisfy { $0 == window.axes[0] }
    let suffix = isUniform ? "" : " along \(letter)"
    define(letter, "input \(sideName(letter))", size)
    func add(_ name: String, _ meaning: String, _ value: Int) {
      if isUniform {
        define(name, meaning, Dimension(value))
      } else {
        letters.append(Letter(name: name, meaning: meaning + suffix, value: Dimension(value).written))
      }
    }
    add("k", "kernel", axis.kernel)
    add("s", "stride", axis.stride)
    if axis.dilation > 1 { add("d", "dilation", axis.dilation) }
    if window.padding == .explicit {
      add("before", "padding before", axis.before)
      add("after", "padding after", axis.after)
    }
  }

  private func sideName(_ letter: String) -> String {
    switch letter {
    case "H": "height"
    case "W": "width"
    case "L": "length"
    case "D": "depth"
    default: "side"
    }
  }
}
