import NetworkGraph
import SwiftProtobuf
import SymbolicIntegers
import TensorFormats
import Tensors

/// Reads the values of constants, out of the model's file where they are large.
struct ConstantReader: Sendable {
  /// Elements of a tensor that the file does not store one by one, beyond which it is refused.
  static let generatedElementLimit = 1 << 28

  let path: String
  private let file: TensorFile
  private let stripped: [StrippedData]
  private let dequantizations: [Dequantization]
  /// Whether values in other files are read.
  var allowsExternalData = false

  /// - Throws: ``TensorError`` when the file is no longer the one that was decoded.
  init(_ model: ModelFile, dequantizations: [Dequantization]) throws(TensorError) {
    path = model.path
    file = try TensorFile(path: model.path)
    stripped = model.stripped
    self.dequantizations = dequantizations
    guard file.count == model.byteCount else {
      throw .inaccessible(file: path, reason: "has changed while it was read")
    }
  }

  /// The values of a constant, in the order of its type's shape.
  func values(of constant: Constant) throws(TensorError) -> [Float] {
    switch constant.content {
    case .tensor(let tensor): return try values(of: tensor)
    case .sparse(let tensor): return try values(of: tensor)
    case .elements(let elements): return try floats(elements)
    case .repeated(let element):
      let count = try generatedCount(constant.type)
      return Array(repeating: try floats([element])[0], count: count)
    case .sequence(let start, let step):
      let count = try generatedCount(constant.type)
      let isReal = constant.type.elementType.isFloatingPoint
      guard let elements = Folding.sequence(start, step, count: count, isReal: isReal) else {
        throw unsupported("a range of numbers depends on symbols")
      }
      return try floats(elements)
    case .dequantized(let index): return try values(of: dequantizations[index])
    case .unknown, .computed: throw unsupported("a constant is not computed")
    }
  }

  // MARK: Stored tensors

  /// - Parameter roundsIntegers: whether whole numbers that float32 does not hold become the nearest that it does.
  func values(of tensor: TensorProto, roundsIntegers: Bool = false) throws(TensorError) -> [Float] {
    let type = ElementType(onnx: tensor.dataType)
    let count = try elementCount(tensor)
    if tensor.dataLocation == .external {
      guard allowsExternalData else {
        let location = try ExternalData(tensor, file: path).location
        throw unsupported(
          "tensor '\(tensor.name)' has its values in another file, '\(location)', which is only opened when asked for")
      }
      guard type != .other else { throw tensor.unreadableType(file: path) }
      var elements = try ExternalData(tensor, file: path).elements(of: tensor, type: type, count: count, model: path)
      elements.roundsIntegers = roundsIntegers
      return try elements.values()
    }
    if let piece = piece(of: tensor), piece.isPlain(type) {
      guard piece.bytes.count / type.byteCount == count, piece.bytes.count % type.byteCount == 0 else {
        throw malformed(
          .dataLength(
            tensor: tensor.name, shape: tensor.dims, expected: count * type.byteCount, found: piece.bytes.count,
            unit: .bytes))
      }
      return try StoredElements(
        file, tensor: "tensor '\(tensor.name)'", type: type, offset: piece.bytes.lowerBound, count: count,
        roundsIntegers: roundsIntegers
      ).values()
    }
    return try complete(tensor).values(file: path, roundsIntegers: roundsIntegers)
  }

  /// The product of a tensor's sides, at most ``Tensor/elementLimit``.
  private func elementCount(_ tensor: TensorProto) throws(TensorError) -> Int {
    let shape: [Int]
    do throws(ONNXError) {
      shape = try tensor.shape()
    } catch {
      throw malformed(error)
    }
    return try Tensor.elementCount(of: shape)
  }

  private func piece(of tensor: TensorProto) -> StrippedData.Piece? {
    guard let index = PayloadStripper.marker(in: tensor), stripped.indices.contains(index) else { return nil }
    return stripped[index].piece
  }

  /// The tensor with its values.
  private func complete(_ tensor: TensorProto) throws(TensorError) -> TensorProto {
    guard let index = PayloadStripper.marker(in: tensor), stripped.indices.contains(index) else { return tensor }
    let bytes = try file.bytes(stripped[index].message)
    do {
      return try TensorProto(serializedBytes: bytes)
    } catch {
      throw .malformed(
        file: path, offset: stripped[index].message.lowerBound, reason: "tensor '\(tensor.name)' cannot be decoded")
    }
  }

  /// The values of a sparse tensor at their places: positions in row-major order, or rows of coordinates.
  private func values(of sparse: SparseTensorProto) throws(TensorError) -> [Float] {
    let name = "sparse tensor '\(sparse.values.name)'"
    var dense = TensorProto()
    dense.dims = sparse.dims
    let count = try elementCount(dense)
    guard count <= Self.generatedElementLimit else { throw tooMany(name, count) }
    let values = try values(of: sparse.values)
    let places = try complete(sparse.indices)
    let indices: [Int]?
    do throws(ONNXError) {
      indices = try places.ints(atMost: .max)
    } catch {
      throw malformed(error)
    }
    let isFlat = sparse.indices.dims.count == 1
    let depth = isFlat ? 1 : sparse.dims.count
    guard let indices, indices.count == values.count * depth else {
      throw .malformed(file: path, offset: nil, reason: "\(name) does not have one place for each of its values")
    }
    var result = [Float](repeating: 0, count: count)
    for (row, value) in values.enumerated() {
      var position = 0
      for (axis, side) in (isFlat ? [count] : sparse.dims.map { Int($0) }).enumerated() {
        let coordinate = indices[row * depth + axis]
        guard coordinate >= 0, coordinate < side else {
          throw .malformed(
            file: path, offset: nil, reason: "\(name) has a value at \(coordinate) on an axis of \(side)")
        }
        position = position * side + coordinate
      }
      result[position] = value
    }
    return result
  }

  // MARK: Computed tensors

  /// `(number - zero) * scale`, in single precision.
  private func values(of dequantization: Dequantization) throws(TensorError) -> [Float] {
    let tensor = dequantization.numbers
    var values = try values(of: tensor, roundsIntegers: true)
    let scale = try self.values(of: dequantization.scale)
    let zero = try dequantization.zero.map { constant throws(TensorError) in try self.values(of: constant) } ?? []
    guard zero.isEmpty || zero.count == scale.count else {
      throw malformedScale(tensor, "\(scale.count) scales, but \(zero.count) zero points")
    }
    if scale.count == 1 {
      for index in values.indices { values[index] = (values[index] - (zero.first ?? 0)) * scale[0] }
      return values
    }
    let shape = tensor.dims.map { Int($0) }
    let axis = dequantization.axis < 0 ? dequantization.axis + shape.count : dequantization.axis
    guard shape.indices.contains(axis) else { throw malformedScale(tensor, "an axis \(dequantization.axis)") }
    let side = shape[axis]
    let inner = shape[(axis + 1)...].reduce(1, *)
    let isBlocked = dequantization.blockSize > 0
    let blockSize = isBlocked ? dequantization.blockSize : 1
    let blocks = isBlocked ? (side - 1) / blockSize + 1 : side
    let needed = isBlocked ? (side == 0 ? 0 : values.count / side) * blocks : side
    guard scale.count == needed else { throw malformedScale(tensor, "\(scale.count) scales, but needs \(needed)") }
    for index in values.indices {
      let (outer, rest) = index.quotientAndRemainder(dividingBy: side * inner)
      let block = rest / inner / blockSize
      let place = isBlocked ? (outer * blocks + block) * inner + rest % inner : block
      values[index] = (values[index] - (zero.isEmpty ? 0 : zero[place])) * scale[place]
    }
    return values
  }

  /// The elements of a constant as shape arithmetic has them.
  func scalars(_ constant: Constant) throws(TensorError) -> [Scalar] {
    switch constant.content {
    case .elements(let elements): return elements
    case .tensor(let tensor) where !constant.type.elementType.isFloatingPoint:
      // Whole numbers that single precision does not hold are exact here.
      let whole = try complete(tensor)
      do throws(ONNXError) {
        if let integers = try whole.ints(atMost: .max) { return integers.map { .integer(Dimension($0)) } }
      } catch {
        throw malformed(error)
      }
    case .repeated(let element): return Array(repeating: element, count: try generatedCount(constant.type))
    case .sequence(let start, let step):
      let isReal = constant.type.elementType.isFloatingPoint
      let count = try generatedCount(constant.type)
      if let elements = Folding.sequence(start, step, count: count, isReal: isReal) { return elements }
    default: break
    }
    return try values(of: constant).map { .real(Double($0)) }
  }

  /// Elements as tensors hold them.
  func floats(_ elements: [Scalar]) throws(TensorError) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(elements.count)
    for element in elements {
      switch element {
      case .real(let value): result.append(Float(value))
      case .integer(let value):
        guard let number = value.constant else { throw unsupported("a constant depends on \(value)") }
        guard number.magnitude <= Tensor.largestExactInteger else {
          throw .inexact(path, "a constant", element: result.count, value: "\(number)")
        }
        result.append(Float(number))
      }
    }
    return result
  }

  private func generatedCount(_ type: TensorType) throws(TensorError) -> Int {
    guard let count = type.shape.elementCount.constant, count >= 0 else {
      throw unsupported("the shape of a constant, \(type.shape), depends on symbols")
    }
    guard count <= Self.generatedElementLimit else { throw tooMany("a constant", count) }
    return count
  }

  // MARK: Errors

  func unsupported(_ reason: String) -> TensorError { .unsupported(file: path, reason: reason) }

  private func malformed(_ error: ONNXError) -> TensorError {
    .malformed(file: path, offset: nil, reason: "\(error)")
  }

  private func malformedScale(_ tensor: TensorProto, _ problem: String) -> TensorError {
    .malformed(
      file: path, offset: nil, reason: "quantised tensor '\(tensor.name)' of shape \(tensor.dims) has \(problem)")
  }

  private func tooMany(_ title: String, _ count: Int) -> TensorError {
    unsupported("\(title) has \(count) elements, more than the limit of \(Self.generatedElementLimit)")
  }
}
