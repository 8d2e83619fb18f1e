import Glibc

/// A folder for the files of one command, which goes with them when nothing holds it any more.
final class CommandFolder: Sendable {
  let path: String

  /// - Throws: ``EvaluationFailure/file(reason:)``.
  init() throws(EvaluationFailure) {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/convscope-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw .file(reason: "no folder can be made in '\(parent)': \(String(cString: strerror(errno)))")
    }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit {
    if let folder = opendir(path) {
      while let entry = readdir(folder) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        if name != ".", name != ".." { unlink("\(path)/\(name)") }
      }
      closedir(folder)
    }
    rmdir(path)
  }
}
