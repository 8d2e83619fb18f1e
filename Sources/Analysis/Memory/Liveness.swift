import NetworkGraph
import SymbolicIntegers

/// How many bytes are live while a network runs, step by step.
///
/// While a step runs, its inputs and its outputs are live, and whatever a later step or the caller still needs; an
/// output that takes the place of an input shares its storage. The graph's inputs are live from the start.
///
/// Law: the peak equals what an allocator would see that allocates a step's outputs before it runs and frees, after it,
/// what nothing needs any more. Exact and symbolic. Cost: one pass over the steps and their tensors.
public struct Liveness: Sendable {
  public let storage: StorageGraph
  /// Steps in the order of execution.
  public let order: [Int]
  /// Live bytes while each step of ``order`` runs, weights included if the options count them.
  public let liveBytes: [Dimension]
  /// The largest of ``liveBytes``; over symbols, a maximum of formulas.
  public let peakBytes: Dimension
  /// The first position in ``order`` at which the peak is reached; nil where symbols decide it.
  public let peakPosition: Int?
  /// For every buffer the positions in ``order`` at which it is live: from its first step through its last, inputs from
  /// 0, outputs to the end; to before the step whose output takes over its storage. Empty for one that no step touches.
  public let lifetimes: [Range<Int>]
  /// For every buffer the one whose storage it takes over; -1 where it has its own.
  let overwrites: [Int32]

  /// The network's own order of execution.
  /// - Throws: ``GraphError/total(quantity:_:)`` when a sum leaves the range of 64-bit integers.
  public init(_ graph: Graph, _ options: MemoryOptions = MemoryOptions()) throws(GraphError) {
    try self.init(StorageGraph(graph, options))
  }

  /// - Parameter order: every step of `storage` once, each behind those whose outputs it needs; nil for its own order.
  /// - Throws: ``GraphError/total(quantity:_:)`` when a sum leaves the range of 64-bit integers.
  public init(_ storage: StorageGraph, order: [Int]? = nil) throws(GraphError) {
    let order = order ?? Array(storage.steps.indices)
    let buffers = storage.buffers
    var remaining = buffers.map(\.touchCount)
    var starts = Array(-1, count: buffers.count)
    var ends = Array(-1, count: buffers.count)
    var overwrites = Array(Int32(-1), count: buffers.count)
    var live = storage.weightBytes
    for (index, buffer) in buffers.enumerated() where buffer.isInput && (buffer.touchCount > 0 || buffer.isKept) {
      starts[index] = 0
      live += buffer.bytes
    }
    var liveBytes: [Dimension] = []
    liveBytes.reserveCapacity(order.count)
    for (position, step) in order.enumerated() {
      let touches = storage.steps[step].touches
      for place in touches {
        let buffer = Int(storage.touches[place])
        remaining[buffer] -= 1
        guard starts[buffer] < 0 else { continue }
        starts[buffer] = position
        let freed = storage.overwritable(by: step).first { remaining[Int($0)] == 0 && !buffers[Int($0)].isKept }
        if let freed { overwrites[buffer] = freed } else { live += buffers[buffer].bytes }
      }
      liveBytes.append(live)
      for place in touches {
        let index = storage.touches[place]
        guard remaining[Int(index)] == 0, !buffers[Int(index)].isKept else { continue }
        let isTaken =
          storage.overwritable(by: step).contains(index)
          && storage.touched(by: step).contains { overwrites[Int($0)] == index }
        ends[Int(index)] = isTaken ? position : position + 1
        if !isTaken { live -= buffers[Int(index)].bytes }
      }
    }
    let peak = liveBytes.isEmpty ? (live, nil) : Liveness.peak(of: liveBytes)
    if let failure = peak.0.failure { throw .total(quantity: "live bytes", failure) }
    (peakBytes, peakPosition) = peak
    lifetimes = buffers.indices.map { index in
      guard starts[index] >= 0 else { return 0..<0 }
      return starts[index]..<(buffers[index].isKept ? max(order.count, starts[index] + 1) : ends[index])
    }
    self.liveBytes = liveBytes
    self.overwrites = overwrites
    self.order = order
    self.storage = storage
  }
}

extension Liveness {
  /// The largest of `bytes`, and where it is first reached if that does not depend on symbols.
  private static func peak(of bytes: [Dimension]) -> (Dimension, Int?) {
    var largest = Int.min
    var position: Int?
    for (index, live) in bytes.enumerated() {
      guard let value = live.constant else {
        let peak = Dimension.largest(of: bytes)
        return (peak, bytes.firstIndex(of: peak))
      }
      if value > largest { (largest, position) = (value, index) }
    }
    return (Dimension(largest), position)
  }

  /// The step at which the peak is reached first; nil where symbols decide it or nothing runs.
  public var peakStep: Int? { peakPosition.map { order[$0] } }

  /// The buffers that are live while the step at `position` of the order runs, largest first where sizes are plain
  /// numbers.
  public func liveBuffers(at position: Int) -> [Int] {
    func size(_ buffer: Int) -> Int { storage.buffers[buffer].bytes.constant ?? 0 }
    return lifetimes.indices.filter { lifetimes[$0].contains(position) }.sorted {
      (size($1), $0) < (size($0), $1)
    }
  }
}
