import Foundation
import SwiftProtobuf
import Testing

@testable import ONNXFormat

/// Real files: the folder in CONVSCOPE_ONNX_FILES, else `shared/reference/onnx` beside the package.
private let folder = URL(
  filePath: ProcessInfo.processInfo.environment["CONVSCOPE_ONNX_FILES"]
    ?? URL(filePath: #filePath).appending(path: "../../../../shared/reference/onnx").standardizedFileURL.path)

private let files = (FileManager.default.subpaths(atPath: folder.path) ?? [])
  .filter { $0.hasSuffix(".onnx") }.sorted()

@Suite(.enabled(if: !files.isEmpty, "no ONNX files in \(folder.path); set CONVSCOPE_ONNX_FILES to a folder of them"))
struct ReferenceFilesTests {
  @Test(arguments: files) func `real files are read as the plain decoder reads them, less large values`(
    path: String
  ) throws {
    let file = try ModelFile(path: folder.appending(path: path).path)
    var plain = try ModelProto(serializedBytes: Data(contentsOf: folder.appending(path: path)))
    var read = file.model
    var strippedCount = 0
    TestModels.forEveryTensor(in: &read) { tensor in
      guard file.strippedData(of: tensor) != nil else { return }
      strippedCount += 1
      tensor.unknownFields = UnknownStorage()
      // A stripped tensor keeps its description: marked here, matched by the same mark in the plain model below.
      tensor.docString = "stripped"
    }
    #expect(strippedCount == file.stripped.count)

    var descriptions: [TensorProto] = []
    TestModels.forEveryTensor(in: &read) { descriptions.append($0) }
    var next = descriptions.makeIterator()
    TestModels.forEveryTensor(in: &plain) { tensor in
      guard let description = next.next(), description.docString == "stripped" else { return }
      let isLarge = try? (tensor.serializedBytes() as [UInt8]).count > PayloadStripper.keptBytes
      #expect(isLarge == true)
      tensor.clearRawData()
      tensor.floatData = []
      tensor.int32Data = []
      tensor.int64Data = []
      tensor.doubleData = []
      tensor.docString = "stripped"
    }
    #expect(read == plain)
  }

  @Test(arguments: files) func `constants of real files have values or a place in the file`(path: String) throws {
    let file = try ModelFile(path: folder.appending(path: path).path)
    var model = file.model
    TestModels.forEveryTensor(in: &model) { tensor in
      guard tensor.dataLocation != .external, file.strippedData(of: tensor) == nil else { return }
      #expect(throws: Never.self) {
        let integers = try tensor.ints()
        let values = try integers?.count ?? tensor.floats()?.count
        #expect(try values == tensor.elementCount(), "\(tensor.name)")
      }
    }
  }
}
