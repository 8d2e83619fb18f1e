import NetworkGraph
import SymbolicIntegers

/// ONNX Conv: operands X, W and optionally B.
extension Importer {
  mutating func convolution(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    let weight = try call.required(1).type.shape
    guard weight.rank >= 3 else {
      throw .shape(.rank(expected: "a weight of at least 3 axes", found: weight))
    }
    let operation = Convolution(
      outputChannels: weight[0], window: try call.window(kernel: call.kernel(of: weight)),
      groups: Dimension(try call.integer("group") ?? 1), bias: call.operand(2) != nil)
    return try weighted(.convolution(operation), call)
  }

  /// An operator that owns a weight and a bias: as parameters where the file stores them, else as inputs.
  mutating func weighted(_ operation: Operator, _ call: NodeCall) throws(MappingFailure) -> Mapping {
    let input = try feature(call, 0)
    if let slots = call.slots([(1, "weight", .trainable), (2, "bias", .trainable)]),
      let parameters = parameters(slots)
    {
      return .outputs([.feature(try emit(operation, [input], call.place, sharing: parameters)[0])])
    }
    var inputs = [input, try feature(call, 1)]
    if call.operand(2) != nil { inputs.append(try feature(call, 2)) }
    return .outputs([.feature(try emit(operation, inputs, call.place)[0])])
  }
}

extension NodeCall {
  /// The constants at some positions as weights; nil where one of them is computed. Those left out are left out.
  func slots(_ roles: [(position: Int, name: String, kind: ParameterSpec.Kind)]) -> [WeightSlot]? {
    var slots: [WeightSlot] = []
    for role in roles {
      switch operand(role.position) {
      case .constant(let constant): slots.append(WeightSlot(name: role.name, constant: constant, kind: role.kind))
      case .feature: return nil
      case nil: continue
      }
    }
    return slots
  }

  /// The kernel sizes of a weight, which the attribute must repeat where it is given.
  func kernel(of weight: Shape) throws(MappingFailure) -> [Int] {
    var kernel: [Int] = []
    for dimension in weight.spatial {
      guard let size = dimension.constant else {
        throw .unsupported(reason: "the kernel's size depends on \(dimension)")
      }
      kernel.append(size)
    }
    if let stated = try integers("kernel_shape"), stated != kernel {
      throw .attribute("kernel_shape", problem: "is \(stated), but the weight is \(weight)")
    }
    return kernel
  }

  /// The window that kernel, strides, dilations, pads, auto_pad and ceil_mode describe.
  func window(kernel: [Int]) throws(MappingFailure) -> Window {
    let rank = kernel.count
    let strides = try perAxis("strides", rank, default: 1)
    let dilations = try perAxis("dilations", rank, default: 1)
    let pads = try integers("pads") ?? Array(repeating: 0, count: 2 * rank)
    guard pads.count == 2 * rank else {
      throw .attribute("pads", problem: "has \(pads.count) values, but \(rank) spatial axes need \(2 * rank)")
    }
    let padding: Window.Padding
    let autoPad = try text("auto_pad") ?? "NOTSET"
    switch autoPad {
    case "NOTSET", "VALID", "": padding = .explicit
    case "SAME_UPPER": padding = .sameUpper
    case "SAME_LOWER": padding = .sameLower
    default:
      throw .attribute("auto_pad", problem: "is '\(autoPad)', but must be NOTSET, VALID, SAME_UPPER or SAME_LOWER")
    }
    let isValid = autoPad == "VALID"
    var axes: [Window.Axis] = []
    for axis in 0..<rank {
      axes.append(
        Window.Axis(
          kernel: kernel[axis], stride: strides[axis], dilation: dilations[axis], before: isValid ? 0 : pads[axis],
          after: isValid ? 0 : pads[axis + rank]))
    }
    return Window(axes, padding: padding, ceilMode: try flag("ceil_mode"))
  }

  /// An attribute with one value for each of `rank` axes.
  func perAxis(_ name: String, _ rank: Int, default value: Int) throws(MappingFailure) -> [Int] {
    guard let values = try integers(name) else { return Array(repeating: value, count: rank) }
    guard values.count == rank else {
      throw .attribute(name, problem: "has \(values.count) values for \(rank) spatial axes")
    }
    return values
  }
}

// MARK: - Export

extension Exporter {
  func spelling(_ convolution: Convolution, _ call: ExportCall) throws(ExportError) -> Spelling {
    var attributes = try call.attributes(of: convolution.slidingWindow)
    let groups = try call.plain(convolution.groups, "its number of groups")
    if groups != 1 { attributes.append(AttributeProto("group", integer: groups)) }
    guard let standardization = convolution.standardization else { return Spelling(.conv, call.operands, attributes) }
    let channels = try call.plain(call.shape[1], "its number of channels")
    var fanIn = Double(channels / groups)
    for axis in convolution.slidingWindow.axes { fanIn *= Double(axis.kernel) }
    attributes += [
      AttributeProto("epsilon", real: standardization.epsilon), AttributeProto("factor", real: standardization.factor),
      AttributeProto("fan_in", real: fanIn),
    ]
    guard standardization.gain else { return Spelling(.standardizedConvolution, call.operands, attributes) }
    // The state dictionary has the gain last; the bias may be left out.
    var operands = call.operands
    if convolution.bias, operands.count == 4 { operands.swapAt(2, 3) }
    return Spelling(.scaledStandardizedConvolution, operands, attributes)
  }
}

extension ExportCall {
  /// The attributes of a window over the first input; those at their defaults are left out. SAME padding is written in
  /// numbers where the sizes are known.
  func attributes(of window: Window) throws(ExportError) -> [AttributeProto] {
    var result = [AttributeProto("kernel_shape", integers: window.axes.map(\.kernel))]
    let strides = window.axes.map(\.stride)
    let dilations = window.axes.map(\.dilation)
    if strides.contains(where: { $0 != 1 }) { result.append(AttributeProto("strides", integers: strides)) }
    if dilations.contains(where: { $0 != 1 }) { result.append(AttributeProto("dilations", integers: dilations)) }
    guard let pads = window.pads(for: shape) else {
      let mode = window.padding == .sameUpper ? "SAME_UPPER" : "SAME_LOWER"
      return result + [AttributeProto("auto_pad", text: mode)]
    }
    if let cropped = pads.first(where: { $0 < 0 }) { throw noCounterpart("its window has a padding of \(cropped)") }
    if pads.contains(where: { $0 != 0 }) { result.append(AttributeProto("pads", integers: pads)) }
    return result
  }
}

extension Window {
  /// The paddings before all spatial axes of an input, then those after; nil where they depend on symbols.
  func pads(for input: Shape) -> [Int]? {
    let pairs = axes.indices.map { padding(input[$0 + 2], axis: $0) }
    let pads = (pairs.map(\.before) + pairs.map(\.after)).compactMap(\.constant)
    return pads.count == 2 * axes.count ? pads : nil
  }
}

// MARK: - Functions

extension Importer {
  /// Operands X, W, the gain where there is one, and optionally the bias.
  mutating func standardizedConvolution(_ call: NodeCall, gain: Bool) throws(MappingFailure) -> Mapping {
    let weight = try call.required(1).type.shape
    let biasPosition = gain ? 3 : 2
    let standardization = Convolution.Standardization(
      epsilon: try call.real("epsilon") ?? 1e-5, gain: gain, factor: try call.real("factor") ?? 1)
    let operation = Convolution(
      outputChannels: weight.rank > 0 ? weight[0] : 1, window: try call.window(kernel: call.kernel(of: weight)),
      groups: Dimension(try call.integer("group") ?? 1), bias: call.operand(biasPosition) != nil,
      standardization: standardization)
    var roles: [(Int, String, ParameterSpec.Kind)] = [(1, "weight", .trainable), (biasPosition, "bias", .trainable)]
    if gain { roles.append((2, "gain", .trainable)) }
    guard let slots = call.slots(roles), let parameters = parameters(slots) else {
      throw .unsupported(reason: "its weights are computed")
    }
    let input = try feature(call, 0)
    return .outputs([.feature(try emit(.convolution(operation), [input], call.place, sharing: parameters)[0])])
  }
}
