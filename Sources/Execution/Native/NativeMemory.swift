/// Memory that lives as long as a network is ready to run: packed weights, tables, kernel arguments.
final class NativeMemory {
  private var blocks: [UnsafeMutableRawPointer] = []
  private(set) var bytes = 0

  /// A cache line; every block starts at one.
  static let alignment = 64

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
    let block = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: NativeMemory.alignment)
    blocks.append(block)
    bytes += byteCount
    return block
  }

  deinit { for block in blocks { block.deallocate() } }
}
