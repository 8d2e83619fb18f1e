import NetworkGraph
import SymbolicIntegers

/// The order of execution that needs the least memory.
///
/// The graph is cut after every step that all others either precede or follow, in any order; between two cuts the steps
/// can be arranged on their own. A segment whose peak lies above what some other segment needs anyway is searched:
/// exactly, over the sets of steps that may have run (best first, by the peak so far), while it has at most
/// ``exactSteps`` steps and the search stays within ``exactStates`` sets; else with a beam of at most ``beamWidth``
/// orders. Finding the best order is NP-hard in general (Sethi 1975, register allocation), hence the limits.
///
/// Law: the peak is never above the given order's.
public struct OrderSearch: Sendable {
  /// Steps of a segment up to which the search is exact.
  public static let exactSteps = 64
  /// Sets of steps that the exact search may visit in one network.
  public static let exactStates = 1 << 17
  /// Partial orders that the bounded search keeps at each length.
  public static let beamWidth = 64

  /// Live bytes in the order found.
  public let liveness: Liveness
  /// Live bytes in the order that the graph has.
  public let given: Liveness
  /// Whether no order has a lower peak; false where limits ended the search.
  public let isOptimal: Bool

  /// Bytes by which the order found lowers the peak.
  public var savedBytes: Dimension { given.peakBytes - liveness.peakBytes }

  /// - Returns: nil when sizes depend on symbols.
  /// - Throws: ``GraphError/total(quantity:_:)`` when a sum leaves the range of 64-bit integers.
  public init?(_ storage: StorageGraph) throws(GraphError) {
    given = try Liveness(storage)
    guard given.peakBytes.isConstant else { return nil }
    guard let problem = OrderProblem(storage) else {
      (liveness, isOptimal) = (given, false)
      return
    }
    let (order, isOptimal) = OrderSearch.arrange(problem)
    let found = try Liveness(storage, order: order)
    let isBetter = (found.peakBytes.constant ?? .max) < (given.peakBytes.constant ?? .max)
    liveness = isBetter ? found : given
    self.isOptimal = isOptimal
  }

  /// Searches the segments from the one with the highest peak on, while that lies above what is needed anyway.
  private static func arrange(_ problem: OrderProblem) -> (order: [Int], isOptimal: Bool) {
    let segments = problem.segments()
    var needed = segments.reduce(0) { max($0, $1.lowerBound) }
    var orders = segments.map { Array($0.steps) }
    var budget = exactStates
    var isOptimal = true
    let byPeak = segments.indices.sorted { (segments[$1].givenPeak, $0) < (segments[$0].givenPeak, $1) }
    for index in byPeak where segments[index].givenPeak > needed {
      let segment = segments[index]
      let search = SegmentSearch(problem, segment, needed: needed)
      if let exact = search.exact(&budget) {
        orders[index] = exact.order
        needed = max(needed, exact.peak)
      } else {
        let found = search.beam(width: beamWidth)
        if let found, found.peak < segment.givenPeak { orders[index] = found.order }
        let peak = min(found?.peak ?? .max, segment.givenPeak)
        if peak > needed { isOptimal = false }
        needed = max(needed, peak)
      }
    }
    return (Array(orders.joined()), isOptimal)
  }
}

/// The part of a ``StorageGraph`` that an order search needs, in plain integers.
struct OrderProblem {
  /// Steps between two cuts.
  struct Segment {
    var steps: Range<Int>
    /// Live bytes when the segment starts.
    var liveBefore: Int
    /// The peak in the given order.
    var givenPeak: Int
    /// What every order needs.
    var lowerBound: Int
  }

  let storage: StorageGraph
  let bytes: [Int]
  /// For every buffer the steps from the first that touches it up to behind the last, in the given order.
  let spans: [Range<Int>]
  let predecessors: [[Int]]

  /// - Returns: nil when a size is not a number, or all sizes together leave the range of 64-bit integers.
  init?(_ storage: StorageGraph) {
    self.storage = storage
    var bytes: [Int] = []
    bytes.reserveCapacity(storage.buffers.count)
    var total = 0
    for buffer in storage.buffers {
      guard let size = buffer.bytes.constant else { return nil }
      let (sum, overflow) = total.addingReportingOverflow(size)
      guard !overflow else { return nil }
      total = sum
      bytes.append(size)
    }
    self.bytes = bytes
    var spans = Array(repeating: 0..<0, count: bytes.count)
    for step in storage.steps.indices {
      for buffer in storage.touched(by: step) {
        let index = Int(buffer)
        spans[index] = (spans[index].isEmpty ? step : spans[index].lowerBound)..<(step + 1)
      }
    }
    self.spans = spans
    predecessors = storage.steps.indices.map { storage.predecessors(of: $0) }
  }

  /// The segments of the given order, with their peaks in it.
  func segments() -> [Segment] {
    let count = storage.steps.count
    var remaining = storage.buffers.map(\.touchCount)
    var isLive = storage.buffers.map { $0.isInput && ($0.touchCount > 0 || $0.isKept) }
    var live = 0
    for index in bytes.indices where isLive[index] { live += bytes[index] }
    let isCut = cuts()
    var segments: [Segment] = []
    var current = Segment(steps: 0..<0, liveBefore: live, givenPeak: 0, lowerBound: 0)
    for step in 0..<count {
      let overwritable = storage.overwritable(by: step)
      var taken: Int32?
      var touchedBytes = 0
      for buffer in storage.touched(by: step) {
        let index = Int(buffer)
        remaining[index] -= 1
        touchedBytes += bytes[index]
        guard !isLive[index] else { continue }
        isLive[index] = true
        taken = overwritable.first { remaining[Int($0)] == 0 && !storage.buffers[Int($0)].isKept }
        if taken == nil { live += bytes[index] }
      }
      current.givenPeak = max(current.givenPeak, live)
      // An output that may overwrite an input needs no place of its own in the best case.
      let spared = overwritable.first.map { bytes[Int($0)] } ?? 0
      current.lowerBound = max(current.lowerBound, touchedBytes - spared)
      for buffer in storage.touched(by: step)
      where remaining[Int(buffer)] == 0 && !storage.buffers[Int(buffer)].isKept && buffer != taken {
        live -= bytes[Int(buffer)]
      }
      guard isCut[step] || step == count - 1 else { continue }
      current.steps = current.steps.lowerBound..<(step + 1)
      segments.append(current)
      current = Segment(steps: (step + 1)..<(step + 1), liveBefore: live, givenPeak: 0, lowerBound: 0)
    }
    return segments
  }

  /// For each step whether all earlier steps precede it and all later ones follow it in every order.
  ///
  /// That all later steps follow means that each of them has a predecessor at or behind the step; that all earlier ones
  /// precede means that each has a successor at or before it.
  private func cuts() -> [Bool] {
    let count = storage.steps.count
    var latestPredecessor = Array(repeating: -1, count: count)
    var earliestSuccessor = Array(repeating: count, count: count)
    for step in 0..<count {
      for predecessor in predecessors[step] {
        latestPredecessor[step] = max(latestPredecessor[step], predecessor)
        earliestSuccessor[predecessor] = min(earliestSuccessor[predecessor], step)
      }
    }
    var isCut = Array(repeating: true, count: count)
    var furthest = -1
    for step in 0..<count {
      if furthest > step { isCut[step] = false }
      furthest = max(furthest, earliestSuccessor[step])
    }
    var least = count
    for step in (0..<count).reversed() {
      if least < step { isCut[step] = false }
      least = min(least, latestPredecessor[step])
    }
    return isCut
  }
}
