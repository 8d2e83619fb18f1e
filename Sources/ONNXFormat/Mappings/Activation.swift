import NetworkGraph
import SymbolicIntegers

/// ONNX activations and Softmax.
extension Importer {
  func activation(_ function: Activation.Function) -> Mapping { .unary(.activation(Activation(function))) }

  /// Bounds are attributes before operator set 11, operands since.
  mutating func clip(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    if call.opset < 11 {
      return activation(.clip(try call.real("min") ?? -.infinity, try call.real("max") ?? .infinity))
    }
    if call.isComputed(1) || call.isComputed(2) {
      // A bound that is computed makes this the larger or the smaller of two tensors.
      var result = try feature(call, 0)
      for (position, function) in [(1, Elementwise.Function.maximum), (2, .minimum)] where call.operand(position) != nil
      {
        let inputs = [result, try feature(call, position)]
        result = try emit(.elementwise(Elementwise(function)), inputs, call.place.appending(function.rawValue))[0]
      }
      return .outputs([.feature(result)])
    }
    return activation(
      .clip(try call.reals(1)?.first ?? -.infinity, try call.reals(2)?.first ?? .infinity))
  }

  func swish(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    guard try call.real("alpha") ?? 1 == 1 else {
      throw .unsupported(reason: "its alpha is not 1", types: [try call.type(0)])
    }
    return activation(.silu)
  }

  func gelu(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    switch try call.text("approximate") ?? "none" {
    case "none": activation(.gelu)
    case "tanh": activation(.geluTanh)
    case let other: throw .attribute("approximate", problem: "is '\(other)', but must be none or tanh")
    }
  }

  func selu(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    activation(
      .selu(
        alpha: try call.real("alpha") ?? 1.67326319217681884765625,
        scale: try call.real("gamma") ?? 1.05070102214813232421875))
  }

  mutating func parametricReLU(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    let operation = Operator.activation(Activation(.preLU(slope: try call.type(1).shape)))
    let input = try feature(call, 0)
    if let slots = call.slots([(1, "weight", .trainable)]), let parameters = parameters(slots) {
      return .outputs([.feature(try emit(operation, [input], call.place, sharing: parameters)[0])])
    }
    return .apply(operation, [0, 1])
  }

  /// Before operator set 13 all axes from `axis` on are one.
  mutating func softmax(_ call: NodeCall, logarithm: Bool) throws(MappingFailure) -> Mapping {
    let input = try call.type(0).shape
    if call.opset >= 13 {
      return .unary(.softmax(Softmax(axis: try call.integer("axis") ?? -1, logarithm: logarithm)))
    }
    let axis = try call.integer("axis") ?? 1
    guard let position = input.normalized(axis: axis) else { throw .shape(.axis(axis, shape: input)) }
    if input.dimensions[(position + 1)...].allSatisfy({ $0 == 1 }) {
      return .unary(.softmax(Softmax(axis: position, logarithm: logarithm)))
    }
    let flat = try emit(
      .view(.flatten(from: position, through: -1)), [feature(call, 0)], call.place.appending("flatten"))
    let result = try emit(.softmax(Softmax(axis: position, logarithm: logarithm)), flat, call.place)
    let target = input.dimensions.map { View.Size.size($0) }
    return .outputs([.feature(try emit(.view(.reshape(target)), result, call.place.appending("reshape"))[0])])
  }
}

extension Activation.Function {
  /// Clipping under its usual name.
  fileprivate static func clip(_ lower: Double, _ upper: Double) -> Self {
    lower == 0 && upper == 6 ? .relu6 : .clip(lower: lower, upper: upper)
  }
}

// MARK: - Export

extension Exporter {
  mutating func spelling(_ activation: Activation, _ call: ExportCall) throws(ExportError) -> Spelling {
    let x = call.operands
    func alpha(_ value: Double) -> [AttributeProto] { [AttributeProto("alpha", real: value)] }
    switch activation.function {
    case .relu: return Spelling(.relu, x)
    case .relu6: return clip(0, 6, call)
    case .clip(let lower, let upper): return clip(lower, upper, call)
    case .leakyReLU(let slope): return Spelling(.leakyRelu, x, alpha(slope))
    case .preLU(let slope): return parametricReLU(slope, call)
    case .thresholdedReLU(let threshold): return Spelling(.thresholdedRelu, x, alpha(threshold))
    case .sigmoid: return Spelling(.sigmoid, x)
    case .hardSigmoid(let factor, let beta):
      return Spelling(.hardSigmoid, x, alpha(factor) + [AttributeProto("beta", real: beta)])
    case .tanh: return Spelling(.tanh, x)
    case .silu: return opset >= 24 ? Spelling(.swish, x) : Spelling(.silu, x)
    case .hardSwish: return Spelling(.hardSwish, x)
    case .gelu:
      try require(20, call)
      return Spelling(.gelu, x)
    case .geluTanh:
      try require(20, call)
      return Spelling(.gelu, x, [AttributeProto("approximate", text: "tanh")])
    case .mish: return Spelling(.mish, x)
    case .softplus: return Spelling(.softplus, x)
    case .softsign: return Spelling(.softsign, x)
    case .elu(let factor): return Spelling(.elu, x, alpha(factor))
    case .selu(let factor, let scale):
      return Spelling(.selu, x, alpha(factor) + [AttributeProto("gamma", real: scale)])
    case .celu(let factor): return Spelling(.celu, x, alpha(factor))
    }
  }

  /// Infinite bounds are left out.
  private mutating func clip(_ lower: Double, _ upper: Double, _ call: ExportCall) -> Spelling {
    var operands = call.operands
    if lower > -.infinity || upper < .infinity { operands.append(lower > -.infinity ? setting(lower) : "") }
    if upper < .infinity { operands.append(setting(upper)) }
    return Spelling(.clip, operands)
  }

  /// One slope for each channel is laid along axis 1, which broadcasting alone would not do.
  private func parametricReLU(_ slope: Shape, _ call: ExportCall) -> Spelling {
    guard slope.rank == 1, call.shape.rank > 2, slope[0] == call.shape[1] else {
      return Spelling(.pRelu, call.operands)
    }
    let shape = [-1] + Array(repeating: 1, count: call.shape.rank - 2)
    return Spelling(.channelPReLU, call.operands, [AttributeProto("shape", integers: shape)])
  }

  func spelling(_ softmax: Softmax, _ call: ExportCall) -> Spelling {
    Spelling(
      softmax.logarithm ? .logSoftmax : .softmax, call.operands, [AttributeProto("axis", integer: softmax.axis)])
  }
}
