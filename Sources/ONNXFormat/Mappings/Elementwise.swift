import NetworkGraph
import SymbolicIntegers

/// ONNX functions of corresponding elements.
extension Importer {
  mutating func elementwise(_ function: Elementwise.Function, _ call: NodeCall) throws(MappingFailure) -> Mapping {
    let operation = Operator.elementwise(Elementwise(function))
    guard call.opset < 7, try call.flag("broadcast"), let axis = try call.integer("axis") else {
      return .apply(operation, Array(0..<call.operands.count))
    }
    // Before operator set 7 the second operand's first axis lies at `axis` of the first.
    let left = try call.type(0).shape
    var right = try feature(call, 1)
    guard let position = left.normalized(axis: axis), position + right.shape.rank <= left.rank else {
      throw .shape(.axis(axis, shape: left))
    }
    let missing = left.rank - position - right.shape.rank
    if missing > 0 {
      let rank = right.shape.rank
      right = try emit(
        .view(.unsqueeze(axes: Array(rank..<rank + missing))), [right], call.place.appending("unsqueeze"))[0]
    }
    return .outputs([.feature(try emit(operation, [feature(call, 0), right], call.place)[0])])
  }
}

// MARK: - Export

extension Exporter {
  func spelling(_ elementwise: Elementwise, _ call: ExportCall) throws(ExportError) -> Spelling {
    let operands = call.operands
    switch elementwise.function {
    case .add: return Spelling(operands.count == 2 ? .add : .sum, operands)
    case .subtract: return Spelling(.sub, operands)
    case .multiply: return Spelling(.mul, operands)
    case .divide: return Spelling(.div, operands)
    case .power: return Spelling(.pow, operands)
    case .modulo:
      guard !call.inputs[0].elementType.isFloatingPoint else {
        throw call.noCounterpart("of real numbers only the remainder with the sign of the dividend is known")
      }
      return Spelling(.mod, operands)
    case .remainder: return Spelling(.mod, operands, [AttributeProto("fmod", flag: true)])
    case .minimum: return Spelling(.min, operands)
    case .maximum: return Spelling(.max, operands)
    case .mean: return Spelling(.mean, operands)
    case .equal: return Spelling(.equal, operands)
    case .less: return Spelling(.less, operands)
    case .lessOrEqual: return Spelling(.lessOrEqual, operands)
    case .greater: return Spelling(.greater, operands)
    case .greaterOrEqual: return Spelling(.greaterOrEqual, operands)
    case .and: return Spelling(.and, operands)
    case .or: return Spelling(.or, operands)
    case .xor: return Spelling(.xor, operands)
    case .not: return Spelling(.not, operands)
    case .exponential: return Spelling(.exp, operands)
    case .logarithm: return Spelling(.log, operands)
    case .squareRoot: return Spelling(.sqrt, operands)
    case .reciprocal: return Spelling(.reciprocal, operands)
    case .errorFunction: return Spelling(.erf, operands)
    case .absolute: return Spelling(.abs, operands)
    case .negate: return Spelling(.neg, operands)
    case .sign: return Spelling(.sign, operands)
    case .floor: return Spelling(.floor, operands)
    case .ceiling: return Spelling(.ceil, operands)
    case .round: return Spelling(.round, operands)
    case .sine: return Spelling(.sin, operands)
    case .cosine: return Spelling(.cos, operands)
    case .where: return Spelling(.where, operands)
    }
  }

  func spelling(_ scale: Scale, _ call: ExportCall) -> Spelling {
    let axis = call.position(scale.axis)
    let shape = [-1] + Array(repeating: 1, count: call.shape.rank - 1 - axis)
    return Spelling(
      scale.bias ? .scaleAndShift : .scale, call.operands,
      [AttributeProto("axis", integer: scale.axis), AttributeProto("shape", integers: shape)])
  }

  func spelling(_ affine: Affine, _ call: ExportCall) -> Spelling {
    let factor = AttributeProto("factor", real: affine.factor)
    if affine.offset == 0 { return Spelling(.multiply, call.operands, [factor]) }
    return Spelling(.affine, call.operands, [factor, AttributeProto("offset", real: affine.offset)])
  }
}

// MARK: - Functions

extension Importer {
  /// Factors, and offsets where there is a bias, along an axis.
  mutating func scale(_ call: NodeCall, bias: Bool) throws(MappingFailure) -> Mapping {
    guard let axis = try call.integer("axis") else { throw .attribute("axis", problem: "is missing") }
    let factors = try call.type(1).shape
    let operation = Operator.scale(Scale(axis: axis, trailingAxes: Swift.max(0, factors.rank - 1), bias: bias))
    let slots = call.slots(
      bias ? [(1, "weight", .trainable), (2, "bias", .trainable)] : [(1, "", .trainable)])
    guard let slots, let parameters = parameters(slots) else { throw .unsupported(reason: "its factors are computed") }
    return .outputs([.feature(try emit(operation, [feature(call, 0)], call.place, sharing: parameters)[0])])
  }
}
