import NetworkGraph
import SymbolicIntegers

/// Places for all tensors of an inference in one block of memory, such that no two that are live at once overlap.
///
/// Tensors get their places one by one, the largest first, each at the lowest gap that fits. Those that stick out above
/// the peak of live bytes are then placed before all others, and so on for some rounds; other first orders follow, and
/// the tightest gap in place of the lowest. The smallest block of all is kept. It need not be optimal, for the problem is
/// NP-hard (Garey and Johnson 1979, SR2, "dynamic storage allocation"); but it is never below the peak, and where it
/// equals the peak it is proved best. Sources: largest first, Pisarchyk and Lee 2020, arXiv:2001.03288; sticking out
/// first, Joslin and Clements 1999, "Squeaky wheel optimization".
public struct Arena: Sendable {
  /// The size of the block in bytes, weights left out.
  public let bytes: Int
  /// For every buffer, or tenant, its offset; -1 for a buffer that no step touches.
  public let offsets: [Int]

  /// Comparisons of tensors that the search for places may make; what has no place by then goes on top of the rest.
  static let workLimit = 1 << 26
  /// How often what sticks out is moved to the front of one first order.
  static let rounds = 30

  /// - Returns: nil when sizes depend on symbols.
  public init?(_ liveness: Liveness) {
    let (buffers, lifetimes) = (liveness.storage.buffers, liveness.lifetimes)
    guard let peak = (liveness.peakBytes - liveness.storage.weightBytes).constant else { return nil }
    // A buffer that takes over another's storage prolongs it.
    var tenants: [Tenant] = []
    tenants.reserveCapacity(buffers.count)
    var tenant = Array(-1, count: buffers.count)
    let byStart = buffers.indices.filter { !lifetimes[$0].isEmpty }.sorted {
      (lifetimes[$0].lowerBound, $0) < (lifetimes[$1].lowerBound, $1)
    }
    for buffer in byStart {
      let lifetime = lifetimes[buffer]
      let replaced = Int(liveness.overwrites[buffer])
      if replaced >= 0 {
        tenant[buffer] = tenant[replaced]
        tenants[tenant[buffer]].end = lifetime.upperBound
      } else {
        guard let bytes = buffers[buffer].bytes.constant else { return nil }
        tenant[buffer] = tenants.count
        tenants.append(Tenant(bytes: bytes, start: lifetime.lowerBound, end: lifetime.upperBound))
      }
    }
    guard let arena = Arena(tenants, peak: peak) else { return nil }
    bytes = arena.bytes
    offsets = tenant.map { $0 < 0 ? -1 : arena.offsets[$0] }
  }

  /// Places for `tenants`, in their order.
  /// - Returns: nil when an offset would leave the range of 64-bit integers.
  public init?(_ tenants: [Tenant]) {
    self.init(tenants, peak: Arena.peak(of: tenants))
  }

  /// The most bytes that are taken at once.
  private static func peak(of tenants: [Tenant]) -> Int {
    var changes = tenants.filter { $0.start < $0.end }.flatMap { [($0.start, $0.bytes), ($0.end, -$0.bytes)] }
    changes.sort { $0 < $1 }
    var (taken, peak) = (0, 0)
    for (_, change) in changes {
      taken &+= change
      peak = max(peak, taken)
    }
    return peak
  }

  /// - Parameter peak: the most bytes that are taken at once: a block of this size is best.
  private init?(_ tenants: [Tenant], peak: Int) {
    var best: (bytes: Int, offsets: [Int])?
    var work = 0
    search: for start in Arena.starts(tenants) {
      var order = start.order
      for round in 0..<Arena.rounds where work <= Arena.workLimit || best == nil {
        let isInTime = start.isInTime && round == 0
        let found = Arena.offsets(of: tenants, order: order, isInTime: isInTime, fit: start.fit, &work)
        guard let offsets = found else { return nil }
        let bytes = zip(tenants, offsets).reduce(0) { max($0, $1.0.bytes + $1.1) }
        if best.map({ bytes < $0.bytes }) ?? true { best = (bytes, offsets) }
        if bytes <= peak { break search }
        let sticksOut = tenants.indices.map { offsets[$0] + tenants[$0].bytes > peak }
        order = order.filter { sticksOut[$0] } + order.filter { !sticksOut[$0] }
      }
    }
    guard let best else { return nil }
    bytes = best.bytes
    offsets = best.offsets
  }

  /// A piece of the block, taken from `start` up to `end`.
  public struct Tenant: Hashable, Sendable {
    public var bytes: Int
    public var start: Int
    public var end: Int

    public init(bytes: Int, start: Int, end: Int) {
      self.bytes = bytes
      self.start = start
      self.end = end
    }
  }

  /// Orders in which places are first given out, and how: the largest first, then as time goes; very many tensors only as
  /// time goes, when those that are gone need no comparison.
  private static func starts(_ tenants: [Tenant]) -> [(order: [Int], isInTime: Bool, fit: Fit)] {
    let inTime = Array(tenants.indices)
    let bySize = inTime.sorted { (tenants[$1].bytes, $0) < (tenants[$0].bytes, $1) }
    let starts = [
      (bySize, false, Fit.lowest), (inTime, true, .lowest), (bySize, false, .tightest), (inTime, true, .tightest),
    ]
    return tenants.count > 1 << 13 ? [starts[1], starts[3]] : starts
  }

  private enum Fit {
    case lowest, tightest
  }

  /// Places the tenants one by one.
  /// - Returns: nil when an offset would leave the range of 64-bit integers.
  private static func offsets(
    of tenants: [Tenant], order: [Int], isInTime: Bool, fit: Fit, _ work: inout Int
  ) -> [Int]? {
    var offsets = Array(0, count: tenants.count)
    /// Those that have a place, by offset.
    var placed: [Int] = []
    placed.reserveCapacity(tenants.count)
    var top = 0
    for index in order {
      let tenant = tenants[index]
      var chosen: Int?
      var slack = Int.max
      if isInTime, work <= workLimit { placed.removeAll { tenants[$0].end <= tenant.start } }
      work += placed.count
      if work <= workLimit {
        var free = 0
        for other in placed where tenants[other].start < tenant.end && tenant.start < tenants[other].end {
          let gap = offsets[other] - free
          if gap >= tenant.bytes, gap - tenant.bytes < slack {
            chosen = free
            slack = gap - tenant.bytes
            if fit == .lowest { break }
          }
          free = max(free, offsets[other] + tenants[other].bytes)
        }
        if chosen == nil { chosen = free }
      }
      let offset = chosen ?? top
      let (end, overflow) = offset.addingReportingOverflow(tenant.bytes)
      guard !overflow else { return nil }
      offsets[index] = offset
      top = max(top, end)
      if work <= workLimit { placed.insert(index, at: placed.partition(at: offset, offsets)) }
    }
    return offsets
  }
}

extension [Int] {
  /// The first position whose element's offset is beyond `offset`; elements are ordered by offset.
  fileprivate func partition(at offset: Int, _ offsets: [Int]) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if offsets[self[middle]] <= offset { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
