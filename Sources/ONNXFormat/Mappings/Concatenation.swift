import NetworkGraph
import SymbolicIntegers

/// ONNX Concat, Split, Slice and Pad.
extension Importer {
  func concatenation(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    guard let axis = try call.integer("axis") ?? (call.opset < 4 ? 1 : nil) else {
      throw .attribute("axis", problem: "is missing")
    }
    return .apply(.concatenation(Concatenation(axis: axis)), Array(0..<call.operands.count))
  }

  /// Sizes are an attribute before operator set 13, an operand since; without them the parts are equal, except that
  /// since operator set 18 the last one may be smaller.
  func split(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    let input = try call.type(0).shape
    let axis = try call.integer("axis") ?? 0
    guard let position = input.normalized(axis: axis) else { throw .shape(.axis(axis, shape: input)) }
    let parts = call.outputCount
    let sizes: [Dimension]
    if let stated = try call.integers("split") {
      sizes = stated.map { Dimension($0) }
    } else if call.opset >= 13, let stated = try call.dimensions(1) {
      sizes = stated
    } else {
      if let stated = try call.integer("num_outputs"), stated != parts {
        throw .attribute("num_outputs", problem: "is \(stated), but the node has \(parts) outputs")
      }
      sizes = try equalParts(of: input[position], parts, call)
    }
    guard sizes.count == parts else {
      throw .shape(.mismatch(rule: "one size for each output", left: "\(sizes.count) sizes", right: "\(parts) outputs"))
    }
    if let size = sizes.first(where: { ($0.constant ?? 1) < 0 }) {
      throw .shape(.setting("sizes of parts must not be negative", found: "\(size)"))
    }
    return .unary(.split(Split(axis: position, sizes: sizes)))
  }

  private func equalParts(
    of size: Dimension, _ parts: Int, _ call: NodeCall
  ) throws(MappingFailure) -> [Dimension] {
    guard parts > 0 else { throw .shape(.setting("a split has at least one output", found: "none")) }
    if let part = size.exactlyDivided(by: Dimension(parts)) { return Array(repeating: part, count: parts) }
    guard call.opset >= 18, size.isConstant else {
      throw .shape(.mismatch(rule: "the parts must be equal", left: "\(size)", right: "\(parts) parts"))
    }
    let part = size.ceilDivided(by: parts)
    return Array(repeating: part, count: parts - 1) + [size - part * (parts - 1)]
  }

  /// Bounds are attributes before operator set 10, operands since.
  func slice(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    let input = try call.type(0)
    let isOperand = call.opset >= 10
    guard let starts = try isOperand ? call.dimensions(1) : call.integers("starts").map(Self.dimensions),
      let ends = try isOperand ? call.dimensions(2) : call.integers("ends").map(Self.dimensions)
    else { throw .shape(.inputCount(expected: "starts and ends", found: call.operands.count)) }
    let axes = try isOperand ? call.integers(3) : call.integers("axes")
    let steps = try isOperand ? call.integers(4) : nil
    let count = starts.count
    guard ends.count == count, axes?.count ?? count == count, steps?.count ?? count == count else {
      throw .shape(.setting("starts, ends, axes and steps must be as many", found: "\(count) and \(ends.count)"))
    }
    var bounds: [Slice.Bounds] = []
    var symbolic: (axis: Int, size: Dimension)?
    for index in 0..<count {
      let axis = axes?[index] ?? index
      let step = steps?[index] ?? 1
      if let start = starts[index].constant, let end = ends[index].constant {
        bounds.append(Slice.Bounds(axis: axis, start: start, end: Self.bound(end, step: step), step: step))
      } else {
        guard let position = input.shape.normalized(axis: axis) else { throw .shape(.axis(axis, shape: input.shape)) }
        let size = input.shape[position]
        if starts[index] == 0, ends[index] == size, step == 1 { continue }
        guard symbolic == nil, step == 1 else { throw .unsupported(reason: "its bounds depend on symbols") }
        let end = (ends[index].constant ?? 0) < 0 ? size + ends[index] : ends[index]
        symbolic = (position, (ends[index].constant ?? 0) >= Self.noBound ? size - starts[index] : end - starts[index])
      }
    }
    guard let symbolic else { return .unary(.slice(Slice(bounds))) }
    // The graph's slices have plain bounds; the size is known all the same.
    var type = try outputTypes(.slice(Slice(bounds)), [input])[0]
    type.shape[symbolic.axis] = symbolic.size
    throw .unsupported(reason: "its bounds depend on symbols", types: [type])
  }

  private static func dimensions(_ values: [Int]) -> [Dimension] { values.map { Dimension($0) } }

  /// What exporters write for "up to the end".
  private static let noBound = Int(Int32.max)

  private static func bound(_ end: Int, step: Int) -> Int? {
    step > 0 ? (end >= noBound ? nil : end) : (end <= -noBound ? nil : end)
  }

  /// Paddings are attributes before operator set 11, operands since.
  func pad(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    let rank = try call.type(0).shape.rank
    let isOperand = call.opset >= 11
    let name = call.has("paddings") ? "paddings" : "pads"
    guard let pads = try isOperand ? call.integers(1) : call.integers(name) else {
      throw .attribute("pads", problem: "is missing")
    }
    let axes = try isOperand ? call.integers(3) ?? Array(0..<rank) : Array(0..<rank)
    guard pads.count == 2 * axes.count else {
      throw .shape(.mismatch(rule: "two paddings per axis", left: "\(pads.count)", right: "\(axes.count) axes"))
    }
    var before = Array(repeating: 0, count: rank)
    var after = before
    for (index, axis) in axes.enumerated() {
      let position = axis < 0 ? axis + rank : axis
      guard before.indices.contains(position) else { throw .shape(.axis(axis, shape: try call.type(0).shape)) }
      before[position] = pads[index]
      after[position] = pads[index + axes.count]
    }
    var pad = Pad(before: before, after: after, mode: .constant(0))
    switch try (call.text("mode") ?? "constant") {
    case "constant":
      guard isOperand, call.operand(2) != nil else {
        pad.mode = .constant(try isOperand ? 0 : call.real("value") ?? 0)
        break
      }
      guard let value = try call.fixedReal(2) else {
        throw .unsupported(
          reason: "the value that it pads with is computed while the network runs",
          types: try outputTypes(.pad(pad), [call.type(0)]))
      }
      pad.mode = .constant(value)
    case "reflect": pad.mode = .reflect
    case "edge": pad.mode = .edge
    case "wrap": pad.mode = .wrap
    case let other: throw .attribute("mode", problem: "is '\(other)', but must be constant, reflect, edge or wrap")
    }
    return .unary(.pad(pad))
  }
}

// MARK: - Export

extension Exporter {
  func spelling(_ concatenation: Concatenation, _ call: ExportCall) -> Spelling {
    Spelling(.concat, call.operands, [AttributeProto("axis", integer: concatenation.axis)])
  }

  mutating func spelling(_ split: Split, _ call: ExportCall) throws(ExportError) -> Spelling {
    let sizes = try sizes(split.sizes, "sizes", of: call)
    return Spelling(.split, call.operands + [sizes], [AttributeProto("axis", integer: split.axis)])
  }

  mutating func spelling(_ slice: Slice, _ call: ExportCall) -> Spelling {
    let ends = slice.bounds.map { $0.end ?? ($0.step > 0 ? Int.max : -Int.max) }
    let settings = [slice.bounds.map(\.start), ends, slice.bounds.map(\.axis), slice.bounds.map(\.step)]
    return Spelling(.slice, call.operands + settings.map { setting($0) })
  }

  mutating func spelling(_ pad: Pad, _ call: ExportCall) throws(ExportError) -> Spelling {
    var operands = call.operands + [setting(pad.before + pad.after)]
    let mode: String
    switch pad.mode {
    case .constant(let value):
      mode = "constant"
      if value != 0 { operands.append(setting(value)) }
    case .reflect: mode = "reflect"
    case .edge: mode = "edge"
    case .wrap:
      try require(19, call)
      mode = "wrap"
    }
    return Spelling(.pad, operands, mode == "constant" ? [] : [AttributeProto("mode", text: mode)])
  }
}
