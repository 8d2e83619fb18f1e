#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file's text, checked before anything reads it.
enum SourceText {
  /// The text of the file at `path`. Never waits: pipes and devices are refused.
  static func read(_ path: String) throws(ArchitectureFileError) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw ArchitectureFileError(nil, .unreadable(reason: reason(errno))) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw ArchitectureFileError(nil, .unreadable(reason: reason(errno))) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw ArchitectureFileError(nil, .notAFile) }
    let limit = ArchitectureFileLimits.bytes
    guard status.st_size <= limit else { throw ArchitectureFileError(nil, .tooManyBytes(Int(status.st_size))) }
    // One byte more than allowed, in case the file has grown since.
    var bytes = [UInt8](repeating: 0, count: limit + 1)
    var count = 0
    while count < bytes.count {
      let got = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress?.advanced(by: count), $0.count - count, off_t(count))
      }
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw ArchitectureFileError(nil, .unreadable(reason: reason(errno))) }
      if got == 0 { break }
      count += got
    }
    guard count <= limit else { throw ArchitectureFileError(nil, .tooManyBytes(count)) }
    return try text(bytes[..<count])
  }

  /// The text that bytes encode, without a byte order mark.
  static func text(_ bytes: ArraySlice<UInt8>) throws(ArchitectureFileError) -> String {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let content = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes
    guard let text = String(validating: content, as: UTF8.self) else { throw ArchitectureFileError(nil, .notText) }
    return text
  }

  private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
