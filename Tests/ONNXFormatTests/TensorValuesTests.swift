import Foundation
import SwiftProtobuf
import Testing

@testable import ONNXFormat

/// A serialised tensor as the `onnx` Python package (1.23.2: numpy_helper.from_array, helper.make_tensor) writes it, and
/// the values that its numpy_helper.to_array reads back.
private struct Golden<Value: Sendable>: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let tensor: TensorProto
  let values: [Value]

  init(_ label: String, _ hex: String, _ values: [Value]) {
    testDescription = label
    self.values = values
    let digits = Array(hex.utf8).map { $0 < 58 ? $0 - 48 : $0 - 87 }
    let bytes = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    tensor = (try? TensorProto(serializedBytes: bytes)) ?? TensorProto()
  }
}

@Suite struct TensorValuesTests {
  @Test(arguments: integers)
  fileprivate
    func `whole numbers of every width read as the reference reads them`(golden: Golden<Int>) throws
  {
    #expect(try golden.tensor.ints() == golden.values)
    #expect(try golden.tensor.floats() == nil)
    #expect(try golden.tensor.elementCount() == golden.values.count)
  }

  @Test(arguments: floats)
  fileprivate
    func `floats of every width read as the reference reads them`(golden: Golden<Double>) throws
  {
    #expect(try golden.tensor.floats() == golden.values)
    #expect(try golden.tensor.ints() == nil)
  }

  private static let integers: [Golden<Int>] = [
    Golden(
      "int8 raw", "080410034a0480ff007f",
      [-128, -1, 0, 127]),
    Golden(
      "int8 typed", "080410032a1680ffffffffffffffff01ffffffffffffffffff01007f4200",
      [-128, -1, 0, 127]),
    Golden(
      "uint8 raw", "080410024a04000180ff",
      [0, 1, 128, 255]),
    Golden(
      "uint8 typed", "080410022a0600018001ff014200",
      [0, 1, 128, 255]),
    Golden(
      "int16 raw", "080410054a080080ffff0000ff7f",
      [-32768, -1, 0, 32767]),
    Golden(
      "int16 typed", "080410052a188080feffffffffffff01ffffffffffffffffff0100ffff014200",
      [-32768, -1, 0, 32767]),
    Golden(
      "uint16 raw", "080410044a08000001000080ffff",
      [0, 1, 32768, 65535]),
    Golden(
      "uint16 typed", "080410042a080001808002ffff034200",
      [0, 1, 32768, 65535]),
    Golden(
      "int32 raw", "080410064a1000000080ffffffff00000000ffffff7f",
      [-2147483648, -1, 0, 2147483647]),
    Golden(
      "int32 typed", "080410062a1a80808080f8ffffffff01ffffffffffffffffff0100ffffffff074200",
      [-2147483648, -1, 0, 2147483647]),
    Golden(
      "uint32 raw", "0804100c4a10000000000100000000000080ffffffff",
      [0, 1, 2147483648, 4294967295]),
    Golden(
      "uint32 typed", "0804100c42005a0c00018080808008ffffffff0f",
      [0, 1, 2147483648, 4294967295]),
    Golden(
      "int64 raw", "080410074a200000000000000080ffffffffffffffff0000000000000000ffffffffffffff7f",
      [-9223372036854775808, -1, 0, 9223372036854775807]),
    Golden(
      "int64 typed", "080410073a1e80808080808080808001ffffffffffffffffff0100ffffffffffffffff7f4200",
      [-9223372036854775808, -1, 0, 9223372036854775807]),
    Golden(
      "uint64 raw", "0804100d4a20000000000000000001000000000000000000000001000000ffffffffffffff7f",
      [0, 1, 4294967296, 9223372036854775807]),
    Golden(
      "uint64 typed", "0804100d42005a1000018080808010ffffffffffffffff7f",
      [0, 1, 4294967296, 9223372036854775807]),
    Golden(
      "bool raw", "080410094a0400010100",
      [0, 1, 1, 0]),
    Golden(
      "bool typed", "080410092a04000101004200",
      [0, 1, 1, 0]),
    Golden(
      "int4 raw", "080310164a02f807",
      [-8, -1, 7]),
    Golden(
      "int4 typed", "080310162a03f801074200",
      [-8, -1, 7]),
    Golden(
      "uint4 raw", "080310154a02f009",
      [0, 15, 9]),
    Golden(
      "uint4 typed", "080310152a03f001094200",
      [0, 15, 9]),
    Golden(
      "int2 raw", "0805101a4a024e02",
      [-2, -1, 0, 1, -2]),
    Golden(
      "int2 typed", "0805101a2a024e024200",
      [-2, -1, 0, 1, -2]),
    Golden(
      "uint2 raw", "080510194a02e402",
      [0, 1, 2, 3, 2]),
    Golden(
      "uint2 typed", "080510192a03e401024200",
      [0, 1, 2, 3, 2]),
  ]

  private static let floats: [Golden<Double>] = [
    Golden(
      "float raw", "080510014a14000000000000c0bf00a0aa3e00e07f4700008033",
      [0.0, -1.5, 0.333251953125, 65504.0, 5.960464477539063e-08]),
    Golden(
      "float typed", "080510012214000000000000c0bf00a0aa3e00e07f47000080334200",
      [0.0, -1.5, 0.333251953125, 65504.0, 5.960464477539063e-08]),
    Golden(
      "double raw", "0805100b4a280000000000000000000000000000f8bf000000000054d53f0000000000fcef40000000000000703e",
      [0.0, -1.5, 0.333251953125, 65504.0, 5.960464477539063e-08]),
    Golden(
      "double typed",
      "0805100b420052280000000000000000000000000000f8bf000000000054d53f0000000000fcef40000000000000703e",
      [0.0, -1.5, 0.333251953125, 65504.0, 5.960464477539063e-08]),
    Golden(
      "float16 raw", "0805100a4a0a000000be5535ff7b0100",
      [0.0, -1.5, 0.333251953125, 65504.0, 5.960464477539063e-08]),
    Golden(
      "float16 typed", "0805100a2a0a0080fc02d56afff701014200",
      [0.0, -1.5, 0.333251953125, 65504.0, 5.960464477539063e-08]),
    Golden(
      "bfloat16 raw", "080510104a0a0000c0bfab3e0100627f",
      [0.0, -1.5, 0.333984375, 9.183549615799121e-41, 3.00405527047391e+38]),
    Golden(
      "bfloat16 typed", "080510102a0a00c0ff02ab7d01e2fe014200",
      [0.0, -1.5, 0.333984375, 9.183549615799121e-41, 3.00405527047391e+38]),
  ]

  private func tensor(_ type: TensorProto.DataType, _ dims: [Int64], raw: Int = 0) -> TensorProto {
    var tensor = TensorProto()
    tensor.name = "c"
    tensor.dataType = Int32(type.rawValue)
    tensor.dims = dims
    if raw > 0 { tensor.rawData = Data(repeating: 0, count: raw) }
    return tensor
  }

  @Test func `a tensor without dimensions is a scalar, and one with a zero side is empty`() throws {
    #expect(try tensor(.int64, [], raw: 8).ints() == [0])
    #expect(try tensor(.int64, [3, 0, 2]).ints() == [])
    #expect(try tensor(.float, [0]).floats() == [])
    #expect(try tensor(.float, [.max, .max, 0]).elementCount() == 0)
    #expect(try tensor(.int64, [2, 3, 4]).shape() == [2, 3, 4])
  }

  @Test func `values that are not in memory are nil, not an error`() throws {
    #expect(try tensor(.int64, [3]).ints() == nil)
    #expect(try tensor(.float, [3]).floats() == nil)
    var external = tensor(.int64, [1], raw: 8)
    external.dataLocation = .external
    #expect(try external.ints() == nil)
  }

  @Test func `types that hold neither whole numbers nor floats have no values`() throws {
    for type in [TensorProto.DataType.string, .complex64, .float8E4M3Fn, .float4E2M1, .undefined] {
      #expect(try tensor(type, [2], raw: 2).ints() == nil)
      #expect(try tensor(type, [2], raw: 2).floats() == nil)
    }
    var unknown = TensorProto()
    unknown.dataType = 1_000
    #expect(unknown.elementType == nil)
    #expect(try unknown.ints() == nil)
  }

  @Test func `more elements than the limit are left alone`() throws {
    #expect(try tensor(.uint8, [65_536], raw: 65_536).ints()?.count == 65_536)
    #expect(try tensor(.uint8, [65_537], raw: 65_537).ints() == nil)
    #expect(try tensor(.uint8, [4], raw: 4).ints(atMost: 3) == nil)
    #expect(try tensor(.uint8, [1 << 40], raw: 4).ints() == nil)
  }

  @Test func `an unsigned value beyond the signed range has no integer`() throws {
    var large = tensor(.uint64, [2])
    large.uint64Data = [1, 1 << 63]
    #expect(try large.ints() == nil)
  }

  @Test func `a negative side and an overflowing element count are errors`() {
    #expect(throws: ONNXError.negativeSide(tensor: "c", shape: [2, -1])) {
      try tensor(.int64, [2, -1], raw: 8).ints()
    }
    let huge: [Int64] = [1 << 32, 1 << 31]
    #expect(throws: ONNXError.elementCountOverflow(tensor: "c", shape: huge)) { try tensor(.int8, huge).ints() }
    #expect(throws: Never.self) { try tensor(.int8, [1 << 32, 1 << 30]).elementCount() }
  }

  @Test func `data longer or shorter than the shape asks for is an error that shows both`() {
    let short = tensor(.int64, [3], raw: 23)
    #expect(throws: ONNXError.dataLength(tensor: "c", shape: [3], expected: 24, found: 23, unit: .bytes)) {
      try short.ints()
    }
    let long = tensor(.float16, [1], raw: 4)
    #expect(throws: ONNXError.dataLength(tensor: "c", shape: [1], expected: 2, found: 4, unit: .bytes)) {
      try long.floats()
    }
    var typed = tensor(.int4, [3])
    typed.int32Data = [1, 2, 3]
    let error = ONNXError.dataLength(tensor: "c", shape: [3], expected: 2, found: 3, unit: .values)
    #expect(throws: error) { try typed.ints() }
    #expect(error.description == "tensor 'c': shape [3] asks for 2 values of data, but there are 3")
  }
}
