#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The bytes of an open file, read through a small window that moves where it is asked to.
///
/// Not a memory map: with large pages a map makes up to 2 MiB resident around every byte touched between two weights,
/// and a file that shrinks while it is mapped kills the process. Opening never waits: pipes and devices are refused.
struct FileBytes: ~Copyable {
  private static let windowSize = 16_384

  let count: Int
  /// Why the last read failed.
  private(set) var failure = ""
  private let descriptor: Int32
  private var window: [UInt8]
  /// The offsets of the file that `window` holds.
  private var held: Range<Int>

  /// Opens the file at `path`.
  init(path: String) throws(ONNXError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .cannotOpen(path: path, reason: Self.reason(errno)) }
    var status = stat()
    let problem: ONNXError? =
      if fstat(descriptor, &status) != 0 {
        .cannotOpen(path: path, reason: Self.reason(errno))
      } else if status.st_mode & S_IFMT != S_IFREG {
        .notAFile(path: path)
      } else if status.st_size <= 0 {
        .empty(path: path)
      } else {
        nil
      }
    if let problem {
      close(descriptor)
      throw problem
    }
    self.descriptor = descriptor
    count = Int(status.st_size)
    window = [UInt8](repeating: 0, count: min(count, Self.windowSize))
    held = 0..<0
  }

  /// The bytes of a file already in memory.
  init(_ bytes: [UInt8]) {
    descriptor = -1
    count = bytes.count
    window = bytes
    held = 0..<bytes.count
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// The byte at `offset`, or nil where it cannot be read; `failure` then says why.
  mutating func byte(at offset: Int) -> UInt8? {
    guard held.contains(offset) || moveWindow(to: offset) else { return nil }
    return window[offset - held.lowerBound]
  }

  /// Appends the bytes in `range` to `target`; false where they cannot be read.
  mutating func append(_ range: Range<Int>, to target: inout [UInt8]) -> Bool {
    var offset = range.lowerBound
    while offset < range.upperBound {
      guard held.contains(offset) || moveWindow(to: offset) else { return false }
      let end = min(range.upperBound, held.upperBound)
      target.append(contentsOf: window[offset - held.lowerBound..<end - held.lowerBound])
      offset = end
    }
    return true
  }

  private mutating func moveWindow(to offset: Int) -> Bool {
    guard descriptor >= 0, 0..<count ~= offset else {
      failure = "byte \(offset) is outside it"
      return false
    }
    var read = 0
    repeat {
      read = window.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, off_t(offset)) }
    } while read < 0 && errno == EINTR
    guard read > 0 else {
      failure = read < 0 ? Self.reason(errno) : "it has become shorter than \(count) bytes"
      return false
    }
    held = offset..<offset + read
    return true
  }

  private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
