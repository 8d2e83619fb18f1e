/// Memory that lives as long as a network is ready to run: packed weights, tables, kernel arguments.
final class NativeMemory {
  private var blocks: [UnsafeMutableRawPointer] = []

  /// A cache line; every block starts at one.
  static let alignment = 64

  /// `count` zeros.
  func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
    let block = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: NativeMemory.alignment)
    blocks.append(block)
    let floats = block.bindMemory(to: Float.self, capacity: max(count, 1))
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
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: max(values.count, 1) * MemoryLayout<Value>.stride, alignment: NativeMemory.alignment)
    blocks.append(memory)
    let typed = memory.bindMemory(to: Value.self, capacity: max(values.count, 1))
    for (index, value) in values.enumerated() { (typed + index).initialize(to: value) }
    return UnsafePointer(typed)
  }

  deinit { for block in blocks { block.deallocate() } }
}
