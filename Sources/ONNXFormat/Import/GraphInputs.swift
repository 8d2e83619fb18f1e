import NetworkGraph
import SymbolicIntegers
import Tensors

extension Importer {
  /// The constants that the graph stores. Models of the first format versions list them as inputs too.
  mutating func initializers(_ graph: GraphProto) throws(ONNXError) -> [(name: String, operand: Operand?)] {
    var result: [(name: String, operand: Operand?)] = []
    result.reserveCapacity(graph.initializer.count + graph.sparseInitializer.count)
    for tensor in graph.initializer {
      result.append((tensor.name, .constant(try stored(tensor, name: tensor.name))))
    }
    for sparse in graph.sparseInitializer {
      var tensor = TensorProto()
      tensor.dims = sparse.dims
      tensor.dataType = sparse.values.dataType
      var constant = try stored(tensor, name: sparse.values.name)
      constant.content = .sparse(sparse)
      result.append((sparse.values.name, .constant(constant)))
    }
    return result
  }

  private mutating func stored(_ tensor: TensorProto, name: String) throws(ONNXError) -> Constant {
    Constant(type: try Self.type(of: tensor), root: addRoot(name), provenance: .stored, content: .tensor(tensor))
  }

  static func type(of tensor: TensorProto) throws(ONNXError) -> TensorType {
    let shape = try tensor.shape()
    guard shape.count <= rankLimit else { throw .rank(value: "tensor '\(tensor.name)'", shape.count, limit: rankLimit) }
    return TensorType(Shape(shape.map { Dimension($0) }), ElementType(onnx: tensor.dataType))
  }

  /// The stored tensors that the graph has as nodes of their own, as values in the place of constants.
  mutating func declareSources(
    _ graph: GraphProto, in given: inout [(name: String, operand: Operand?)]
  ) throws(ONNXError) {
    for (index, tensor) in graph.initializer.enumerated() where !tensor.metadataProps.isEmpty {
      guard case .constant(let constant) = given[index].operand else { continue }
      if let feature = try declaredSource(constant, tensor.metadataProps) { given[index].operand = .feature(feature) }
    }
  }

  /// The graph's inputs that are not initializers.
  mutating func inputs(
    _ graph: GraphProto, shapes: [String: Shape], defaultShape: Shape?, assumptions: Assumptions?,
    known: [String: Tensor]
  ) throws(ONNXError) -> [(name: String, operand: Operand?)] {
    let stored = graph.initializer.isEmpty ? [] : Set(graph.initializer.map(\.name))
    let inputs = graph.input.filter { !stored.contains($0.name) }
    let names = inputs.map(\.name)
    for name in (Array(shapes.keys) + known.keys).sorted() where !names.contains(name) {
      throw .unknownInput(name: name, inputs: names)
    }
    if defaultShape != nil, inputs.count != 1 { throw .ambiguousInput(inputs: names) }

    var result: [(name: String, operand: Operand?)] = []
    for input in inputs {
      if let tensor = known[input.name] {
        result.append((input.name, .constant(fixed(tensor, name: input.name))))
        continue
      }
      let declared = types.type(input.type)
      var type = declared
      if let shape = shapes[input.name] ?? defaultShape {
        if declared.isKnown, declared.shape.rank != shape.rank {
          throw .inputRank(name: input.name, given: shape, declared: declared.shape.rank)
        }
        type = TensorType(shape, ElementType(onnx: input.type.tensorType.elemType))
      }
      if let assumptions, type.isKnown {
        type.shape = Shape(type.shape.dimensions.map { assumptions.applied(to: $0) })
      }
      types.replace(declared.shape, with: type.shape)
      if type.shape.rank > Self.rankLimit {
        throw .rank(value: "input '\(input.name)'", type.shape.rank, limit: Self.rankLimit)
      }
      let feature = builder.input(input.name, type)
      if let failure = builder.failure { throw .graph(failure) }
      result.append((input.name, .feature(feature)))
    }
    return result
  }

  /// A fixed constant with the values of a tensor.
  private mutating func fixed(_ tensor: Tensor, name: String) -> Constant {
    let isReal = tensor.elementType.isFloatingPoint
    return Constant(
      type: TensorType(Shape(tensor.shape.map { Dimension($0) }), tensor.elementType), root: addRoot(name),
      provenance: .fixed,
      content: .elements(
        tensor.values.map { value in
          // Whole numbers of tensors are exact.
          isReal ? .real(Double(value)) : .integer(Dimension(Int(exactly: value) ?? 0))
        }))
  }

  /// The finished graph.
  mutating func finish(_ names: [String], _ results: [Operand]) throws(ONNXError) -> Graph {
    var outputs: [(name: String, feature: Feature)] = []
    for (name, result) in zip(names, results) {
      do throws(MappingFailure) {
        outputs.append((name, try feature(result, for: NodePlace(path: [], name: name))))
      } catch {
        guard case .file(let error) = error else { throw .missingValue(name: name, reader: "the outputs of the graph") }
        throw error
      }
    }
    do {
      return try builder.finish(outputs: outputs)
    } catch {
      throw .graph(error)
    }
  }
}

extension ElementType {
  /// The type that a `TensorProto.DataType` number means.
  init(onnx number: Int32) {
    switch TensorProto.DataType(rawValue: Int(number)) {
    case .float: self = .float32
    case .float16: self = .float16
    case .bfloat16: self = .bfloat16
    case .double: self = .float64
    case .int8: self = .int8
    case .int16: self = .int16
    case .int32: self = .int32
    case .int64: self = .int64
    case .uint8: self = .uint8
    case .uint16: self = .uint16
    case .uint32: self = .uint32
    case .uint64: self = .uint64
    case .bool: self = .bool
    default: self = .other
    }
  }

  /// The type's number in a file.
  var onnx: TensorProto.DataType {
    switch self {
    case .float32: .float
    case .float16: .float16
    case .bfloat16: .bfloat16
    case .float64: .double
    case .int8: .int8
    case .int16: .int16
    case .int32: .int32
    case .int64: .int64
    case .uint8: .uint8
    case .uint16: .uint16
    case .uint32: .uint32
    case .uint64: .uint64
    case .bool: .bool
    case .other: .undefined
    }
  }
}
