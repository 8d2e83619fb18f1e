import Analysis
import NetworkGraph

/// The places of all buffers of a plan.
struct NativePlaces {
  var arena: Arena
  /// By buffer, which of the arena's tenants it is; buffers that take over another's place share one.
  var tenants: [Int]
}

extension NativePlanner {
  /// Places for all buffers by their lifetimes: from the first to the last step that touches them.
  func places(steps: [NativeStep]) -> NativePlaces? {
    var lives = buffers.map { _ in Life(start: steps.count, end: 0) }
    func touch(_ storage: NativeStorage, _ step: Int) {
      guard case .buffer(let buffer) = storage else { return }
      lives[buffer].start = min(lives[buffer].start, step)
      lives[buffer].end = max(lives[buffer].end, step + 1)
    }
    for (index, step) in steps.enumerated() {
      for storage in step.touched { touch(storage, index) }
    }
    for port in graph.inputs {
      if let place = self[port.value] { touch(place.storage, 0) }
    }
    for port in graph.outputs {
      if let place = self[port.value] { touch(place.storage, steps.count) }
    }
    // A step's output moves in where its input moves out.
    var owner = Array(buffers.indices)
    for (index, step) in steps.enumerated() {
      guard let pair = step.inPlace, buffers[pair.input] == buffers[pair.output] else { continue }
      let root = owner[pair.input]
      guard lives[root].end == index + 1, lives[pair.output].start == index else { continue }
      owner[pair.output] = root
      lives[root].end = lives[pair.output].end
    }
    var tenants: [Arena.Tenant] = []
    var numbers = Array(repeating: 0, count: buffers.count)
    for buffer in buffers.indices where owner[buffer] == buffer {
      numbers[buffer] = tenants.count
      let life = lives[buffer].start < lives[buffer].end ? lives[buffer] : Life(start: 0, end: 1)
      // Vectors may reach beyond the last element.
      let bytes = (buffers[buffer] * MemoryLayout<Float>.stride + 127) & ~63
      tenants.append(Arena.Tenant(bytes: bytes, start: life.start, end: life.end))
    }
    return Arena(tenants).map { NativePlaces(arena: $0, tenants: owner.map { numbers[$0] }) }
  }
}

/// The first step that touches a buffer, and one past the last.
private struct Life {
  var start: Int
  var end: Int
}
