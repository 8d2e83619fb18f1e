import NetworkGraph
import SymbolicIntegers

/// ONNX BatchNormalization, LayerNormalization, GroupNormalization, InstanceNormalization and LRN.
extension Importer {
  mutating func batchNorm(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    let input = try call.type(0)
    for position in 1...4 { _ = try call.required(position) }
    let operation = Operator.batchNorm(BatchNorm(epsilon: try call.real("epsilon") ?? 1e-5))
    let roles: [(Int, String, ParameterSpec.Kind)] = [
      (1, "weight", .trainable), (2, "bias", .trainable), (3, "running_mean", .buffer), (4, "running_var", .buffer),
    ]
    var outputs = try normalized(operation, call, roles)
    for index in 1..<max(1, call.outputCount) {
      let channels = input.shape.rank > 1 ? input.shape[1] : 1
      outputs.append(try secondary(call, index, TensorType([channels], input.elementType)))
    }
    return .outputs(outputs)
  }

  mutating func layerNorm(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    let input = try call.type(0)
    let axis = try call.integer("axis") ?? -1
    guard let position = input.shape.normalized(axis: axis) else {
      throw .shape(.axis(axis, shape: input.shape))
    }
    _ = try call.required(1)
    let operation = Operator.layerNorm(
      LayerNorm(
        axes: .trailing(count: input.shape.rank - position), epsilon: try call.real("epsilon") ?? 1e-5,
        bias: call.operand(2) != nil))
    let normalizedShape = Shape(Array(input.shape.dimensions[position...]))
    var outputs = try normalized(
      operation, call, [(1, "weight", .trainable), (2, "bias", .trainable)], shape: normalizedShape)
    var statistics = input
    for index in position..<input.shape.rank { statistics.shape[index] = 1 }
    for index in 1..<max(1, call.outputCount) { outputs.append(try secondary(call, index, statistics)) }
    return .outputs(outputs)
  }

  mutating func groupNorm(_ call: NodeCall, groups: Int?) throws(MappingFailure) -> Mapping {
    for position in 1...2 { _ = try call.required(position) }
    let input = try call.type(0).shape
    var operation = GroupNorm(
      groups: groups.map { Dimension($0) }, epsilon: try call.real("epsilon") ?? 1e-5)
    let roles: [(Int, String, ParameterSpec.Kind)] = [(1, "weight", .trainable), (2, "bias", .trainable)]
    // Operator sets 18 to 20 have one weight for each group.
    if let groups, input.rank > 1, Dimension(groups) != input[1], try call.type(1).shape == [Dimension(groups)] {
      operation.affine = false
      let inputs = [try feature(call, 0), try feature(call, 1), try feature(call, 2)]
      return .outputs([.feature(try emit(.groupNorm(operation), inputs, call.place)[0])])
    }
    return .outputs(try normalized(.groupNorm(operation), call, roles))
  }

  /// A normalisation with its weights: as parameters where the file stores them, else as inputs.
  ///
  /// A weight may have leading axes of size 1 before the ones it must have (`shape`, or one axis).
  private mutating func normalized(
    _ operation: Operator, _ call: NodeCall, _ roles: [(Int, String, ParameterSpec.Kind)], shape: Shape? = nil
  ) throws(MappingFailure) -> [Operand?] {
    let input = try feature(call, 0)
    if var slots = call.slots(roles) {
      let rank = shape?.rank ?? 1
      for index in slots.indices {
        let dimensions = slots[index].constant.type.shape.dimensions
        guard dimensions.count > rank, dimensions.dropLast(rank).allSatisfy({ $0 == 1 }) else { continue }
        slots[index].constant.type.shape = Shape(Array(dimensions.suffix(rank)))
      }
      if let parameters = parameters(slots) {
        return [.feature(try emit(operation, [input], call.place, sharing: parameters)[0])]
      }
    }
    var inputs = [input]
    for (position, _, _) in roles where call.operand(position) != nil { inputs.append(try feature(call, position)) }
    return [.feature(try emit(operation, inputs, call.place)[0])]
  }

  func localResponseNorm(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    guard let size = try call.integer("size") else { throw .attribute("size", problem: "is missing") }
    return .unary(
      .localResponseNorm(
        LocalResponseNorm(
          size: size, alpha: try call.real("alpha") ?? 1e-4, beta: try call.real("beta") ?? 0.75,
          k: try call.real("bias") ?? 1)))
  }
}
