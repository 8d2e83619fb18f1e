import NetworkGraph
import SymbolicIntegers

/// ONNX BatchNormalization, LayerNormalization, GroupNormalization, InstanceNormalization and LRN.
extension Importer {
  /// As inference computes it, also where the file was exported for training (`training_mode`), as Dropout is.
  mutating func batchNorm(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    let input = try call.type(0)
    for position in 1...4 { _ = try call.required(position) }
    if call.opset < 9, try !call.flag("spatial", default: true) {
      throw .unsupported(reason: "it has statistics for each position", types: [input])
    }
    let affine = !call.isWithoutAffine
    let operation = Operator.batchNorm(BatchNorm(epsilon: try call.real("epsilon") ?? 1e-5, affine: affine))
    let learnt: [(Int, String, ParameterSpec.Kind)] =
      affine ? [(1, "weight", .trainable), (2, "bias", .trainable)] : []
    let roles = learnt + [(3, "running_mean", .buffer), (4, "running_var", .buffer)]
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
        weight: !call.isWithoutAffine, bias: call.operand(2) != nil,
        givesStatistics: call.outputIsUsed.dropFirst().contains(true)))
    let roles: [(Int, String, ParameterSpec.Kind)] =
      call.isWithoutAffine ? [] : [(1, "weight", .trainable), (2, "bias", .trainable)]
    let normalizedShape = Shape(Array(input.shape.dimensions[position...]))
    return .outputs(try normalized(operation, call, roles, shape: normalizedShape))
  }

  mutating func groupNorm(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    guard let groups = try call.integer("num_groups") else { throw .attribute("num_groups", problem: "is missing") }
    return try groupNorm(call, groups: groups)
  }

  /// - Parameter groups: nil for one for each channel: InstanceNormalization.
  mutating func groupNorm(_ call: NodeCall, groups: Int?) throws(MappingFailure) -> Mapping {
    for position in 1...2 { _ = try call.required(position) }
    let input = try call.type(0).shape
    var operation = GroupNorm(
      groups: groups.map { Dimension($0) }, epsilon: try call.real("epsilon") ?? 1e-5, affine: !call.isWithoutAffine)
    let roles: [(Int, String, ParameterSpec.Kind)] =
      call.isWithoutAffine ? [] : [(1, "weight", .trainable), (2, "bias", .trainable)]
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
  mutating func normalized(
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
        return try emit(operation, [input], call.place, sharing: parameters).map { .feature($0) }
      }
    }
    var inputs = [input]
    for (position, _, _) in roles where call.operand(position) != nil { inputs.append(try feature(call, position)) }
    return try emit(operation, inputs, call.place).map { .feature($0) }
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

// MARK: - Export

extension Exporter {
  mutating func spelling(_ norm: BatchNorm, _ call: ExportCall) throws(ExportError) -> Spelling {
    var operands = call.operands
    if !norm.affine { operands.insert(contentsOf: try standIns(call.shape[1], call), at: 1) }
    return Spelling(.batchNormalization, operands, [AttributeProto("epsilon", real: norm.epsilon)])
      .withoutAffine(!norm.affine)
  }

  /// A weight of ones and a bias of zeros, of `size` elements.
  private mutating func standIns(_ size: Dimension, _ call: ExportCall) throws(ExportError) -> [String] {
    let count = try call.plain(size, "its number of channels")
    return [setting(1, count: count), setting(0, count: count)]
  }

  mutating func spelling(_ norm: LayerNorm, _ call: ExportCall) throws(ExportError) -> Spelling {
    var operands = call.operands
    let epsilon = AttributeProto("epsilon", real: norm.epsilon)
    if !norm.weight {
      guard !norm.bias, norm.axes == .channels || norm.axes == .trailing(count: 1) else {
        throw call.noCounterpart("it has no weight, but a bias or several axes")
      }
      let size = norm.axes == .channels ? call.shape[1] : call.shape[call.shape.rank - 1]
      operands.append(try standIns(size, call)[0])
    }
    switch norm.axes {
    case .trailing(let count):
      return Spelling(.layerNormalization, operands, [AttributeProto("axis", integer: -count), epsilon])
        .withoutAffine(!norm.weight)
    case .channels:
      guard !norm.givesStatistics else { throw call.noCounterpart("its statistics are over channels") }
      let rank = call.shape.rank
      let toLast = [0] + Array(2..<rank) + [1]
      let toFirst = [0, rank - 1] + Array(1..<rank - 1)
      if !norm.bias { operands.append(try standIns(call.shape[1], call)[1]) }
      let spelling = Spelling(
        .channelLayerNorm, operands,
        [AttributeProto("to_last", integers: toLast), AttributeProto("to_first", integers: toFirst), epsilon])
      return norm.bias ? spelling : spelling.noting(.affine, norm.weight ? "weight" : "none")
    }
  }

  mutating func spelling(_ norm: GroupNorm, _ call: ExportCall) throws(ExportError) -> Spelling {
    var operands = call.operands
    if !norm.affine, operands.count == 1 { operands += try standIns(call.shape[1], call) }
    let epsilon = AttributeProto("epsilon", real: norm.epsilon)
    guard let groups = norm.groups else {
      return Spelling(.instanceNormalization, operands, [epsilon]).withoutAffine(!norm.affine)
    }
    // Before, the weight had one element for each group.
    try require(21, call)
    let count = try call.plain(groups, "its number of groups")
    return Spelling(.groupNormalization, operands, [AttributeProto("num_groups", integer: count), epsilon])
      .withoutAffine(!norm.affine)
  }

  func spelling(_ norm: LocalResponseNorm, _ call: ExportCall) -> Spelling {
    Spelling(
      .lrn, call.operands,
      [
        AttributeProto("size", integer: norm.size), AttributeProto("alpha", real: norm.alpha),
        AttributeProto("beta", real: norm.beta), AttributeProto("bias", real: norm.k),
      ])
  }

  func spelling(_ norm: GlobalResponseNorm, _ call: ExportCall) -> Spelling {
    let rank = call.shape.rank
    let channels = norm.isChannelsLast ? rank - 1 : 1
    let shape = norm.isChannelsLast ? [-1] : [-1] + Array(repeating: 1, count: rank - 2)
    return Spelling(
      .globalResponseNorm, call.operands,
      [
        AttributeProto("spatial_axes", integers: (1..<rank).filter { $0 != channels }),
        AttributeProto("channel_axes", integers: [channels]), AttributeProto("shape", integers: shape),
        AttributeProto("epsilon", real: norm.epsilon),
      ])
  }

  func spelling(_ norm: UnitNormalization, _ call: ExportCall) -> Spelling {
    Spelling(
      .unitNormalization, call.operands,
      [AttributeProto("axes", integers: [norm.axis]), AttributeProto("epsilon", real: norm.epsilon)])
  }
}

// MARK: - Functions

extension Importer {
  mutating func channelLayerNorm(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    _ = try call.required(1)
    let affine = Note.affine.text(in: call.proto.metadataProps)
    let norm = LayerNorm(
      axes: .channels, epsilon: try call.real("epsilon") ?? 1e-5, weight: affine != "none", bias: affine == nil)
    let roles: [(Int, String, ParameterSpec.Kind)] = [(1, "weight", .trainable), (2, "bias", .trainable)]
    return .outputs(
      try normalized(.layerNorm(norm), call, Array(roles.prefix(affine == nil ? 2 : norm.weight ? 1 : 0))))
  }

  mutating func globalResponseNorm(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    let rank = try call.type(0).shape.rank
    let axis = try call.integers("channel_axes")?.first
    guard rank >= 3, axis == 1 || axis == rank - 1 else {
      throw .attribute("channel_axes", problem: "must be axis 1 or the last of at least 3")
    }
    let norm = GlobalResponseNorm(isChannelsLast: axis != 1, epsilon: try call.real("epsilon") ?? 1e-6)
    return .outputs(
      try normalized(.globalResponseNorm(norm), call, [(1, "weight", .trainable), (2, "bias", .trainable)]))
  }

  func unitNormalization(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    guard let axis = try call.integers("axes")?.first else { throw .attribute("axes", problem: "is missing") }
    return .unary(
      .unitNormalization(UnitNormalization(axis: axis, epsilon: try call.real("epsilon") ?? 1e-12)))
  }
}

extension NodeCall {
  /// Whether the file says that weight and bias only stand in for none.
  var isWithoutAffine: Bool { Note.affine.text(in: proto.metadataProps) == "none" }
}
