import Testing

@testable import Execution

/// Memory for packed weights and maps.
@Suite("Memory of the native back end")
struct NativeMemoryTests {
  @Test("blocks are zeros, start at lines of the cache and do not overlap, whatever their sizes")
  func blocksAreApart() {
    var dice = Dice(11)
    let memory = NativeMemory()
    // Up to blocks larger than any chunk.
    let counts =
      (0..<200).map { _ in Int.random(in: 0...5000, using: &dice) } + [1, 600_000, 5_000_000, 3, 1_000_000, 2]
    let blocks = counts.map { memory.floats($0) }
    for (block, count) in zip(blocks, counts) {
      #expect(Int(bitPattern: block) % NativeMemory.alignment == 0)
      #expect((0..<count).allSatisfy { block[$0] == 0 })
    }
    for (index, (block, count)) in zip(blocks, counts).enumerated() {
      block.update(repeating: Float(index + 1), count: count)
    }
    for (index, (block, count)) in zip(blocks, counts).enumerated() {
      #expect((0..<count).allSatisfy { block[$0] == Float(index + 1) }, "block \(index) of \(count) floats")
    }
    #expect(memory.bytes == counts.reduce(0) { $0 + max($1, 1) * 4 })
  }
}
