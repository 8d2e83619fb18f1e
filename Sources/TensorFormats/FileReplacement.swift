import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file under construction beside the one that it will replace, so that no half-written file is ever seen.
///
/// Dropped without ``finish()`` it leaves nothing. What is there already and is no plain file - a device, a pipe - is
/// written to and stays.
package struct FileReplacement: ~Copyable {
  private let path: String
  /// Nil where what is at `path` is written to.
  private let temporary: String?
  private let descriptor: Int32
  private var isFinished = false

  /// Starts a file that will be at `path`.
  /// - Throws: ``TensorError/inaccessible(file:reason:)``.
  package init(path: String) throws(TensorError) {
    let temporary = Self.isSpecial(path) ? nil : "\(path).\(getpid()).part"
    let descriptor =
      if let temporary {
        open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      } else {
        open(path, O_WRONLY | O_CLOEXEC)
      }
    guard descriptor >= 0 else {
      throw .inaccessible(file: path, reason: "cannot be written: \(TensorFile.reason(errno))")
    }
    self.path = path
    self.temporary = temporary
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
    if !isFinished, let temporary { unlink(temporary) }
  }

  /// Whether there is something at `path` that a file must not replace.
  package static func isSpecial(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG && status.st_mode & S_IFMT != S_IFDIR
  }

  /// Appends bytes.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(TensorError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      #if canImport(Glibc)
        let count = Glibc.write(descriptor, part.baseAddress, part.count)
      #else
        let count = Darwin.write(descriptor, part.baseAddress, part.count)
      #endif
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure }
      rest = rest.dropFirst(count)
    }
  }

  /// Appends words in the byte order of this machine.
  package func write<Word: FixedWidthInteger>(_ words: [Word]) throws(TensorError) {
    let failure: TensorError? = words.withUnsafeBytes { bytes in
      do throws(TensorError) {
        try write(bytes)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }

  /// Appends values in a format, little endian.
  package func write(_ values: [Float], as format: StoredFloat) throws(TensorError) {
    let step = 1 << 14
    for start in stride(from: 0, to: values.count, by: step) {
      let part = values[start..<Swift.min(values.count, start + step)]
      switch format {
      case .float32: try write(part.map { $0.bitPattern.littleEndian })
      case .float16: try write(part.map { $0.halfBits.littleEndian })
      case .bfloat16: try write(part.map { $0.bfloatBits.littleEndian })
      }
    }
  }

  /// Puts the file in its place.
  package mutating func finish() throws(TensorError) {
    if let temporary, rename(temporary, path) != 0 { throw failure }
    isFinished = true
  }

  private var failure: TensorError {
    .inaccessible(file: path, reason: "cannot be written: \(TensorFile.reason(errno))")
  }
}

/// The number formats that writers offer. Conversion rounds to the nearest number, ties to even.
public enum StoredFloat: Hashable, Sendable, CaseIterable {
  case float32, float16, bfloat16

  /// Bytes of one number.
  public var byteCount: Int { self == .float32 ? 4 : 2 }
}
