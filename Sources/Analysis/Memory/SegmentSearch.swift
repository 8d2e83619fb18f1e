/// The search for the best order of the steps between two cuts.
///
/// Both searches use one fact: a step that now needs no more than the bound, and after which no more is live than before,
/// can run at once, for running it later would free no more and need no less.
struct SegmentSearch {
  /// What one step does to the live bytes, from where the search stands.
  struct Effect {
    /// Live bytes while the step runs.
    var peak: Int
    /// Live bytes when it has run.
    var after: Int
  }

  let problem: OrderProblem
  let segment: OrderProblem.Segment
  /// What the network needs anyway, so that a lower peak here is worth nothing.
  let needed: Int
  let count: Int
  /// The buffers that the segment's steps touch, by the number used here.
  let buffers: [Buffer]
  /// By step of the segment, the buffers it touches and may overwrite, by their number here.
  let touched: [[Int]]
  let overwritable: [[Int]]
  /// By step of the segment, the steps of the segment before and behind it.
  let predecessors: [[Int]]
  let successors: [[Int]]

  struct Buffer {
    var bytes: Int
    /// Whether it is live when the segment starts.
    var isLiveBefore: Bool
    /// Whether it stays live when the segment has run.
    var staysLive: Bool
    /// How many steps of the segment touch it.
    var touches = 0
  }

  init(_ problem: OrderProblem, _ segment: OrderProblem.Segment, needed: Int) {
    self.problem = problem
    self.segment = segment
    self.needed = needed
    let storage = problem.storage
    let steps = segment.steps
    count = steps.count
    var numbers: [Int32: Int] = [:]
    var buffers: [Buffer] = []
    touched = steps.map { step in
      storage.touched(by: step).map { buffer in
        let number = numbers[buffer] ?? buffers.count
        if number == buffers.count {
          numbers[buffer] = number
          let span = problem.spans[Int(buffer)]
          let stored = storage.buffers[Int(buffer)]
          buffers.append(
            Buffer(
              bytes: problem.bytes[Int(buffer)], isLiveBefore: stored.isInput || span.lowerBound < steps.lowerBound,
              staysLive: stored.isKept || span.upperBound > steps.upperBound))
        }
        buffers[number].touches += 1
        return number
      }
    }
    overwritable = steps.map { storage.overwritable(by: $0).compactMap { numbers[$0] } }
    var successors = Array(repeating: [Int](), count: steps.count)
    predecessors = steps.map { step in
      problem.predecessors[step].compactMap { predecessor in
        guard predecessor >= steps.lowerBound else { return nil }
        successors[predecessor - steps.lowerBound].append(step - steps.lowerBound)
        return predecessor - steps.lowerBound
      }
    }
    self.successors = successors
    self.buffers = buffers
  }
}

// MARK: Exact

extension SegmentSearch {
  /// The steps that have run, as a bit each.
  private typealias Mask = UInt64

  private struct State {
    /// The highest live bytes so far.
    var peak: Int
    var live: Int
    /// The last step that ran.
    var last: Int8
    var isSettled = false
  }

  private struct Entry: Comparable {
    var peak: Int
    var ran: Int
    var mask: Mask

    static func < (left: Entry, right: Entry) -> Bool { (left.peak, right.ran) < (right.peak, left.ran) }
  }

  /// The best order; nil where the segment is too long or the budget of states does not last.
  func exact(_ budget: inout Int) -> (order: [Int], peak: Int)? {
    guard count <= OrderSearch.exactSteps else { return nil }
    var touchers = Array(repeating: Mask(0), count: buffers.count)
    for step in 0..<count { for buffer in touched[step] { touchers[buffer] |= 1 << Mask(step) } }
    let before = predecessors.map { $0.reduce(Mask(0)) { $0 | 1 << Mask($1) } }
    let full: Mask = count == 64 ? .max : (1 << Mask(count)) - 1
    var states: [Mask: State] = [0: State(peak: max(needed, segment.liveBefore), live: segment.liveBefore, last: -1)]
    var queue = Heap<Entry>()
    queue.insert(Entry(peak: max(needed, segment.liveBefore), ran: 0, mask: 0))
    while let entry = queue.removeSmallest() {
      let mask = entry.mask
      guard let state = states[mask], !state.isSettled else { continue }
      states[mask]?.isSettled = true
      if mask == full { return (path(to: full, states), state.peak) }
      budget -= 1
      guard budget > 0 else { return nil }
      var candidates: [(step: Int, effect: Effect)] = []
      for step in 0..<count where mask & (1 << Mask(step)) == 0 && before[step] & ~mask == 0 {
        let effect = effect(of: step, mask, live: state.live, touchers)
        if effect.peak <= state.peak && effect.after <= state.live {
          candidates = [(step, effect)]
          break
        }
        candidates.append((step, effect))
      }
      for (step, effect) in candidates {
        let next = mask | 1 << Mask(step)
        let peak = max(state.peak, effect.peak)
        guard peak < segment.givenPeak else { continue }
        if let known = states[next], known.peak <= peak { continue }
        states[next] = State(peak: peak, live: effect.after, last: Int8(step))
        queue.insert(Entry(peak: peak, ran: entry.ran + 1, mask: next))
      }
    }
    // Nothing is below the given order's peak.
    return (Array(segment.steps), segment.givenPeak)
  }

  private func effect(of step: Int, _ mask: Mask, live: Int, _ touchers: [Mask]) -> Effect {
    let bit: Mask = 1 << Mask(step)
    var peak = live
    var freed = 0
    func dies(_ buffer: Int) -> Bool { !buffers[buffer].staysLive && touchers[buffer] & ~mask == bit }
    for buffer in touched[step] {
      if !buffers[buffer].isLiveBefore, touchers[buffer] & mask == 0 { peak += buffers[buffer].bytes }
      if dies(buffer) { freed += buffers[buffer].bytes }
    }
    // All overwritable inputs have the output's size: the output takes the place of one that dies.
    let after = peak - freed
    if let taken = overwritable[step].first(where: dies) { peak -= buffers[taken].bytes }
    return Effect(peak: peak, after: after)
  }

  private func path(to mask: Mask, _ states: [Mask: State]) -> [Int] {
    var order: [Int] = []
    var current = mask
    while let state = states[current], state.last >= 0 {
      order.append(segment.steps.lowerBound + Int(state.last))
      current &= ~(1 << Mask(state.last))
    }
    return order.reversed()
  }
}

// MARK: Bounded

extension SegmentSearch {
  /// A product of steps and tensors up to which the bounded search works.
  private static let workLimit = 1 << 28

  /// The beginning of an order.
  private struct Partial {
    var peak: Int
    var live: Int
    /// By buffer, how many steps that touch it are left.
    var remaining: [Int32]
    /// By step, how many of its predecessors are left; -1 when it has run.
    var waiting: [Int32]
    /// Equal for the same set of steps, in whatever order they ran.
    var key: UInt64 = 0
    /// Position of its last step in the trail.
    var trail = -1
  }

  private struct Candidate {
    var parent: Int
    var step: Int
    var effect: Effect
    var peak: Int
    var key: UInt64
  }

  /// A good order with a peak below the given one's; nil where none is found, or the segment is too large to search.
  ///
  /// Of all beginnings of one length, those with the lowest peak, then the least live bytes, are continued.
  func beam(width: Int) -> (order: [Int], peak: Int)? {
    let total = touched.reduce(count) { $0 + $1.count }
    let (work, overflow) = total.multipliedReportingOverflow(by: count)
    guard !overflow, work <= Self.workLimit else { return nil }
    let width = min(width, Self.workLimit / max(1, work))
    /// Steps as they were appended to beginnings, each with the position of the one before it.
    var trail: [(step: Int, previous: Int)] = []
    var beam = [
      Partial(
        peak: max(needed, segment.liveBefore), live: segment.liveBefore,
        remaining: buffers.map { Int32(clamping: $0.touches) },
        waiting: predecessors.map { Int32(clamping: $0.count) })
    ]
    for _ in 0..<count {
      var candidates: [Candidate] = []
      for (index, partial) in beam.enumerated() { add(continuing: partial, index, to: &candidates) }
      candidates.sort {
        ($0.peak, $0.effect.after, $0.parent, $0.step) < ($1.peak, $1.effect.after, $1.parent, $1.step)
      }
      var seen: Set<UInt64> = []
      var next: [Partial] = []
      for candidate in candidates where next.count < width && seen.insert(candidate.key).inserted {
        var partial = beam[candidate.parent]
        trail.append((candidate.step, partial.trail))
        partial.trail = trail.count - 1
        (partial.peak, partial.live, partial.key) = (candidate.peak, candidate.effect.after, candidate.key)
        for buffer in touched[candidate.step] { partial.remaining[buffer] -= 1 }
        partial.waiting[candidate.step] = -1
        for successor in successors[candidate.step] { partial.waiting[successor] -= 1 }
        next.append(partial)
      }
      beam = next
    }
    guard let best = beam.first else { return nil }
    var order: [Int] = []
    var position = best.trail
    while position >= 0 {
      order.append(segment.steps.lowerBound + trail[position].step)
      position = trail[position].previous
    }
    return (order.reversed(), best.peak)
  }

  private func add(continuing partial: Partial, _ parent: Int, to candidates: inout [Candidate]) {
    let first = candidates.count
    for step in 0..<count where partial.waiting[step] == 0 {
      let effect = effect(of: step, partial)
      let peak = max(partial.peak, effect.peak)
      guard peak < segment.givenPeak else { continue }
      let candidate = Candidate(
        parent: parent, step: step, effect: effect, peak: peak, key: partial.key ^ Self.key(of: step))
      if effect.peak <= partial.peak && effect.after <= partial.live {
        candidates.removeSubrange(first...)
        candidates.append(candidate)
        return
      }
      candidates.append(candidate)
    }
  }

  private func effect(of step: Int, _ partial: Partial) -> Effect {
    var peak = partial.live
    var freed = 0
    func dies(_ buffer: Int) -> Bool { !buffers[buffer].staysLive && partial.remaining[buffer] == 1 }
    for buffer in touched[step] {
      if !buffers[buffer].isLiveBefore, partial.remaining[buffer] == buffers[buffer].touches {
        peak += buffers[buffer].bytes
      }
      if dies(buffer) { freed += buffers[buffer].bytes }
    }
    let after = peak - freed
    if let taken = overwritable[step].first(where: dies) { peak -= buffers[taken].bytes }
    return Effect(peak: peak, after: after)
  }

  /// Well-mixed bits for a step, whose sum without carry names a set of steps (Zobrist 1970).
  private static func key(of step: Int) -> UInt64 {
    var value = UInt64(truncatingIfNeeded: step &+ 1) &* 0x9E37_79B9_7F4A_7C15
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
