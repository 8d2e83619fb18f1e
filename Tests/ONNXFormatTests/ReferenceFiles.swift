import Foundation

/// Real ONNX files: in the folder that CONVSCOPE_ONNX_FILES names, else `shared/reference/onnx` beside the package.
enum ReferenceFiles {
  static let folder = URL(
    filePath: ProcessInfo.processInfo.environment["CONVSCOPE_ONNX_FILES"]
      ?? URL(filePath: #filePath).appending(path: "../../../../shared/reference/onnx").standardizedFileURL.path)

  /// Paths within the folder, sorted.
  static let paths = (FileManager.default.subpaths(atPath: folder.path) ?? []).filter { $0.hasSuffix(".onnx") }.sorted()

  static var exist: Bool { !paths.isEmpty }

  static func path(_ file: String) -> String { folder.appending(path: file).path }
}
