import NetworkGraph
import SymbolicIntegers

/// ONNX Reshape, Flatten, Squeeze and Unsqueeze.
extension Importer {
  func reshape(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    let sizes: [Dimension]
    if call.opset < 5, let stated = try call.integers("shape") {
      sizes = stated.map { Dimension($0) }
    } else {
      guard let stated = try call.dimensions(1) else {
        throw .shape(.inputCount(expected: "2 inputs", found: call.operands.count))
      }
      sizes = stated
    }
    let keepsZeros = try call.flag("allowzero")
    var target: [View.Size] = []
    for (axis, size) in sizes.enumerated() {
      switch size.constant {
      case 0 where !keepsZeros: target.append(.sameAs(axis: axis))
      case -1: target.append(.inferred)
      case let value? where value < 0: throw .shape(.setting("sizes of a reshape are at least -1", found: "\(value)"))
      default: target.append(.size(size))
      }
    }
    return .unary(.view(.reshape(target)))
  }

  /// The result has two axes: those before `axis`, and the others.
  func flatten(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    let input = try call.type(0).shape
    let axis = try call.integer("axis") ?? 1
    let position = axis < 0 ? axis + input.rank : axis
    guard position >= 0, position <= input.rank else { throw .shape(.axis(axis, shape: input)) }
    if position == 1, input.rank > 1 { return .unary(.view(.flatten(from: 1, through: -1))) }
    let rows = Shape(Array(input.dimensions[..<position])).elementCount
    let columns = Shape(Array(input.dimensions[position...])).elementCount
    return .unary(.view(.reshape([.size(rows), .size(columns)])))
  }

  /// Axes are an attribute before operator set 13, an operand since.
  private func axes(_ call: NodeCall) throws(MappingFailure) -> [Int]? {
    try call.opset < 13 ? call.integers("axes") : call.integers(1)
  }

  func squeeze(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    .unary(.view(.squeeze(axes: try axes(call) ?? [])))
  }

  func unsqueeze(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    guard let axes = try axes(call) else { throw .attribute("axes", problem: "is missing") }
    guard axes.count <= Self.rankLimit else {
      throw .file(.rank(value: call.place.description, axes.count, limit: Self.rankLimit))
    }
    return .unary(.view(.unsqueeze(axes: axes)))
  }
}

// MARK: - Export

extension Exporter {
  mutating func spelling(_ view: View, _ call: ExportCall) throws(ExportError) -> Spelling {
    switch view {
    case .squeeze(let axes): return Spelling(.squeeze, call.operands + (axes.isEmpty ? [] : [setting(axes)]))
    case .unsqueeze(let axes): return Spelling(.unsqueeze, call.operands + [setting(axes)])
    case .flatten(let from, let through) where call.isFlattening(from, through):
      return Spelling(.flatten, call.operands)
    case .flatten, .reshape: return Spelling(.reshape, call.operands + [try target(of: call)])
    }
  }

  /// The sizes of a reshape's result: a symbolic one is 0, for the size of the input's axis, or -1, for the rest, where
  /// that says it.
  private mutating func target(of call: ExportCall) throws(ExportError) -> String {
    var sizes: [Int] = []
    for (axis, dimension) in call.result.dimensions.enumerated() {
      if let size = dimension.constant {
        sizes.append(size)
      } else if axis < call.shape.rank, call.shape[axis] == dimension {
        sizes.append(0)
      } else if !sizes.contains(-1) {
        sizes.append(-1)
      } else {
        return try self.sizes(call.result.dimensions, "shape", of: call)
      }
    }
    return setting(sizes)
  }
}

extension ExportCall {
  /// Whether flattening these axes of the first input leaves the first axis and one other: what ONNX calls Flatten.
  fileprivate func isFlattening(_ from: Int, _ through: Int) -> Bool {
    shape.rank > 1 && position(from) == 1 && position(through) == shape.rank - 1
  }
}
