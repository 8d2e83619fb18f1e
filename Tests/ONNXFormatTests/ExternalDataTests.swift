import Foundation
import NetworkGraph
import SwiftProtobuf
import Tensors
import TestSupport
import Testing

@testable import ONNXFormat

struct ExternalDataTests {
  /// A model of one tensor of three floats that lie elsewhere.
  private static func model(_ entries: [String: String]) -> NetworkModel {
    var model = NetworkModel()
    var tensor = TensorProto()
    tensor.name = "w"
    tensor.dims = [3]
    tensor.dataType = 1
    tensor.dataLocation = .external
    tensor.externalData = entries.sorted { $0.key < $1.key }.map { key, value in
      var entry = StringStringEntryProto()
      entry.key = key
      entry.value = value
      return entry
    }
    model.proto.graph.initializer = [tensor]
    model.input("x", [3])
    model.node("Add", ["x", "w"], ["y"])
    model.output("y")
    return model
  }

  private static let bytes: [UInt8] = [9, 9, 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40]

  @Test func `values beside the model are read when asked for, and only then`() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("w.bin", Self.bytes)
    try FileManager.default.createDirectory(atPath: folder.path("sub"), withIntermediateDirectories: false)
    _ = try folder.file("sub/v.bin", Self.bytes.dropFirst(2))
    for entries in [
      ["location": "w.bin", "offset": "2", "length": "12"], ["location": "w.bin", "offset": "2", "checksum": "x"],
      ["location": "sub/v.bin"],
    ] {
      var weights = try folder.network(Self.model(entries)).weights
      let text = sentence { _ = try weights.tensor(named: "w", shape: [3]) }
      let location = try #require(entries["location"])
      #expect(text.contains("has its values in another file, '\(location)', which is only opened when asked for"))
      weights.allowsExternalData = true
      #expect(try weights.tensor(named: "w", shape: [3]) == Tensor([3], [1, 2, 3]))
      let initializers = try ONNXWeights(contentsOf: folder.path("model.onnx"), allowsExternalData: true)
      #expect(try initializers.tensor(named: "w", shape: [3]) == Tensor([3], [1, 2, 3]))
    }
  }

  @Test func `no location leads out of the folder or through a link`() throws {
    let outer = try TemporaryFolder()
    _ = try outer.file("secret", Self.bytes)
    let folder = try TemporaryFolder()
    _ = try folder.file("w.bin", Self.bytes)
    let manager = FileManager.default
    try manager.createDirectory(atPath: folder.path("sub"), withIntermediateDirectories: false)
    try manager.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: outer.path("secret"))
    try manager.createSymbolicLink(atPath: folder.path("near"), withDestinationPath: "w.bin")
    try manager.createSymbolicLink(atPath: folder.path("out"), withDestinationPath: outer.url.path)
    mkfifo(folder.path("pipe"), 0o600)
    let cases = [
      ("../\(outer.url.lastPathComponent)/secret", "is not a plain path within the folder"),
      (outer.path("secret"), "is not a plain path within the folder"), ("sub/../w.bin", "is not a plain path"),
      ("./w.bin", "is not a plain path"), ("sub//w.bin", "is not a plain path"), ("w.bin/", "is not a plain path"),
      ("w.bin\0", "is not a plain path"), ("link", "leads through a symbolic link"),
      ("near", "leads through a symbolic link"), ("out/secret", "leads through a symbolic link"),
      ("sub", "is not a regular file"), ("pipe", "is not a regular file"), ("absent", "No such file or directory"),
      ("sub/absent", "No such file or directory"),
    ]
    for (location, says) in cases {
      var weights = try folder.network(Self.model(["location": location, "length": "12", "offset": "2"])).weights
      weights.allowsExternalData = true
      let text = sentence { _ = try weights.tensor(named: "w", shape: [3]) }
      #expect(text.contains(says), "\(location): \(text)")
    }
  }

  @Test func `offsets and lengths are checked against tensor and file`() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("w.bin", Self.bytes)
    let cases = [
      (["location": "w.bin", "offset": "3"], "needs 3 elements of float32 from here on, but the file has 14 bytes"),
      (["location": "w.bin", "offset": "9223372036854775807"], "needs 3 elements of float32 from here on"),
      (["location": "w.bin", "offset": "-1"], "the offset '-1', which is no size"),
      (["location": "w.bin", "offset": "1e3"], "the offset '1e3', which is no size"),
      (["location": "w.bin", "length": "16"], "needs 12 bytes, but its external data are 16 bytes long"),
      (["location": "w.bin", "length": "99999999999999999999"], "which is no size"),
      (["location": ""], "external data have no location"), (["offset": "0"], "external data have no location"),
    ]
    for (entries, says) in cases {
      var weights = try folder.network(Self.model(entries)).weights
      weights.allowsExternalData = true
      let text = sentence { _ = try weights.tensor(named: "w", shape: [3]) }
      #expect(text.contains(says), "\(entries): \(text)")
    }
    var huge = Self.model(["location": "w.bin"])
    huge.proto.graph.initializer[0].dims = [1 << 20, 1 << 20, 1 << 20]
    huge.proto.graph.node = []
    huge.proto.graph.output = []
    huge.output("w")
    var weights = try folder.network(huge).weights
    weights.allowsExternalData = true
    #expect(sentence { _ = try weights.tensor(named: "w", shape: []) }.contains("no tensor can have the shape"))
  }
}
