import Foundation
import NetworkGraph
import Tensors
import TestSupport
import Testing

@testable import ONNXFormat

/// Files of models: whole or not there, with the values of their tensors where they say.
struct ModelWritingTests {
  private func graph() throws -> Graph {
    try Graph(name: "small", input: TensorType([1, 3, 8, 8])) {
      $0.conv("conv", 16, kernel: 3).batchNorm("bn").relu().flatten().linear("fc", 5)
    }
  }

  private func tensors(_ change: (inout [String: Tensor]) throws -> Void = { _ in }) throws -> [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    let graph = try graph()
    for parameter in graph.parameters where parameter.spec.kind != .counter {
      let shape = parameter.spec.shape.dimensions.compactMap(\.constant)
      let name = graph.name(of: parameter)
      tensors[name] = try SyntheticTensors().tensor(named: name, shape: shape)
    }
    try change(&tensors)
    return tensors
  }

  private func sentence(_ weights: any TensorSource, to path: String) throws -> String {
    let graph = try graph()
    do throws(ExportError) {
      try ONNXExport(graph, weights: weights).write(to: path)
      return ""
    } catch {
      return "\(error)"
    }
  }

  /// The little-endian numbers in some bytes.
  private func floats(_ data: Data) -> [Float] {
    stride(from: 0, to: data.count, by: 4).map { start in
      Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(data[data.startIndex + start + $1]) << UInt32(8 * $1) })
    }
  }

  @Test func `the model holds every tensor with the values of the source`() throws {
    let tensors = try tensors()
    let model = try ModelProto(serializedBytes: ONNXExport(graph(), weights: tensors).bytes())
    #expect(model.irVersion == 10)
    #expect(model.opsetImport.map(\.version) == [21])
    #expect(
      model.graph.initializer.map(\.name) == [
        "conv.weight", "conv.bias", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var", "fc.weight", "fc.bias",
      ])
    for tensor in model.graph.initializer {
      #expect(floats(tensor.rawData) == tensors[tensor.name]?.values, "\(tensor.name)")
    }
    #expect(model.graph.node.map(\.name) == ["conv", "bn", "relu", "flatten", "fc"])
    #expect(model.graph.valueInfo.map(\.name) == ["conv", "bn", "relu", "flatten"])
    #expect(model.graph.output.map(\.name) == ["output"])
  }

  @Test func `a model that is too long has its values in a second file`() throws {
    let folder = try TemporaryFolder()
    let tensors = try tensors()
    try ONNXExport(graph(), weights: tensors).write(to: folder.path("x.onnx"), byteLimit: 10_000)
    #expect(try folder.files == ["x.onnx", "x.onnx.data"])
    let model = try ModelProto(serializedBytes: Data(contentsOf: URL(filePath: folder.path("x.onnx"))))
    let values = try Data(contentsOf: URL(filePath: folder.path("x.onnx.data")))
    var external: [String] = []
    for tensor in model.graph.initializer {
      guard tensor.dataLocation == .external else {
        #expect(floats(tensor.rawData) == tensors[tensor.name]?.values)
        continue
      }
      let entries = Dictionary(uniqueKeysWithValues: tensor.externalData.map { ($0.key, $0.value) })
      let offset = try #require(entries["offset"].flatMap { Int($0) })
      let length = try #require(entries["length"].flatMap { Int($0) })
      #expect(entries["location"] == "x.onnx.data")
      #expect(offset % 4096 == 0)
      #expect(floats(values[offset..<offset + length]) == tensors[tensor.name]?.values)
      external.append(tensor.name)
    }
    #expect(external == ["conv.weight", "fc.weight"])
    let graph = try graph()
    var read = try ONNXModel.graph(contentsOf: folder.path("x.onnx")).normalForm
    read.name = graph.name
    #expect(read == graph.normalForm)
  }

  @Test func `what is wrong with the weights is one sentence, and leaves no file`() throws {
    let folder = try TemporaryFolder()
    let missing = try tensors { $0["fc.weight"] = nil }
    #expect(try sentence(missing, to: folder.path("x.onnx")) == "the weights lack fc.weight")
    #expect(
      try sentence([:] as [String: Tensor], to: folder.path("x.onnx"))
        == "the weights lack 8 tensors: conv.weight, conv.bias, bn.weight, bn.bias, bn.running_mean, ...")
    let other = try tensors { $0["fc.weight"] = try Tensor([5, 7], Array(repeating: 0, count: 35)) }
    #expect(
      try sentence(other, to: folder.path("x.onnx"))
        == "fc.weight: the network needs 5x576, but the weights hold 5x7")
    #expect(try folder.files == [])
    #expect(
      try sentence(SyntheticTensors(), to: folder.path("none/x.onnx"))
        == "\(folder.path("none/x.onnx")): cannot be written: No such file or directory")
    // A file that is there stays as it is.
    try Data("old".utf8).write(to: URL(filePath: folder.path("x.onnx")))
    #expect(try sentence(other, to: folder.path("x.onnx")) != "")
    #expect(try folder.files == ["x.onnx"])
    #expect(try String(contentsOfFile: folder.path("x.onnx"), encoding: .utf8) == "old")
  }

  @Test func `elements are written in their own type`() throws {
    let values: [Float] = [0, 1, -2, 100]
    for (type, expected) in [
      (.float64, [0, 0, 0, 0, 0, 0, 0xF0, 0x3F]), (.float16, [0, 0x3C]), (.bfloat16, [0x80, 0x3F]), (.int8, [1]),
      (.int16, [1, 0]), (.int32, [1, 0, 0, 0]), (.int64, [1, 0, 0, 0, 0, 0, 0, 0]), (.bool, [1]),
    ] as [(ElementType, [UInt8])] {
      let tensor = StoredTensor("t", [4], type, .weight("t"), notes: [])
      var sink = ByteArray()
      try tensor.write(to: &sink, from: ["t": Tensor([4], values)])
      #expect(sink.bytes.count == 4 * type.byteCount)
      #expect(Array(sink.bytes[type.byteCount..<2 * type.byteCount]) == expected, "\(type)")
    }
    let unsigned = StoredTensor("t", [4], .uint8, .weight("t"), notes: [])
    var sink = ByteArray()
    #expect(throws: ExportError.notAnInteger(name: "t", -2, .uint8)) {
      try unsigned.write(to: &sink, from: ["t": Tensor([4], values)])
    }
  }
}
