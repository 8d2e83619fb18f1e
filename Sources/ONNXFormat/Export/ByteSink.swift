/// What bytes of a file are written to, in order.
protocol ByteSink: ~Copyable {
  mutating func write(_ bytes: UnsafeRawBufferPointer) throws(ExportError)
}

extension ByteSink where Self: ~Copyable {
  /// Writes the memory of numbers.
  mutating func write<Element: BitwiseCopyable>(elements: [Element]) throws(ExportError) {
    let result = elements.withUnsafeBytes { bytes in
      Result { () throws(ExportError) in try write(bytes) }
    }
    try result.get()
  }
}

/// Bytes kept in memory.
struct ByteArray: ByteSink {
  private(set) var bytes: [UInt8] = []

  mutating func write(_ bytes: UnsafeRawBufferPointer) { self.bytes.append(contentsOf: bytes) }
}
