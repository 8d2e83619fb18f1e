#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file that appears under its name only when it is complete: until ``finish()`` it is a temporary one beside it, which
/// goes away with this value.
struct NewFile: ~Copyable, ByteSink {
  let path: String
  /// Bytes written so far.
  private(set) var count = 0
  private let temporary: String
  private let stream: UnsafeMutablePointer<FILE>
  private var isComplete = false

  init(path: String) throws(ExportError) {
    let temporary = "\(path).\(getpid()).part"
    guard let stream = fopen(temporary, "wx") else { throw .cannotWrite(path: path, reason: Self.reason) }
    self.path = path
    self.temporary = temporary
    self.stream = stream
  }

  mutating func write(_ bytes: UnsafeRawBufferPointer) throws(ExportError) {
    guard fwrite(bytes.baseAddress, 1, bytes.count, stream) == bytes.count else { throw failure }
    count += bytes.count
  }

  /// Gives the file its name, in the place of a file that has it.
  mutating func finish() throws(ExportError) {
    guard fflush(stream) == 0, rename(temporary, path) == 0 else { throw failure }
    isComplete = true
  }

  private var failure: ExportError { .cannotWrite(path: path, reason: Self.reason) }
  private static var reason: String { String(cString: strerror(errno)) }

  deinit {
    fclose(stream)
    if !isComplete { unlink(temporary) }
  }
}
