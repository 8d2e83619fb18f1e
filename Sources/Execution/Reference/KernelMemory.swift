/// Memory of an executor's reference kernels beside the tensors: what they fill once, when a network is made ready, and
/// one space in which each works while it runs. So that a run allocates nothing.
final class KernelMemory {
  private var blocks: [UnsafeMutablePointer<Float>] = []
  fileprivate private(set) var workspace: UnsafeMutableRawPointer
  private var workspaceBytes = 64

  init() { workspace = .allocate(byteCount: workspaceBytes, alignment: 64) }

  deinit {
    for block in blocks { block.deallocate() }
    workspace.deallocate()
  }

  /// Elements that stay.
  func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
    let block = UnsafeMutablePointer<Float>.allocate(capacity: max(count, 1))
    blocks.append(block)
    return block
  }

  /// Room for `count` elements while a kernel runs. Kernels run one after the other and share it.
  func workspace<Element: BitwiseCopyable>(of type: Element.Type, count: Int) -> Workspace<Element> {
    let bytes = max(count, 1) * MemoryLayout<Element>.stride
    if bytes > workspaceBytes {
      workspace.deallocate()
      workspace = .allocate(byteCount: bytes, alignment: 64)
      workspaceBytes = bytes
    }
    return Workspace(memory: self, count: count)
  }
}

/// The working space of one kernel.
struct Workspace<Element: BitwiseCopyable> {
  fileprivate let memory: KernelMemory
  fileprivate let count: Int

  /// Elements of any value, for the kernel that runs.
  var elements: UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(
      start: memory.workspace.bindMemory(to: Element.self, capacity: max(count, 1)), count: count)
  }
}

/// Calls `body` with `count` zeros on the stack: an index with a few axes.
func withIndex(_ count: Int, _ body: (UnsafeMutableBufferPointer<Int>) -> Void) {
  withUnsafeTemporaryAllocation(of: Int.self, capacity: count) { index in
    index.initialize(repeating: 0)
    body(index)
  }
}

/// The next index of a row-major walk over all axes of `shape` but the last; `index` may have fewer axes than that.
func advance(_ index: UnsafeMutableBufferPointer<Int>, _ shape: [Int]) {
  for axis in (0..<max(shape.count - 1, 0)).reversed() {
    index[axis] += 1
    if index[axis] < shape[axis] { return }
    index[axis] = 0
  }
}
