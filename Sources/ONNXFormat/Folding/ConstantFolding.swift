import NetworkGraph
import SymbolicIntegers

extension Importer {
  /// The outputs of an operator all of whose operands are constants.
  mutating func fold(
    _ operation: Operator, _ operands: [Constant], _ call: NodeCall
  ) throws(MappingFailure) -> [Operand] {
    let types = try outputTypes(operation, operands.map { $0.type })
    for type in types {
      if let failure = type.shape.failure { throw .shape(.dimension(failure)) }
      if type.shape.rank > Self.rankLimit {
        throw .file(.rank(value: call.place.description, type.shape.rank, limit: Self.rankLimit))
      }
    }
    if let view = view(operation, of: operands[0], type: types[0]) { return [.constant(view)] }

    // What is not evaluated here is left to whoever runs the graph.
    let isNode = isLearnt(operation, operands) || !Folding.covers(operation)
    var depth = 1
    if isNode {
      for case .derived(let index, _) in operands.map(\.provenance) { depth = max(depth, derivations[index].depth + 1) }
      if depth > Derivation.depthLimit {
        var features: [Feature] = []
        for operand in operands { features.append(try feature(operand, for: call.place)) }
        return try emit(operation, features, call.place).map { .feature($0) }
      }
    }
    let elements = try evaluate(operation, operands, types)
    if isNode {
      derivations.append(Derivation(operation: operation, operands: operands, place: call.place, depth: depth))
    } else if elements == nil {
      computations.append(Computation(function: .operation(operation), operands: operands, outputs: types))
    }
    return types.indices.map { output in
      let name = output < call.proto.output.count ? call.proto.output[output] : ""
      let rest: Constant.Content = isNode ? .unknown : .computed(computations.count - 1, output: output)
      return .constant(
        Constant(
          type: types[output], root: addRoot(name),
          provenance: isNode ? .derived(derivations.count - 1, output: output) : .fixed,
          content: elements.map { .elements($0[output]) } ?? rest))
    }
  }

  /// The types that an operator gives, without a node.
  func outputTypes(_ operation: Operator, _ inputs: [TensorType]) throws(MappingFailure) -> [TensorType] {
    do {
      return try operation.semantics.outputTypes(of: inputs)
    } catch {
      throw .shape(error)
    }
  }

  /// Whether training would change the result: an operand is learnt. What a scatter writes into a table are parts of a
  /// mask.
  private func isLearnt(_ operation: Operator, _ operands: [Constant]) -> Bool {
    if case .scatter = operation { return operands[0].makesResultsLearnt }
    return operands.contains { $0.makesResultsLearnt }
  }

  /// The same stored tensor under another shape or element type, where the operator gives no more than that.
  private func view(_ operation: Operator, of operand: Constant, type: TensorType) -> Constant? {
    if case .derived = operand.provenance { return nil }
    var result = operand
    result.type = type
    switch operation {
    case .view: return operand.isTransposed ? nil : result
    case .identity(.cast):
      let wasReal = operand.type.elementType.isFloatingPoint
      return wasReal && type.elementType.isFloatingPoint ? result : nil
    case .identity: return result
    case .transpose(let transpose) where operand.isLearnt && operand.type.shape.rank == 2:
      if transpose.permutation == [1, 0] { result.isTransposed.toggle() }
      return result
    default: return nil
    }
  }

  /// The elements of the outputs, as far as shape arithmetic goes and within the limits.
  private mutating func evaluate(
    _ operation: Operator, _ operands: [Constant], _ types: [TensorType]
  ) throws(MappingFailure) -> [[Scalar]]? {
    // Nothing is to be computed for what has no elements.
    if types.allSatisfy({ $0.shape.isConstant && $0.shape.dimensions.contains(0) }) { return types.map { _ in [] } }
    var shapes: [[Int]] = []
    var cost = 0
    for type in types {
      guard let shape = Folding.shape(type.shape) else { return nil }
      shapes.append(shape)
      cost += Folding.count(shape)
    }
    guard foldedElements + cost <= Self.foldedElementLimit else { return nil }
    var tensors: [FoldedTensor] = []
    for operand in operands {
      guard let shape = Folding.shape(operand.type.shape) else { return nil }
      do {
        guard let elements = try operand.elements() else { return nil }
        tensors.append(FoldedTensor(shape: shape, elements: elements))
      } catch {
        throw .file(error)
      }
    }
    let isSymbolic = tensors.contains { $0.elements.contains(where: \.isSymbolic) }
    foldedElements +=
      (cost + tensors.reduce(0) { $0 + $1.elements.count }) * (isSymbolic ? Self.symbolicElementWeight : 1)
    return Folding.evaluate(operation, tensors, elementType: operands[0].type.elementType, producing: shapes)
  }

  /// Counts work that a mapping does itself; false where the limit is reached.
  mutating func spend(_ elements: Int) -> Bool {
    guard foldedElements + elements <= Self.foldedElementLimit else { return false }
    foldedElements += elements
    return true
  }

  /// A constant that the file fixes.
  mutating func fixed(_ call: NodeCall, _ type: TensorType, _ content: Constant.Content) -> Operand {
    .constant(
      Constant(type: type, root: addRoot(call.proto.output.first ?? ""), provenance: .fixed, content: content))
  }
}

extension Folding {
  /// The plain sizes of a tensor that may be evaluated: few elements, and none only where it has one axis.
  static func shape(_ shape: Shape, atMost elementLimit: Int = elementLimit) -> [Int]? {
    var result: [Int] = []
    var count = 1
    for dimension in shape.dimensions {
      guard let size = dimension.constant, size >= 0, size <= elementLimit else { return nil }
      result.append(size)
      count *= size
      guard count <= elementLimit, count > 0 || shape.rank == 1 else { return nil }
    }
    return result
  }
}
