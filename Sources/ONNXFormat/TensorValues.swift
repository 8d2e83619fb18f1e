#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The values of small constants, for the folding of shape arithmetic.
///
/// Values come from `raw_data` (little endian) or from the typed field that the data type calls for. The result is nil
/// where there is nothing to fold: another type, more than `limit` elements, or values that are not in memory
/// (stripped, external, absent). Errors say where shape, type and data contradict each other.
extension TensorProto {
  /// The most elements that folding reads unless told otherwise.
  static let foldingLimit = 65_536

  /// The type of the elements, or nil for a number that the specification does not define.
  var elementType: DataType? { DataType(rawValue: Int(dataType)) }

  /// The sides, each at least 0.
  func shape() throws(ONNXError) -> [Int] {
    guard dims.allSatisfy({ $0 >= 0 }) else { throw .negativeSide(tensor: name, shape: dims) }
    return dims.map { Int($0) }
  }

  /// The product of the sides: 1 for a scalar.
  func elementCount() throws(ONNXError) -> Int {
    let sides = try shape()
    if sides.contains(0) { return 0 }
    var count = 1
    for side in sides {
      let (product, overflow) = count.multipliedReportingOverflow(by: side)
      if overflow { throw .elementCountOverflow(tensor: name, shape: dims) }
      count = product
    }
    return count
  }

  /// The values of a tensor of whole numbers (any width, signed or not) or truth values (0 or 1), in row-major order.
  /// Also nil where a value exceeds `Int`.
  func ints(atMost limit: Int = foldingLimit) throws(ONNXError) -> [Int]? {
    guard let type = elementType, let width = type.bitWidth, type.isInteger || type == .bool,
      let patterns = try bitPatterns(type, width: width, atMost: limit)
    else { return nil }
    if type == .bool { return patterns.map { $0 == 0 ? 0 : 1 } }
    let unused = 64 - width
    if type.isSigned { return patterns.map { Int(Int64(bitPattern: $0 << unused) >> unused) } }
    return patterns.allSatisfy { $0 <= UInt64(Int.max) } ? patterns.map { Int($0) } : nil
  }

  /// The values of a tensor of floating-point numbers (half, bfloat, single or double), in row-major order.
  func floats(atMost limit: Int = foldingLimit) throws(ONNXError) -> [Double]? {
    guard let type = elementType, let width = type.bitWidth, !type.isInteger, type != .bool,
      let patterns = try bitPatterns(type, width: width, atMost: limit)
    else { return nil }
    return patterns.map { pattern in
      switch type {
      case .double: Double(bitPattern: pattern)
      case .float: Double(Float(bitPattern: UInt32(truncatingIfNeeded: pattern)))
      case .float16: Double(Float16(bitPattern: UInt16(truncatingIfNeeded: pattern)))
      default: Double(Float(bitPattern: UInt32(truncatingIfNeeded: pattern) << 16))
      }
    }
  }

  /// The elements' bits, `width` of them each, the rest of each word zero.
  private func bitPatterns(_ type: DataType, width: Int, atMost limit: Int) throws(ONNXError) -> [UInt64]? {
    let count = try elementCount()
    guard count <= limit else { return nil }
    if count == 0 { return [] }
    if dataLocation == .external { return nil }
    // Elements narrower than a byte share bytes, the first in the lowest bits.
    let perByte = max(1, 8 / width)
    let storedCount = (count + perByte - 1) / perByte
    let storedBytes = max(1, width / 8)

    let stored: [UInt64]
    if !rawData.isEmpty {
      guard rawData.count == storedCount * storedBytes else {
        throw .dataLength(
          tensor: name, shape: dims, expected: storedCount * storedBytes, found: rawData.count, unit: .bytes)
      }
      stored = rawData.littleEndianWords(ofBytes: storedBytes)
    } else {
      stored = typedWords(type, mask: UInt64.max >> UInt64(64 - 8 * storedBytes))
      if stored.isEmpty { return nil }
      guard stored.count == storedCount else {
        throw .dataLength(tensor: name, shape: dims, expected: storedCount, found: stored.count, unit: .values)
      }
    }
    guard perByte > 1 else { return stored }
    return (0..<count).map { stored[$0 / perByte] >> UInt64($0 % perByte * width) & (1 << UInt64(width) - 1) }
  }

  /// The contents of the typed field for `type`.
  private func typedWords(_ type: DataType, mask: UInt64) -> [UInt64] {
    switch type {
    case .float: floatData.map { UInt64($0.bitPattern) }
    case .double: doubleData.map(\.bitPattern)
    case .int64: int64Data.map { UInt64(bitPattern: $0) }
    case .uint32, .uint64: uint64Data.map { $0 & mask }
    default: int32Data.map { UInt64(truncatingIfNeeded: $0) & mask }
    }
  }
}

extension TensorProto.DataType {
  /// Bits of an element of a type whose values can be read, or nil: text, complex numbers and floats of 8 bits or less.
  var bitWidth: Int? {
    switch self {
    case .int2, .uint2: 2
    case .int4, .uint4: 4
    case .int8, .uint8, .bool: 8
    case .int16, .uint16, .float16, .bfloat16: 16
    case .int32, .uint32, .float: 32
    case .int64, .uint64, .double: 64
    case .undefined, .string, .complex64, .complex128, .float8E4M3Fn, .float8E4M3Fnuz, .float8E5M2, .float8E5M2Fnuz,
      .float4E2M1, .float8E8M0, .float6E2M3, .float6E3M2:
      nil
    }
  }

  /// Whether the elements are whole numbers that may be negative.
  var isSigned: Bool {
    switch self {
    case .int2, .int4, .int8, .int16, .int32, .int64: true
    default: false
    }
  }

  /// Whether the elements are whole numbers (truth values are not).
  var isInteger: Bool {
    switch self {
    case .uint2, .uint4, .uint8, .uint16, .uint32, .uint64: true
    default: isSigned
    }
  }
}

extension Data {
  /// The data cut into words of `size` bytes (1, 2, 4 or 8) each.
  fileprivate func littleEndianWords(ofBytes size: Int) -> [UInt64] {
    withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count - size + 1, by: size).map { start in
        (0..<size).reduce(0) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) }
      }
    }
  }
}
