import NetworkGraph
import SymbolicIntegers

extension ReceptiveField {
  /// How large a part of the image a unit of a node sees, from what its inputs see.
  ///
  /// Each step of a window widens the field by `d * (k - 1)` strides of the map it reads. The value is the extent along
  /// the last axis that is worked out; nil where units see the whole image or nothing of it.
  public func explain(_ node: Node) -> Explanation {
    var result = Explanation(
      .receptiveField,
      "A unit sees the positions of the image that can change it.",
      source: "Araujo, Norris and Sim 2019, doi:10.23915/distill.00021, equation 2")
    guard let field = field(of: node.id) else {
      result.rule += " This one depends on the network's own tensors alone, or its input is the image itself."
      result.equation("size", ["none"])
      return result
    }
    let window = window(of: node, &result)
    let letters = axisLetters(field.axes.count)
    for (index, axis) in field.axes.enumerated() {
      let letter = letters[index]
      explain(axis, letter, of: node, index, window.flatMap { index < $0.axes.count ? $0.axes[index] : nil }, &result)
    }
    let sizes = field.axes.map(\.size)
    result.equation("size", [sizes.map { $0?.written ?? "the whole image" }.joined(separator: " x ")])
    if let first = sizes.first, sizes.allSatisfy({ $0 == first }) { result.value = first }
    return result
  }

  private func window(of node: Node, _ result: inout Explanation) -> Window? {
    switch node.operation {
    case .convolution, .pool:
      result.rule +=
        " A window of k taps sees k fields of the map it reads, j positions of the image apart: it adds d * (k - 1) * j."
      return node.semantics.window
    case .transposedConvolution:
      result.rule += " Windows laid down s apart overlap: a unit sees the input positions whose windows reach it."
    case .concatenation, .elementwise, .matrixProduct:
      result.rule += " Branches are joined: a unit sees what any of them sees, from the first to the last position."
    default: result.rule += " The operator reads what its input's units see."
    }
    return nil
  }

  private func explain(
    _ axis: AxisField, _ letter: String, of node: Node, _ index: Int, _ window: Window.Axis?,
    _ result: inout Explanation
  ) {
    if let cause = axis.globalCause {
      let name = graph.path(of: graph.nodes[cause])
      result.equation(
        "whole along \(letter)",
        [
          "\(name) (\(graph.nodes[cause].semantics.name)) reads all positions\(axis.isLocal ? "; left out below" : "")"
        ])
    }
    guard axis.isLocal, let size = axis.size else { return }
    let before = node.inputs.compactMap { input -> (size: Dimension, stride: UnitStride, isUniform: Bool)? in
      guard let field = field(of: input.node), index < field.axes.count, field.axes[index].isLocal,
        let size = field.axes[index].size, let stride = field.axes[index].stride
      else { return nil }
      return (size, stride, field.axes[index].isUniform)
    }
    if let window, let input = before.first, input.stride.units == 1, input.isUniform {
      let jump = input.stride.positions
      let sum = input.size + Dimension(window.dilation) * (window.kernel - 1) * jump
      result.equation(
        "r_\(letter)",
        [
          "r_in + d * (k - 1) * j_in",
          "\(input.size.written) + \(window.dilation) * (\(window.kernel) - 1) * \(jump)", sum.written,
        ])
      result.equation(
        "j_\(letter)", ["j_in * s", "\(jump) * \(window.stride)", axis.stride?.description ?? "unknown"])
    } else if window != nil {
      result.equation("r_\(letter)", ["units of the map it reads see unequal parts; the largest here", size.written])
    } else if before.count > 1 {
      let parts = before.map(\.size.written)
      result.equation(
        "r_\(letter)", ["hull of fields of \(parts.joined(separator: " and "))", size.written])
    } else {
      let input = before.first.map(\.size.written) ?? "1"
      result.equation("r_\(letter)", ["\(size.written), of inputs that see \(input)"])
    }
    if let padding = axis.padding {
      result.equation("first unit along \(letter)", ["begins at \(-padding) of the image"])
    }
  }
}

extension AxisField {
  /// Whether units see equally many positions, each a stride behind the one before. Looks at a few units: where they differ
  /// they do so from window to window.
  fileprivate var isUniform: Bool {
    guard let stride, let first = range(of: 0), stride.units == 1 else { return false }
    return (1...64).allSatisfy { unit in
      guard let range = range(of: unit) else { return false }
      return range.count == first.count && range.start == first.start + unit * stride.positions
    }
  }
}
