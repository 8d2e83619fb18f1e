import CKernels

/// Memory that lives as long as a network is ready to run: packed weights, tables, kernel arguments.
///
/// Blocks are cut from chunks, which grow with what is asked for: those of large networks consist of large pages where the
/// system has them at hand.
final class NativeMemory {
  private var chunks: [UnsafeMutableRawPointer] = []
  /// Bytes of the last chunk, and those of them that are taken.
  private var (size, taken) = (0, 0)
  private var largePages = CKLargePages()
  /// Of all blocks together.
  private(set) var bytes = 0

  /// A cache line; every block starts at one.
  static let alignment = 64

  /// Chunks grow up to this.
  private static let mostAtOnce = 16 << 20

  /// `count` zeros.
  func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
    let floats = allocate(max(count, 1) * MemoryLayout<Float>.stride).bindMemory(
      to: Float.self, capacity: max(count, 1))
    floats.initialize(repeating: 0, count: max(count, 1))
    return floats
  }

  func keep(_ values: [Float]) -> UnsafeMutablePointer<Float> {
    let memory = floats(values.count)
    for (index, value) in values.enumerated() { memory[index] = value }
    return memory
  }

  /// The values, for as long as this lives. They are trivial: nobody destroys them.
  func keep<Value: BitwiseCopyable>(_ values: [Value]) -> UnsafePointer<Value> {
    let typed = allocate(max(values.count, 1) * MemoryLayout<Value>.stride).bindMemory(
      to: Value.self, capacity: max(values.count, 1))
    for (index, value) in values.enumerated() { (typed + index).initialize(to: value) }
    return UnsafePointer(typed)
  }

  private func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
    bytes += byteCount
    let needed = (byteCount + NativeMemory.alignment - 1) / NativeMemory.alignment * NativeMemory.alignment
    if chunks.isEmpty || size - taken < needed { addChunk(max(needed, min(bytes, NativeMemory.mostAtOnce))) }
    defer { taken += needed }
    return chunks[chunks.count - 1] + taken
  }

  private func addChunk(_ needed: Int) {
    let page = Int(CK_LARGE_PAGE)
    let isLarge = needed >= page
    (size, taken) = (isLarge ? (needed + page - 1) / page * page : needed, 0)
    chunks.append(.allocate(byteCount: size, alignment: isLarge ? page : NativeMemory.alignment))
    if isLarge { ck_use_large_pages(chunks[chunks.count - 1], size, &largePages) }
  }

  deinit { for chunk in chunks { chunk.deallocate() } }
}
