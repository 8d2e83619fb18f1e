import NetworkGraph
import SymbolicIntegers

/// ONNX operators that leave values as they are, and those that make constants.
extension Importer {
  func cast(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    guard let number = try call.integer("to") else { throw .attribute("to", problem: "is missing") }
    return .unary(.identity(.cast(ElementType(onnx: Int32(truncatingIfNeeded: number)))))
  }

  /// The second output, the mask, is all true while the network runs.
  mutating func dropout(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    let ratio = try call.opset < 12 ? call.real("ratio") : call.fixedReal(1)
    let operation = Operator.identity(.dropout(probability: ratio ?? 0.5))
    guard call.outputCount > 1, call.outputIsUsed[1] else { return .unary(operation) }
    let input = try call.type(0)
    let mask = Constant(
      type: TensorType(input.shape, .bool), root: addRoot(call.proto.output[1]), provenance: .fixed,
      content: .repeated(Scalar(true)))
    let output = try emit(operation, [feature(call, 0)], call.place)[0]
    return .outputs([.feature(output), .constant(mask)])
  }

  /// A stored tensor stays that tensor; anything else has no counterpart.
  mutating func dequantize(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    let input = try call.type(0)
    let type = TensorType(input.shape, try call.type(1).elementType)
    guard case .constant(var constant) = try call.required(0), case .stored = constant.provenance,
      case .tensor(let numbers) = constant.content, let scale = call.plainConstant(1),
      let zero = call.operand(2) == nil ? .some(nil) : call.plainConstant(2).map(Optional.some)
    else {
      throw .unsupported(reason: "quantised values are not computed with", types: [type])
    }
    let dequantization = Dequantization(
      numbers: numbers, scale: scale, zero: zero, axis: try call.integer("axis") ?? 1,
      blockSize: try call.integer("block_size") ?? 0)
    let key = Dequantization.Key(
      root: constant.root, scale: scale.root, zero: zero?.root, axis: dequantization.axis,
      blockSize: dequantization.blockSize)
    let root = dequantizedRoots[key] ?? addRoot(roots[constant.root].name)
    dequantizedRoots[key] = root
    dequantizations.append(dequantization)
    constant.root = root
    constant.type = type
    constant.content = .dequantized(dequantizations.count - 1)
    return .outputs([.constant(constant)])
  }

  mutating func constant(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    if let tensor = try call.tensor("value") {
      do {
        return .outputs([fixed(call, try Self.type(of: tensor), .tensor(tensor))])
      } catch {
        throw .file(error)
      }
    }
    if let value = try call.integer("value_int") {
      return .outputs([fixed(call, TensorType([], .int64), .elements([.integer(Dimension(value))]))])
    }
    if let value = try call.real("value_float") {
      return .outputs([fixed(call, TensorType([], .float32), .elements([.real(value)]))])
    }
    if let values = try call.integers("value_ints") {
      let type = TensorType([Dimension(values.count)], .int64)
      return .outputs([fixed(call, type, .elements(values.map { .integer(Dimension($0)) }))])
    }
    if let values = try call.reals("value_floats") {
      let type = TensorType([Dimension(values.count)], .float32)
      return .outputs([fixed(call, type, .elements(values.map { .real($0) }))])
    }
    throw .unsupported(reason: "its value is text or sparse")
  }

  mutating func constantOfShape(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    guard let sizes = try call.dimensions(0) else {
      throw .shape(.inputCount(expected: "1 input", found: call.operands.count))
    }
    guard sizes.count <= Self.rankLimit else {
      throw .file(.rank(value: call.place.description, sizes.count, limit: Self.rankLimit))
    }
    if let size = sizes.first(where: { ($0.constant ?? 1) < 0 }) {
      throw .shape(.setting("sizes of a constant must not be negative", found: "\(size)"))
    }
    var elementType = ElementType.float32
    var element = Scalar.real(0)
    if let value = try call.tensor("value") {
      elementType = ElementType(onnx: value.dataType)
      var isNumber = true
      do {
        if let number = try value.ints(atMost: 1)?.first {
          element = .integer(Dimension(number))
        } else if let number = try value.floats(atMost: 1)?.first {
          element = .real(number)
        } else {
          isNumber = false
        }
      } catch {
        throw .file(error)
      }
      guard isNumber else {
        throw .unsupported(reason: "its value is not one number", types: [TensorType(Shape(sizes), elementType)])
      }
    }
    var provenance = Constant.Provenance.fixed
    if case .constant(let shape) = try call.required(0), case .stored = shape.provenance { provenance = .fill }
    let constant = Constant(
      type: TensorType(Shape(sizes), elementType), root: addRoot(call.proto.output.first ?? ""),
      provenance: provenance, content: .repeated(element))
    do throws(ONNXError) {
      if let source = try declaredSource(constant, call.proto.metadataProps) { return .outputs([.feature(source)]) }
    } catch {
      throw .file(error)
    }
    return .outputs([.constant(constant)])
  }

  mutating func shape(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    let dimensions = try call.type(0).shape.dimensions
    func clamp(_ position: Int) -> Int {
      min(max(position < 0 ? position + dimensions.count : position, 0), dimensions.count)
    }
    let start = clamp(try call.integer("start") ?? 0)
    let end = max(start, clamp(try call.integer("end") ?? dimensions.count))
    let part = dimensions[start..<end].map { Scalar.integer($0) }
    return .outputs([fixed(call, TensorType([Dimension(part.count)], .int64), .elements(part))])
  }

  mutating func range(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    let elementType = try call.type(0).elementType
    guard let start = try call.elements(0)?.first, let limit = try call.elements(1)?.first,
      let delta = try call.elements(2)?.first
    else { throw .shape(.inputCount(expected: "3 inputs", found: call.operands.count)) }
    let isReal = elementType.isFloatingPoint
    let count: Dimension
    if isReal, let first = start.real, let last = limit.real, let step = delta.real {
      let steps = ((last - first) / step).rounded(.up)
      guard step != 0, steps < 9e15 else {
        throw .shape(.setting("a range ends and its step is not zero", found: "\(first) to \(last) by \(step)"))
      }
      count = Dimension(Int(max(0, steps)))
    } else {
      guard let first = start.dimension, let last = limit.dimension, let step = delta.dimension?.constant, step != 0
      else { throw .unsupported(reason: "its length depends on symbols") }
      let length = step > 0 ? (last - first).ceilDivided(by: step) : (first - last).ceilDivided(by: Dimension(0) - step)
      count = length.isConstant ? Dimension.maximum(0, length) : length
    }
    if let failure = count.failure { throw .shape(.dimension(failure)) }
    let type = TensorType([count], elementType)
    return .outputs([fixed(call, type, .sequence(start: start, step: delta))])
  }

  mutating func nonZero(_ call: NodeCall) throws(MappingFailure) -> Mapping {
    let type = try call.type(0)
    guard let elements = try call.elements(0), let shape = Folding.shape(type.shape), spend(elements.count) else {
      throw .unsupported(reason: "its number of results is computed while the network runs")
    }
    let places = elements.indices.filter { elements[$0].isTrue }
    var coordinates: [Scalar] = []
    for (axis, stride) in Walk.strides(shape).enumerated() {
      for place in places { coordinates.append(.integer(Dimension(place / stride % shape[axis]))) }
    }
    let result = TensorType([Dimension(shape.count), Dimension(places.count)], .int64)
    return .outputs([fixed(call, result, .elements(coordinates))])
  }
}

extension NodeCall {
  /// A constant whose elements lie in the file or are known; nil for any other operand.
  fileprivate func plainConstant(_ position: Int) -> Constant? {
    guard case .constant(let constant)? = operand(position) else { return nil }
    switch constant.content {
    case .tensor, .elements, .repeated: return constant
    case .unknown, .sparse, .sequence, .computed, .dequantized: return nil
    }
  }
}

// MARK: - Export

extension Exporter {
  func spelling(_ identity: Identity, _ call: ExportCall) throws(ExportError) -> Spelling {
    switch identity {
    case .identity, .dropout, .stochasticDepth: return Spelling(.identity, call.operands)
    case .cast(let type):
      guard type != .other else { throw call.noCounterpart("its element type is not known") }
      return Spelling(.cast, call.operands, [AttributeProto("to", integer: type.onnx.rawValue)])
    }
  }
}

// MARK: - Sources

extension Importer {
  /// A stored tensor that the graph has as a node of its own, as its notes say; nil where it has no such notes.
  mutating func declaredSource(
    _ constant: Constant, _ notes: [StringStringEntryProto]
  ) throws(ONNXError) -> Feature? {
    guard !notes.isEmpty, let text = Note.source.text(in: notes), let kind = Source.Kind(text: text),
      let place = Note.place.text(in: notes).flatMap({ NodePlace(text: $0) })
    else { return nil }
    let values = Note.values.text(in: notes).flatMap { FixedValues(text: $0) }
    let root = constant.root
    var sharing: [Int]?
    if case .parameter(let role) = kind {
      sharing = parameters([WeightSlot(name: "", constant: constant, kind: role)])
      if sharing == nil { return nil }
    }
    do throws(MappingFailure) {
      let source = Operator.source(Source(kind, constant.type, values: values))
      let feature = try emit(source, [], place, sharing: sharing)[0]
      if case .constant = kind { constantValues.append((feature.value.node, constant)) }
      roots[root].source = feature
      return feature
    } catch {
      guard case .file(let error) = error else { return nil }
      throw error
    }
  }
}
