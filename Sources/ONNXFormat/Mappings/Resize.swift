import NetworkGraph
import SymbolicIntegers

/// ONNX Resize and Upsample.
extension Importer {
  /// Operator set 10 has operands X and scales; later ones X, roi, scales and sizes.
  func resize(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    let input = try call.type(0)
    let rank = input.shape.rank
    let axes = try positions(call.integers("axes") ?? Array(0..<rank), input.shape)
    let scales = try call.reals(call.opset < 11 ? 1 : 2) ?? []
    var result = Array(repeating: Resize.Size.factor(1), count: rank)
    for axis in 0..<rank { result[axis] = .size(input.shape[axis]) }
    if !scales.isEmpty {
      guard scales.count == axes.count else {
        throw .shape(.mismatch(rule: "one scale per axis", left: "\(scales.count) scales", right: "\(axes.count) axes"))
      }
      for (axis, scale) in zip(axes, scales) where scale != 1 { result[axis] = .factor(scale) }
    } else {
      guard call.opset >= 11, let sizes = try call.dimensions(3), sizes.count == axes.count else {
        throw .shape(.setting("Resize needs one scale or one size per axis", found: "none"))
      }
      if let size = sizes.first(where: { ($0.constant ?? 1) < 1 }) {
        throw .shape(.setting("sizes of a Resize are positive", found: "\(size)"))
      }
      let fitted = try fit(sizes, axes, input.shape, call)
      for (axis, size) in zip(axes, fitted) { result[axis] = .size(size) }
    }
    return try resampled(call, result)
  }

  /// Scales are an attribute before operator set 9, an operand in 9.
  func upsample(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    let input = try call.type(0).shape
    let scales: [Double]
    if let stated = try call.opset < 9 ? call.reals("scales") : call.reals(1) {
      scales = stated
    } else if let height = try call.real("height_scale"), let width = try call.real("width_scale") {
      scales = [1, 1, height, width]
    } else {
      throw .attribute("scales", problem: "is missing")
    }
    guard scales.count == input.rank else {
      throw .shape(.mismatch(rule: "one scale per axis", left: "\(scales.count) scales", right: "input \(input)"))
    }
    let sizes = zip(input.dimensions, scales).map { $1 == 1 ? Resize.Size.size($0) : .factor($1) }
    return try resampled(call, sizes)
  }

  private func positions(_ axes: [Int], _ shape: Shape) throws(MappingFailure) -> [Int] {
    var result: [Int] = []
    for axis in axes {
      guard let position = shape.normalized(axis: axis) else { throw .shape(.axis(axis, shape: shape)) }
      result.append(position)
    }
    return result
  }

  /// The sizes, changed to keep the ratio of the sides where the attribute asks for it.
  private func fit(
    _ sizes: [Dimension], _ axes: [Int], _ input: Shape, _ call: NodeCall
  ) throws(MappingFailure) -> [Dimension] {
    let policy = try call.text("keep_aspect_ratio_policy") ?? "stretch"
    if policy == "stretch" { return sizes }
    var factors: [Double] = []
    for (axis, size) in zip(axes, sizes) {
      guard let size = size.constant, let side = input[axis].constant, side > 0 else {
        throw .unsupported(reason: "it keeps the ratio of sides that depend on symbols")
      }
      factors.append(Double(size) / Double(side))
    }
    guard let factor = policy == "not_larger" ? factors.min() : factors.max() else { return sizes }
    var result: [Dimension] = []
    for axis in axes {
      let side = (Double(input[axis].constant ?? 1) * factor).rounded()
      guard let size = Int(exactly: side) else { throw .shape(.setting("a side must be a number", found: "\(side)")) }
      result.append(Dimension(size))
    }
    return result
  }

  /// The operator for these sizes. What ONNX can ask for and the graph does not have makes it opaque.
  private func resampled(_ call: NodeCall, _ sizes: [Resize.Size]) throws(MappingFailure) -> Mapping {
    // Upsample, and Resize of operator set 10.
    let isOld = call.opset < 11 || call.proto.opType == OperatorName.upsample.rawValue
    let mode: Resize.Mode
    switch try (call.text("mode") ?? "nearest") {
    case "nearest": mode = .nearest(isOld ? .floor : try rounding(call))
    case "linear", "bilinear": mode = .linear
    case "cubic": mode = .cubic
    case let other: throw .attribute("mode", problem: "is '\(other)', but must be nearest, linear or cubic")
    }
    var resize = Resize(mode, sizes: sizes)
    switch isOld ? "asymmetric" : try call.text("coordinate_transformation_mode") ?? "half_pixel" {
    case "half_pixel": resize.coordinates = .halfPixel
    case "half_pixel_symmetric": resize.coordinates = .halfPixelSymmetric
    case "pytorch_half_pixel": resize.coordinates = .pytorchHalfPixel
    case "align_corners": resize.coordinates = .alignCorners
    case "asymmetric": resize.coordinates = .asymmetric
    case let other:
      throw .unsupported(
        reason: "its coordinates are \(other)", types: try outputTypes(.resize(resize), [call.type(0)]))
    }
    var reason: String?
    if mode == .linear || mode == .cubic, try call.flag("antialias") {
      reason = "it smooths what it reduces (antialias)"
    }
    if mode == .cubic, try call.flag("exclude_outside") { reason = "its kernel leaves out what lies outside" }
    if mode == .cubic, let coefficient = try call.real("cubic_coeff_a"), coefficient != -0.75 {
      reason = "its cubic coefficient is \(coefficient), not -0.75"
    }
    if let reason {
      throw .unsupported(reason: reason, types: try outputTypes(.resize(resize), [call.type(0)]))
    }
    return .unary(.resize(resize))
  }

  private func rounding(_ call: NodeCall) throws(MappingFailure) -> Resize.Rounding {
    let stated = try call.text("nearest_mode") ?? Resize.Rounding.preferFloor.onnx
    guard let rounding = Resize.Rounding.allCases.first(where: { $0.onnx == stated }) else {
      let names = Resize.Rounding.allCases.map(\.onnx).joined(separator: ", ")
      throw .attribute("nearest_mode", problem: "is '\(stated)', but must be one of \(names)")
    }
    return rounding
  }
}

extension Resize.Rounding {
  /// The name in a file.
  fileprivate var onnx: String {
    switch self {
    case .preferFloor: "round_prefer_floor"
    case .preferCeiling: "round_prefer_ceil"
    case .floor: "floor"
    case .ceiling: "ceil"
    }
  }
}

// MARK: - Export

extension Exporter {
  mutating func spelling(_ resize: Resize, _ call: ExportCall) throws(ExportError) -> Spelling {
    let coordinates =
      switch resize.coordinates {
      case .halfPixel: "half_pixel"
      case .halfPixelSymmetric: "half_pixel_symmetric"
      case .pytorchHalfPixel: "pytorch_half_pixel"
      case .alignCorners: "align_corners"
      case .asymmetric: "asymmetric"
      }
    if resize.coordinates == .halfPixelSymmetric { try require(19, call) }
    var attributes = [
      AttributeProto("mode", text: resize.mode.name),
      AttributeProto("coordinate_transformation_mode", text: coordinates),
    ]
    if case .nearest(let rounding) = resize.mode {
      attributes.append(AttributeProto("nearest_mode", text: rounding.onnx))
    }
    // Scales where every axis has one or stays as it is, else sizes.
    var scales: [Double] = []
    for (axis, size) in resize.sizes.enumerated() {
      switch size {
      case .factor(let factor): scales.append(factor)
      case .size(let size): if size == call.shape[axis] { scales.append(1) }
      }
    }
    if scales.count == resize.sizes.count, scales.contains(where: { $0 != 1 }) {
      return Spelling(.resize, call.operands + ["", setting(reals: scales)], attributes)
    }
    for (axis, size) in resize.sizes.enumerated() {
      guard case .factor(let factor) = size, factor != 1 else { continue }
      let product = call.shape[axis].constant.map { Double($0) * factor }
      guard let product, product == product.rounded() else {
        throw call.noCounterpart("it has a size for one axis and a factor, \(factor), that rounds another")
      }
    }
    return Spelling(
      .resize, call.operands + ["", "", try sizes(call.result.dimensions, "sizes", of: call)], attributes)
  }
}
