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
