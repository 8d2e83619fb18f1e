import NetworkGraph
import TensorFormats
import Tensors

/// A tensor of a file before its values are known.
struct StoredTensor {
  /// Where the values come from.
  enum Content: Hashable {
    /// The source of weights, by the name that a graph gives the tensor.
    case weight(String)
    /// A rule of the network's definition.
    case fixed(FixedValues)
    case integers([Int])
    case reals([Double])
  }

  var name: String
  var shape: [Int]
  var elementType: ElementType
  var content: Content
  var notes: [StringStringEntryProto]

  init(
    _ name: String, _ shape: [Int], _ elementType: ElementType, _ content: Content, notes: [StringStringEntryProto]
  ) {
    self.name = name
    self.shape = shape
    self.elementType = elementType
    self.content = content
    self.notes = notes
  }

  /// Bytes of the values.
  /// - Throws: ``ExportError/tensor(name:_:)`` for a shape that no tensor can have.
  func byteCount() throws(ExportError) -> Int {
    do {
      return try Tensor.elementCount(of: shape) * elementType.byteCount
    } catch {
      throw .tensor(name: name, error)
    }
  }

  /// The tensor's message without its values.
  var header: TensorProto {
    var proto = TensorProto()
    proto.name = name
    proto.dims = shape.map { Int64($0) }
    proto.dataType = Int32(elementType.onnx.rawValue)
    proto.metadataProps = notes
    return proto
  }

  /// Writes the values, little endian.
  /// - Throws: ``ExportError`` where they are not known, have another shape than the network's, or cannot be written.
  func write(to sink: inout some ByteSink & ~Copyable, from weights: (any TensorSource)?) throws(ExportError) {
    let values: [Float]
    switch content {
    case .integers(let integers): return try sink.write(elements: integers.map { Int64($0).littleEndian })
    case .reals(let reals): values = reals.map { Float($0) }
    case .weight, .fixed: values = try tensor(from: weights).values
    }
    switch elementType {
    case .float32:
      #if _endian(little)
        // In place: the largest tensors are of this type.
        try sink.write(elements: values)
      #else
        try sink.write(elements: values.map { $0.bitPattern.littleEndian })
      #endif
    case .float64: try sink.write(elements: values.map { Double($0).bitPattern.littleEndian })
    case .float16: try sink.write(elements: values.map { $0.halfBits.littleEndian })
    case .bfloat16: try sink.write(elements: values.map { $0.bfloatBits.littleEndian })
    case .bool: try sink.write(elements: values.map { $0 == 0 ? UInt8(0) : 1 })
    case .int8: try sink.write(elements: integers(values, as: Int8.self))
    case .uint8: try sink.write(elements: integers(values, as: UInt8.self))
    case .int16: try sink.write(elements: integers(values, as: Int16.self))
    case .uint16: try sink.write(elements: integers(values, as: UInt16.self))
    case .int32: try sink.write(elements: integers(values, as: Int32.self))
    case .uint32: try sink.write(elements: integers(values, as: UInt32.self))
    case .int64: try sink.write(elements: integers(values, as: Int64.self))
    case .uint64: try sink.write(elements: integers(values, as: UInt64.self))
    case .other: throw .elementType(name: name)
    }
  }

  /// The values from where they come from.
  private func tensor(from weights: (any TensorSource)?) throws(ExportError) -> Tensor {
    var tensor: Tensor?
    do throws(TensorError) {
      switch content {
      case .weight(let name): tensor = try weights?.tensor(named: name, shape: shape)
      case .fixed(let values): tensor = try values.tensor(shape: shape)
      case .integers, .reals: break
      }
    } catch {
      throw .tensor(name: name, error)
    }
    guard let tensor else { throw .missingTensors([name]) }
    guard tensor.shape == shape else { throw .tensorShape(name: name, needed: shape, found: tensor.shape) }
    return tensor
  }

  private func integers<Integer: FixedWidthInteger>(
    _ values: [Float], as type: Integer.Type
  ) throws(ExportError) -> [Integer] {
    var result: [Integer] = []
    result.reserveCapacity(values.count)
    for value in values {
      guard let integer = Integer(exactly: value) else { throw .notAnInteger(name: name, value, elementType) }
      result.append(integer.littleEndian)
    }
    return result
  }
}
