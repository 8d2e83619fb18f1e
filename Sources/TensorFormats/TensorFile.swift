import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A regular file that is open for reading at any place.
///
/// Not a memory map: values are converted or copied into tensors at once, which `pread` does as fast, and a file that
/// shrinks while it is mapped kills the process. Opening never waits: pipes and devices are refused.
package final class TensorFile: Sendable {
  /// What errors call the file.
  package let path: String
  package let count: Int
  private let descriptor: Int32

  /// Opens the file at `path`.
  /// - Throws: ``TensorError/inaccessible(file:reason:)``.
  package convenience init(path: String) throws(TensorError) {
    // The system would read only what precedes the zero.
    guard !path.utf8.contains(0) else { throw .inaccessible(file: path, reason: "a path cannot hold a zero byte") }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .inaccessible(file: path, reason: Self.reason(errno)) }
    try self.init(descriptor, path: path)
  }

  /// Opens the file that `location` names within `folder`: its parts are joined by slashes, none of them leads out of
  /// the folder, and none is a symbolic link, not even one put there in the meantime.
  /// - Throws: ``TensorError/inaccessible(file:reason:)``.
  package convenience init(_ location: String, beneath folder: String) throws(TensorError) {
    let path = "\(folder)/\(location)"
    func refusal(_ reason: String) -> TensorError { .inaccessible(file: path, reason: reason) }
    let parts = location.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }), !location.utf8.contains(0) else {
      throw refusal("is not a plain path within the folder")
    }
    var descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    for (index, part) in parts.enumerated() where descriptor >= 0 {
      let kind = index == parts.count - 1 ? O_NONBLOCK : O_DIRECTORY
      let next = openat(descriptor, String(part), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | kind)
      let code = errno
      close(descriptor)
      descriptor = next
      errno = code
    }
    guard descriptor >= 0 else {
      let code = errno
      var status = stat()
      let isLink = code == ELOOP || code == ENOTDIR && lstat(path, &status) == 0
      throw refusal(isLink ? "leads through a symbolic link, which is not followed" : Self.reason(code))
    }
    try self.init(descriptor, path: path)
  }

  /// Takes over a descriptor.
  private init(_ descriptor: Int32, path: String) throws(TensorError) {
    var status = stat()
    var problem: String?
    if fstat(descriptor, &status) != 0 {
      problem = Self.reason(errno)
    } else if status.st_mode & S_IFMT != S_IFREG {
      problem = "is not a regular file"
    }
    if let problem {
      close(descriptor)
      throw .inaccessible(file: path, reason: problem)
    }
    self.path = path
    self.descriptor = descriptor
    count = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Fills `buffer` with the bytes from `offset` on.
  /// - Throws: ``TensorError`` when the file ends before.
  package func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(TensorError) {
    var done = 0
    while done < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let read = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
      if read < 0 && errno == EINTR { continue }
      guard read > 0 else {
        throw .malformed(
          file: path, offset: offset + done,
          reason: read < 0 ? Self.reason(errno) : "the file ends here, although \(rest.count) more bytes are needed")
      }
      done += read
    }
  }

  /// The bytes in `range`.
  /// - Throws: ``TensorError`` when they are not all in the file; nothing is allocated then.
  package func bytes(_ range: Range<Int>) throws(TensorError) -> [UInt8] {
    guard range.lowerBound >= 0, range.upperBound <= count else {
      throw .malformed(
        file: path, offset: range.lowerBound,
        reason: "\(range.count) bytes are needed from here on, but the file has \(count) bytes in all")
    }
    var failure: TensorError?
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, initialized in
      do throws(TensorError) {
        try read(
          UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<range.count]),
          at: range.lowerBound)
        initialized = range.count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// The operating system's words for an error number.
  static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
