import Foundation
import SwiftProtobuf
import Testing

@testable import ONNXFormat

@Suite struct ModelFileTests {
  @Test func `a model without large tensors is read as the plain decoder reads it`() throws {
    let model = TestModels.everywhere(count: 3)
    let file = try ModelFile(model.serializedBytes())
    #expect(file.model == model)
    #expect(file.stripped.isEmpty)
  }

  @Test func `a stripped model is the same model less its large values`() throws {
    let model = TestModels.everywhere(count: 5_000)
    let bytes: [UInt8] = try model.serializedBytes()
    let file = try ModelFile(bytes)

    var expected = model
    var largeCount = 0
    TestModels.forEveryTensor(in: &expected) { tensor in
      guard tensor.rawData.count > 1024 else { return }
      tensor.clearRawData()
      largeCount += 1
    }
    #expect(largeCount > 20)
    #expect(file.stripped.count == largeCount)

    var actual = file.model
    TestModels.forEveryTensor(in: &actual) { $0.unknownFields = UnknownStorage() }
    #expect(actual == expected)
  }

  @Test func `every stripped tensor's record leads to its own values`() throws {
    let model = TestModels.everywhere(count: 700)
    let bytes: [UInt8] = try model.serializedBytes()
    let file = try ModelFile(bytes)

    var originals: [TensorProto] = []
    var copy = model
    TestModels.forEveryTensor(in: &copy) { originals.append($0) }
    var read: [TensorProto] = []
    copy = file.model
    TestModels.forEveryTensor(in: &copy) { read.append($0) }

    #expect(originals.count == read.count)
    for (original, tensor) in zip(originals, read) where original.rawData.count > 1024 {
      let record = try #require(file.strippedData(of: tensor))
      #expect(try TensorProto(serializedBytes: Array(bytes[record.message])) == original)
      let piece = try #require(record.piece)
      #expect(piece.field == .rawData)
      #expect(Data(bytes[piece.bytes]) == original.rawData)
    }
    for tensor in read where !tensor.rawData.isEmpty { #expect(file.strippedData(of: tensor) == nil) }
  }

  @Test func `values in typed fields are stripped by field`() throws {
    let count = 20_000
    var tensors: [TensorDataField: TensorProto] = [:]
    var tensor = TensorProto()
    tensor.floatData = Array(repeating: 1.5, count: count)
    tensors[.floatData] = tensor
    tensor = TensorProto()
    tensor.doubleData = Array(repeating: 1.5, count: count)
    tensors[.doubleData] = tensor
    tensor = TensorProto()
    tensor.int32Data = Array(repeating: -1, count: count)
    tensors[.int32Data] = tensor
    tensor = TensorProto()
    tensor.int64Data = Array(repeating: 1 << 40, count: count)
    tensors[.int64Data] = tensor
    tensor = TensorProto()
    tensor.uint64Data = Array(repeating: .max, count: count)
    tensors[.uint64Data] = tensor
    tensor = TensorProto()
    tensor.stringData = Array(repeating: Data([65]), count: count)
    tensors[.stringData] = tensor

    for (field, tensor) in tensors {
      let bytes: [UInt8] = try TestModels.model(TestModels.graph("g", constants: [tensor])).serializedBytes()
      let file = try ModelFile(bytes)
      let read = file.model.graph.initializer[0]
      let record = try #require(file.strippedData(of: read))
      #expect(try TensorProto(serializedBytes: Array(bytes[record.message])) == tensor)
      #expect(record.piece?.field == (field == .stringData ? nil : field))
      var bare = read
      bare.unknownFields = UnknownStorage()
      #expect(bare == TensorProto())
    }
  }

  @Test func `values written one field each are stripped as well`() throws {
    let values = (0..<1_000).flatMap { _ in Wire.number(7, 300) }
    let tensor = Wire.number(1, 1_000) + Wire.number(2, 11) + values + Wire.bytes(8, Array("w".utf8))
    let file = try ModelFile(Wire.bytes(7, Wire.bytes(5, tensor)))
    let read = file.model.graph.initializer[0]
    #expect(read.int64Data.isEmpty)
    #expect(read.name == "w")
    #expect(try #require(file.strippedData(of: read)).piece == nil)
  }

  @Test func `tables of whole numbers that shape arithmetic reads survive`() throws {
    for (count, survives) in [(8_000, true), (9_000, false)] {
      var tensor = TensorProto()
      tensor.name = "table"
      tensor.dataType = Int32(TensorProto.DataType.int64.rawValue)
      tensor.dims = [Int64(count)]
      tensor.rawData = Data(repeating: 0xFF, count: 8 * count)
      let file = try ModelFile(TestModels.model(TestModels.graph("g", constants: [tensor])).serializedBytes())
      let values = try file.model.graph.initializer[0].ints()
      #expect(values == (survives ? Array(repeating: -1, count: count) : nil))
    }
  }

  @Test func `unknown fields are kept`() throws {
    let unknown = Wire.number(99, 5) + Wire.bytes(100, [1, 2, 3]) + Wire.varint(101 << 3 | 5) + [1, 2, 3, 4]
    let node = Wire.bytes(4, Array("Relu".utf8)) + unknown
    let graph = Wire.bytes(1, node) + unknown
    let file = try ModelFile(Wire.bytes(7, graph) + unknown)
    #expect(Array(file.model.unknownFields.data) == unknown)
    #expect(Array(file.model.graph.unknownFields.data) == unknown)
    #expect(Array(file.model.graph.node[0].unknownFields.data) == unknown)
    #expect(file.model.graph.node[0].opType == "Relu")
  }

  @Test func `a graph written in two fields is merged around stripped tensors`() throws {
    let first = TestModels.graph("g", constants: [TestModels.weights("a", count: 900)])
    let second = TestModels.graph("g", constants: [TestModels.weights("b", count: 1_800)])
    let bytes = Wire.bytes(7, try first.serializedBytes()) + Wire.bytes(7, try second.serializedBytes())
    let file = try ModelFile(bytes)
    let lengths = file.model.graph.initializer.map { file.strippedData(of: $0)?.piece?.bytes.count }
    #expect(lengths == [3_600, 7_200])
  }

  @Test func `a foreign marker leads nowhere`() throws {
    for index: UInt64 in [0, 1, .max] {
      let tensor = Wire.number(1, 1) + Wire.number(UInt64(PayloadStripper.markerField), index)
      let file = try ModelFile(Wire.bytes(7, Wire.bytes(5, tensor)))
      #expect(file.strippedData(of: file.model.graph.initializer[0]) == nil)
    }
  }
}
