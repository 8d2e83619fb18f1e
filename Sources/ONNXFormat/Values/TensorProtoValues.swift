import NetworkGraph
import Tensors

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A tensor's values as a ``Tensor`` holds them.
extension TensorProto {
  /// The values, which must be in memory, in row-major order.
  /// - Parameters:
  ///   - file: what errors call the file.
  ///   - roundsIntegers: whether whole numbers that float32 does not hold become the nearest that it does.
  func values(file: String, roundsIntegers: Bool = false) throws(TensorError) -> [Float] {
    let reals: [Double]?
    let integers: [Int]?
    do throws(ONNXError) {
      reals = try floats(atMost: .max)
      integers = try ints(atMost: .max)
    } catch {
      throw .malformed(file: file, offset: nil, reason: "\(error)")
    }
    if let reals { return reals.map { Float($0) } }
    guard let integers else {
      guard elementType?.bitWidth != nil else { throw unreadableType(file: file) }
      throw .unsupported(file: file, reason: "tensor '\(name)' has no values in the file")
    }
    if !roundsIntegers, let index = integers.firstIndex(where: { $0.magnitude > Tensor.largestExactInteger }) {
      throw .inexact(file, "tensor '\(name)'", element: index, value: "\(integers[index])")
    }
    return integers.map { Float($0) }
  }

  func unreadableType(file: String) -> TensorError {
    let type = elementType.map { "\($0)" } ?? "number \(dataType)"
    return .unsupported(file: file, reason: "tensor '\(name)' has the element type \(type), which is not read")
  }

  /// The tensor in single precision.
  init(_ tensor: Tensor, name: String) {
    self.init()
    self.name = name
    dims = tensor.shape.map { Int64($0) }
    dataType = Int32(DataType.float.rawValue)
    var bytes = Data(capacity: 4 * tensor.values.count)
    for value in tensor.values { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) } }
    rawData = bytes
  }
}

extension StrippedData.Piece {
  /// Whether the bytes are plain elements of `type`, one after the other, little endian.
  func isPlain(_ type: ElementType) -> Bool {
    switch field {
    case .rawData: type != .other
    case .floatData: type == .float32
    case .doubleData: type == .float64
    case .int32Data, .stringData, .int64Data, .uint64Data: false
    }
  }
}
