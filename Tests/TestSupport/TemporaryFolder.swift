import Foundation

/// A folder that is gone when nothing holds it any more.
public final class TemporaryFolder: Sendable {
  public let url: URL

  public init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "convscope-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Names of the files in the folder, sorted.
  public var files: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() } }

  public func path(_ name: String) -> String { url.appending(path: name).path }

  /// Writes a file and returns its path.
  public func file(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    let path = path(name)
    try Data(bytes).write(to: URL(filePath: path))
    return path
  }
}
