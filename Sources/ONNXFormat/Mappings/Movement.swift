import NetworkGraph
import SymbolicIntegers

/// ONNX Transpose, SpaceToDepth, DepthToSpace, Gather, ScatterElements, ScatterND, Expand and Tile.
extension Importer {
  func transpose(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    let rank = try call.type(0).shape.rank
    return .unary(.transpose(Transpose(try call.integers("perm") ?? Array((0..<rank).reversed()))))
  }

  func spaceDepth(_ call: NodeCall, _ direction: SpaceDepth.Direction) throws(MappingFailure) -> Mapping {
    guard let block = try call.integer("blocksize") else { throw .attribute("blocksize", problem: "is missing") }
    return .unary(.spaceDepth(SpaceDepth(direction, block: block)))
  }

  /// The order of the channels: by blocks before operator set 11.
  func depthToSpace(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    switch try call.text("mode") ?? "DCR" {
    case "DCR": try spaceDepth(call, .depthToSpace)
    case "CRD": try spaceDepth(call, .pixelShuffle)
    case let other: throw .attribute("mode", problem: "is '\(other)', but must be DCR or CRD")
    }
  }

  /// Known positions become part of the operator, so that the graph says which they are.
  mutating func gather(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    let axis = try call.integer("axis") ?? 0
    guard case .feature(let data) = try call.required(0), case .constant(let positions) = try call.required(1),
      positions.type.shape.rank < 2, let indices = try call.knownIntegers(positions),
      spend(indices.count)
    else { return .apply(.gather(Gather(axis: axis)), [0, 1]) }
    let slices = Operator.gather(Gather(axis: axis, indices: indices))
    guard positions.type.shape.rank == 0 else {
      return .outputs([.feature(try emit(slices, [data], call.place)[0])])
    }
    let slice = try emit(slices, [data], call.place)
    return .outputs([.feature(try emit(.view(.squeeze(axes: [axis])), slice, call.place.appending("squeeze"))[0])])
  }

  func scatterElements(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    let mode = Scatter.Mode.elements(axis: try call.integer("axis") ?? 0)
    return .apply(.scatter(Scatter(mode, reduction: try reduction(call))), [0, 1, 2])
  }

  private func reduction(_ call: NodeCall) throws(MappingFailure) -> Scatter.Reduction {
    let stated = try call.text("reduction") ?? Scatter.Reduction.replace.onnx
    guard let reduction = Scatter.Reduction.allCases.first(where: { $0.onnx == stated }) else {
      let names = Scatter.Reduction.allCases.map(\.onnx).joined(separator: ", ")
      throw .attribute("reduction", problem: "is '\(stated)', but must be one of \(names)")
    }
    return reduction
  }

  mutating func scatterND(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    let reduction = try reduction(call)
    let operation = Operator.scatter(Scatter(.tuples, reduction: reduction))
    guard case .constant(let data) = try call.required(0), case .constant(let indices) = try call.required(1),
      case .constant(let updates) = try call.required(2), !data.makesResultsLearnt,
      reduction == .replace
    else { return .apply(operation, [0, 1, 2]) }
    do {
      if let shape = Folding.shape(data.type.shape), let places = Folding.shape(indices.type.shape),
        let parts = Folding.shape(updates.type.shape), let values = try data.elements(),
        let tuples = try indices.elements(), let slices = try updates.elements(), spend(values.count + slices.count),
        let result = Folding.scattered(
          FoldedTensor(shape: shape, elements: values), FoldedTensor(shape: places, elements: tuples),
          FoldedTensor(shape: parts, elements: slices))
      {
        return .outputs([fixed(call, data.type, .elements(result))])
      }
    } catch {
      throw .file(error)
    }
    // A learnt operand whose elements only the graph computes makes a node of this one too.
    if case .unknown = indices.content { return .apply(operation, [0, 1, 2]) }
    if case .unknown = updates.content { return .apply(operation, [0, 1, 2]) }
    computations.append(
      Computation(function: .scatterSlices, operands: [data, indices, updates], outputs: [data.type]))
    return .outputs([fixed(call, data.type, .computed(computations.count - 1, output: 0))])
  }

  func expand(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    guard let sizes = try call.dimensions(1) else {
      throw .shape(.inputCount(expected: "2 inputs", found: call.operands.count))
    }
    if let size = sizes.first(where: { ($0.constant ?? 1) < 0 }) {
      throw .shape(.setting("sizes of an expansion must not be negative", found: "\(size)"))
    }
    return .unary(.expand(Expand(to: Shape(sizes))))
  }

  func tile(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    guard call.opset >= 6 else { throw .unsupported(reason: "before operator set 6 it repeats along one axis") }
    guard let repeats = try call.dimensions(1) else {
      throw .shape(.inputCount(expected: "2 inputs", found: call.operands.count))
    }
    if let size = repeats.first(where: { ($0.constant ?? 1) < 0 }) {
      throw .shape(.setting("repeats must not be negative", found: "\(size)"))
    }
    return .unary(.tile(Tile(repeats: repeats)))
  }
}

extension Scatter.Reduction {
  /// The name in a file.
  fileprivate var onnx: String {
    switch self {
    case .replace: "none"
    case .add: "add"
    case .multiply: "mul"
    case .minimum: "min"
    case .maximum: "max"
    }
  }
}

// MARK: - Export

extension Exporter {
  func spelling(_ transpose: Transpose, _ call: ExportCall) -> Spelling {
    Spelling(.transpose, call.operands, [AttributeProto("perm", integers: transpose.permutation)])
  }

  func spelling(_ shuffle: ChannelShuffle, _ call: ExportCall) throws(ExportError) -> Spelling {
    let channels = try call.plain(call.shape[1], "its number of channels")
    let split = [0, shuffle.groups, channels / shuffle.groups, -1]
    return Spelling(.channelShuffle, call.operands, [AttributeProto("split", integers: split)])
  }

  func spelling(_ movement: SpaceDepth, _ call: ExportCall) -> Spelling {
    let block = [AttributeProto("blocksize", integer: movement.block)]
    switch movement.direction {
    case .spaceToDepth: return Spelling(.spaceToDepth, call.operands, block)
    case .depthToSpace: return Spelling(.depthToSpace, call.operands, block)
    case .pixelShuffle: return Spelling(.depthToSpace, call.operands, block + [AttributeProto("mode", text: "CRD")])
    }
  }

  mutating func spelling(_ gather: Gather, _ call: ExportCall) -> Spelling {
    let axis = AttributeProto("axis", integer: gather.axis)
    if let indices = gather.indices { return Spelling(.gather, call.operands + [setting(indices)], [axis]) }
    switch gather.mode {
    case .slices: return Spelling(.gather, call.operands, [axis])
    case .elements: return Spelling(.gatherElements, call.operands, [axis])
    case .tuples(let batchAxes):
      return Spelling(.gatherND, call.operands, [AttributeProto("batch_dims", integer: batchAxes)])
    }
  }

  func spelling(_ scatter: Scatter, _ call: ExportCall) -> Spelling {
    let reduction = scatter.reduction == .replace ? [] : [AttributeProto("reduction", text: scatter.reduction.onnx)]
    switch scatter.mode {
    case .elements(let axis):
      return Spelling(.scatterElements, call.operands, [AttributeProto("axis", integer: axis)] + reduction)
    case .tuples: return Spelling(.scatterND, call.operands, reduction)
    }
  }

  mutating func spelling(_ expand: Expand, _ call: ExportCall) throws(ExportError) -> Spelling {
    Spelling(.expand, call.operands + [try sizes(expand.shape.dimensions, "shape", of: call)])
  }

  mutating func spelling(_ tile: Tile, _ call: ExportCall) throws(ExportError) -> Spelling {
    Spelling(.tile, call.operands + [try sizes(tile.repeats, "repeats", of: call)])
  }

  func spelling(_ roll: Roll, _ call: ExportCall) throws(ExportError) -> Spelling {
    guard 1...2 ~= roll.axes.count else { throw call.noCounterpart("it shifts along \(roll.axes.count) axes") }
    var attributes: [AttributeProto] = []
    for (suffix, (shift, axis)) in zip(["", "2"], zip(roll.shifts, roll.axes)) {
      if let size = call.shape[call.position(axis)].constant, shift.magnitude > size.magnitude {
        throw call.noCounterpart("a shift of \(shift) exceeds axis \(axis) of \(call.shape)")
      }
      attributes += [
        AttributeProto("start\(suffix)", integers: [-shift]), AttributeProto("axes\(suffix)", integers: [axis]),
        AttributeProto("axis\(suffix)", integer: axis),
      ]
    }
    return Spelling(roll.axes.count == 1 ? .roll : .rollTwice, call.operands, attributes)
  }
}

// MARK: - Functions

extension Importer {
  func channelShuffle(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    guard let split = try call.integers("split"), split.count == 4, split[1] > 0 else {
      throw .attribute("split", problem: "must be four numbers, of which the second is the number of groups")
    }
    return .unary(.channelShuffle(ChannelShuffle(groups: split[1])))
  }

  func roll(_ call: NodeCall, axes count: Int) throws(MappingFailure) -> Mapping {
    var shifts: [Int] = []
    var axes: [Int] = []
    for suffix in ["", "2"].prefix(count) {
      guard let start = try call.integers("start\(suffix)")?.first, start != .min,
        let axis = try call.integer("axis\(suffix)")
      else { throw .attribute("start\(suffix)", problem: "must be a number, and axis\(suffix) too") }
      shifts.append(-start)
      axes.append(axis)
    }
    return .unary(.roll(Roll(shifts: shifts, axes: axes)))
  }
}
