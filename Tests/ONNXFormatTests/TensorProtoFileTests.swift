import Foundation
import NetworkGraph
import SwiftProtobuf
import Tensors
import TestSupport
import Testing

@testable import ONNXFormat

struct TensorProtoFileTests {
  @Test func `what is written is read`() throws {
    let folder = try TemporaryFolder()
    for tensor in [
      try Tensor([2, 0, 3], []), Tensor(scalar: -0.5), try Tensor([2], [.infinity, .leastNonzeroMagnitude]),
    ] {
      try TensorProtoFile.write(tensor, name: "input ü", to: folder.path("x.pb"))
      let read = try TensorProtoFile.read(folder.path("x.pb"))
      #expect(read.name == "input ü")
      #expect(read.tensor == tensor)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["x.pb"])
  }

  @Test func `what is no tensor gets a sentence`() throws {
    let folder = try TemporaryFolder()
    var text = TensorProto()
    text.name = "t"
    text.dims = [1]
    text.dataType = 8
    var huge = TestModels.weights("h", count: 1)
    huge.dims = [1 << 60]
    var large = TensorProto.integers("i", [1 << 24 + 1])
    large.name = "i"
    var outside = TestModels.weights("o", count: 1)
    outside.dataLocation = .external
    let cases: [([UInt8], String)] = [
      ([], "has 0 bytes; expected a TensorProto"), ([0xFF], "is not a TensorProto"),
      (try text.serializedBytes(), "tensor 't' has the element type string, which is not read"),
      (try huge.serializedBytes(), "asks for 4611686018427387904 bytes of data, but there are 4"),
      (try large.serializedBytes(), "element 0 of tensor 'i' is 16777217, but tensors hold whole numbers only up to"),
      (try outside.serializedBytes(), "has its values in another file, which is not opened"),
    ]
    for (bytes, says) in cases {
      let path = try folder.file("x.pb", bytes)
      let found = sentence { _ = try TensorProtoFile.read(path) }
      #expect(found.contains(says), "\(found)")
    }
  }

  @Test func `a damaged file is a tensor or a sentence`() throws {
    let folder = try TemporaryFolder()
    try TensorProtoFile.write(Tensor([2, 2], [1, 2, 3, 4]), name: "t", to: folder.path("x.pb"))
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: folder.path("x.pb"))))
    var refused = 0
    func attempt(_ damaged: [UInt8]) throws {
      let path = try folder.file("y.pb", damaged)
      let text = sentence {
        let count = try TensorProtoFile.read(path).tensor.values.count
        if count > 8 * damaged.count { Issue.record("\(count) elements out of \(damaged.count) bytes") }
      }
      if !text.isEmpty { refused += 1 }
    }
    for length in 0..<bytes.count { try attempt(Array(bytes[..<length])) }
    for index in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[index] ^= 1 << bit
        try attempt(damaged)
      }
    }
    #expect(refused > 50)
  }
}

@Suite(.enabled(if: ReferenceFiles.exist, "no ONNX files; set CONVSCOPE_ONNX_FILES to a folder of them"))
struct ReferenceValueTests {
  @Test(arguments: ReferenceFiles.paths)
  func `every parameter and constant of a real network has values, or the file has none`(path: String) throws {
    let (graph, weights): (Graph, ONNXWeights)
    do throws(ONNXError) {
      (graph, weights) = try ONNXModel.network(contentsOf: ReferenceFiles.path(path))
    } catch {
      // A graph's inputs have no empty axis.
      #expect("\(error)".contains("every axis must be positive"), "\(error)")
      return
    }
    let needed = graph.neededTensors
    #expect(Set(weights.names ?? []) == Set(needed.map(\.name)))
    for (name, type) in needed {
      guard let shape = type.shape.sizes else { continue }
      do throws(TensorError) {
        let tensor = try weights.tensor(named: name, shape: shape)
        #expect(tensor?.shape == shape, "\(name)")
      } catch {
        // Exports whose weights were left out to keep them small, and sides that are symbols.
        let says = "\(error)"
        let isLeftOut = says.contains("has no values in the file") || says.contains("has its values in another file")
        #expect(isLeftOut || says.contains("depends on"), "\(name): \(says)")
      }
    }
  }

  @Test func `tensors of back-end tests are read as the decoder has them`() throws {
    let files = (FileManager.default.subpaths(atPath: ReferenceFiles.folder.path) ?? []).filter { $0.hasSuffix(".pb") }
    #expect(files.count > 400)
    for file in files {
      let proto = try TensorProto(serializedBytes: Data(contentsOf: ReferenceFiles.folder.appending(path: file)))
      do throws(TensorError) {
        let (name, tensor) = try TensorProtoFile.read(ReferenceFiles.path(file))
        #expect(name == proto.name)
        #expect(tensor.shape.map { Int64($0) } == proto.dims)
        if proto.dataType == 1 {
          let values =
            proto.rawData.isEmpty
            ? proto.floatData : proto.rawData.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
          #expect(tensor.values.map(\.bitPattern) == values.map(\.bitPattern), "\(file)")
        }
      } catch {
        // Other messages than tensors (an optional) do not decode as one.
        let isOther = file.contains("test_identity_opt")
        #expect(isOther || "\(error)".contains("which is not read") || "\(error)".contains("2^24"), "\(error)")
      }
    }
  }
}

/// A file with large weights, damaged.
struct DamagedWeightTests {
  @Test func `weights of a damaged file are values or a sentence`() throws {
    let folder = try TemporaryFolder()
    let original = [UInt8](try Data(contentsOf: URL(filePath: WeightValueTests.model)))
    var generator = SeededGenerator(state: 5)
    var refused = 0
    for round in 0..<400 {
      var damaged = original
      if round % 4 == 0 { damaged.removeLast(Int.random(in: 1..<damaged.count, using: &generator)) }
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        damaged[Int.random(in: 0..<damaged.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      let path = try folder.file("x.onnx", damaged)
      guard let (graph, weights) = try? ONNXModel.network(contentsOf: path) else {
        refused += 1
        continue
      }
      var elements = 0
      for (name, _) in graph.neededTensors {
        let text = sentence { elements += try weights.tensor(named: name, shape: [])?.values.count ?? 0 }
        if !text.isEmpty { refused += 1 }
      }
      if elements > 200 * original.count { Issue.record("\(elements) elements") }
    }
    #expect(refused > 100)
  }
}
