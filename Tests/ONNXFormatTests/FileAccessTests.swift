import Foundation
import SwiftProtobuf
import TestSupport
import Testing

@testable import ONNXFormat

@Suite struct FileAccessTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "convscope-onnx-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func error(opening path: String) -> ONNXError? {
    do {
      _ = try ModelFile(path: path)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [250, 4_000]) func `a file on disk is read as its bytes are`(count: Int) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "m.onnx").path
    // Larger than the window that a file is read through, with kept and stripped tensors.
    let bytes: [UInt8] = try TestModels.everywhere(count: count).serializedBytes()
    try Data(bytes).write(to: URL(filePath: path))
    let onDisk = try ModelFile(path: path)
    let inMemory = try ModelFile(bytes)
    #expect(onDisk.model == inMemory.model)
    #expect(onDisk.stripped == inMemory.stripped)
    #expect(onDisk.byteCount == bytes.count)
    #expect(onDisk.path == path)
  }

  @Test func `what is not a file with bytes is refused by name`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let missing = folder.appending(path: "missing.onnx").path
    #expect(error(opening: missing) == .cannotOpen(path: missing, reason: "No such file or directory"))
    #expect(error(opening: folder.path) == .notAFile(path: folder.path))
    #expect(error(opening: "/dev/null") == .notAFile(path: "/dev/null"))

    let empty = folder.appending(path: "empty.onnx").path
    try Data().write(to: URL(filePath: empty))
    #expect(error(opening: empty) == .empty(path: empty))

    let pipe = folder.appending(path: "pipe.onnx").path
    try #require(mkfifo(pipe, 0o600) == 0)
    #expect(error(opening: pipe) == .notAFile(path: pipe))

    let text = folder.appending(path: "readme.onnx").path
    try Data("# A model\n\nThis is not one.\n".utf8).write(to: URL(filePath: text))
    guard case .malformed = error(opening: text) else {
      Issue.record("text was read as a model")
      return
    }
  }

  @Test func `a file that shrinks while it is read is an error`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "shrinking.onnx").path
    let bytes: [UInt8] = try TestModels.everywhere(count: 200).serializedBytes()
    try #require(bytes.count > 20_000)
    try Data(bytes).write(to: URL(filePath: path))
    var file = try FileBytes(path: path)
    try #require(truncate(path, 10_000) == 0)
    #expect(throws: ONNXError.self) { try ModelFile(&file, path: path) }
    #expect(file.byte(at: 10_000) == nil)
    #expect(file.failure == "it has become shorter than \(bytes.count) bytes")
  }

  // The superuser may read any file, so there is nothing to refuse.
  @Test(.enabled(if: geteuid() != 0, "needs a user whom file permissions bind"))
  func `an unreadable file is refused`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "secret.onnx").path
    try Data([1]).write(to: URL(filePath: path))
    try #require(chmod(path, 0) == 0)
    #expect(error(opening: path) == .cannotOpen(path: path, reason: "Permission denied"))
  }

  @Test func `a file of 600 MB is read without its weights`() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "large.onnx").path
    let weightBytes: UInt64 = 600_000_000
    // One initializer with its name behind its values, then a node; the values are a hole in the file.
    let tensorHead = Wire.number(1, weightBytes / 4) + Wire.number(2, 1) + Wire.varint(9 << 3 | 2)
    let head = tensorHead + Wire.varint(weightBytes)
    let tail = Wire.bytes(8, Array("w".utf8))
    let tensorBytes = UInt64(head.count + tail.count) + weightBytes
    let tensorPrefix = Wire.varint(5 << 3 | 2) + Wire.varint(tensorBytes)
    let node = Wire.bytes(1, Wire.bytes(4, Array("Conv".utf8)))
    let graphPrefix = Wire.varint(7 << 3 | 2) + Wire.varint(UInt64(tensorPrefix.count + node.count) + tensorBytes)
    let start = graphPrefix + tensorPrefix + head
    try Data(start).write(to: URL(filePath: path))
    let handle = try FileHandle(forWritingTo: URL(filePath: path))
    try handle.seek(toOffset: UInt64(start.count) + weightBytes)
    try handle.write(contentsOf: Data(tail + node))
    try handle.close()

    // In a process of its own: other tests run beside this one and take memory too.
    await #expect(processExitsWith: .success) { [path = path as String] in
      let before = try peakMemory()
      _ = try ModelFile(path: path)
      #expect(try peakMemory() - before < 50_000_000)
    }

    let read = try ModelFile(path: path)
    #expect(read.model.graph.node.map(\.opType) == ["Conv"])
    let tensor = try #require(read.model.graph.initializer.first)
    #expect(tensor.name == "w")
    #expect(try tensor.elementCount() == 150_000_000)
    let piece = StrippedData.Piece(field: .rawData, bytes: start.count..<start.count + Int(weightBytes))
    #expect(read.strippedData(of: tensor)?.piece == piece)
  }

  @Test func `a file with too much besides weights is refused before it is copied`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "text.onnx").path
    let textBytes: UInt64 = 70_000_000
    let head = Wire.bytes(7, []) + Wire.varint(6 << 3 | 2) + Wire.varint(textBytes)
    try Data(head).write(to: URL(filePath: path))
    try #require(truncate(path, head.count + Int(textBytes)) == 0)
    let size = head.count + Int(textBytes)
    #expect(error(opening: path) == .tooLarge(path: path, bytes: size, limit: 64 << 20))
  }
}
