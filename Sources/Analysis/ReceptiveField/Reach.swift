import SymbolicIntegers

/// Positions of the image from `start` through `end`: the hull of a set.
public struct PositionRange: Hashable, Sendable {
  public var start: Int
  public var end: Int

  public init(_ start: Int, _ end: Int) {
    self.start = start
    self.end = end
  }

  public var count: Int { end - start + 1 }

  /// The hull of both.
  func union(_ other: PositionRange) -> PositionRange {
    PositionRange(min(start, other.start), max(end, other.end))
  }

  /// Twice the middle.
  var doubledCentre: Int { start + end }
}

/// What the units of a map see of the image along one axis.
protocol Reach: Equatable, Sendable {
  /// Whether maps end: only then does what a cyclic shift takes from one end come in at the other.
  static var hasEnds: Bool { get }
  /// Each unit sees its own position, of `side` positions.
  static func image(side: Dimension) -> Self?
  /// What the units of a map see that reads this one by `map`; nil where that cannot be followed.
  /// - Parameter side: units of the new map.
  func read(by map: PositionMap, side: Dimension, budget: inout Int) -> Self?
  /// What units see through either of two maps of one side, and whether the two agree in the centres on average; nil
  /// where the maps advance at different rates.
  func union(_ other: Self) -> (reach: Self, isAligned: Bool)?
  /// What units see of a map that was rolled: position `i` holds what was at `i - count`.
  func rolled(by count: Int, side: Dimension, budget: inout Int) -> Self?
  /// What units see that see `span` besides.
  func seeing(_ span: GlobalSpan?) -> Self
  /// What units see that also see others all over the map, by `map`; nil where nothing moves with the unit.
  /// - Parameter keepsOwn: whether units go on to see what they saw.
  func attending(by map: PositionMap, keepsOwn: Bool, budget: inout Int) -> Self?
  /// What all of `side` units see together, nil for nothing.
  func whole(side: Dimension) -> GlobalSpan?
}

/// Positions of the image that every unit sees, along one axis; symbolic where the sides are.
public struct GlobalSpan: Hashable, Sendable {
  public var start: Dimension
  public var end: Dimension

  public var count: Dimension { end - start + 1 }

  func union(_ other: GlobalSpan) -> GlobalSpan {
    self == other
      ? self : GlobalSpan(start: Dimension.minimum(start, other.start), end: Dimension.maximum(end, other.end))
  }
}

/// A list of at least one element that repeats without end. One element takes no allocation.
struct Cycle<Element: Equatable & Sendable>: Equatable, Sendable {
  private var first: Element
  private var rest: [Element] = []

  init(_ only: Element) { first = only }

  /// The elements that `body` gives for `0 ..< count`, and for 0 at least.
  init(count: Int, _ body: (Int) -> Element) {
    first = body(0)
    guard count > 1 else { return }
    rest.reserveCapacity(count - 1)
    for index in 1..<count { rest.append(body(index)) }
  }

  var count: Int { rest.count + 1 }

  /// The element at a place of the first round.
  subscript(index: Int) -> Element { index == 0 ? first : rest[index - 1] }

  /// The elements of one round.
  var round: [Element] { [first] + rest }
}

/// What units see when maps and image have no ends: `ranges.count` units further on each sees `shift` positions
/// further on.
///
/// Ordinary layers have one range: unit `i` sees `ranges[0]` moved by `i * shift`. Maps that were enlarged, or whose
/// units attend within windows, have one for each unit of a period.
struct PeriodicReach: Reach {
  var shift: Int
  /// For the units from 0; nil sees nothing.
  var ranges: Cycle<PositionRange?>

  /// Bounds on positions and on the shift: products of a shift and a position of a map stay in range.
  private static let bound = 1 << 48
  private static let shiftBound = 1 << 20

  static var hasEnds: Bool { false }

  static func image(side: Dimension) -> PeriodicReach? { PeriodicReach(shift: 1, ranges: Cycle(PositionRange(0, 0))) }

  /// What unit `unit`, which may lie outside the map, sees.
  func range(of unit: Int) -> PositionRange? {
    let quotient = floorQuotient(unit, ranges.count)
    guard let range = ranges[unit - quotient * ranges.count] else { return nil }
    return PositionRange(range.start + quotient * shift, range.end + quotient * shift)
  }

  private func isBounded(_ range: PositionRange?) -> Bool {
    range.map { $0.start > -Self.bound && $0.end < Self.bound } ?? true
  }

  func read(by map: PositionMap, side: Dimension, budget: inout Int) -> PeriodicReach? {
    let period = ranges.count
    let periods = period / max(1, greatestCommonDivisor(period, map.shift))
    let (newPeriod, tooLong) = map.period.multipliedReportingOverflow(by: periods)
    guard !tooLong, newPeriod <= PositionMap.longestPeriod else { return nil }
    var isFollowed = true
    let read = Cycle<PositionRange?>(count: newPeriod) { unit in
      guard isFollowed, let run = map.run(at: unit) else { return nil }
      // One period on from a tap, a tap sees further: the extremes are among the first and the last of a period.
      let taps = min(run.count, period)
      budget -= taps
      guard budget >= 0 else {
        isFollowed = false
        return nil
      }
      var hull: PositionRange?
      for tap in 0..<taps {
        if let seen = range(of: run.first + tap * run.step) { hull = hull?.union(seen) ?? seen }
        if let seen = range(of: run.last - tap * run.step) { hull = hull?.union(seen) ?? seen }
      }
      if !isBounded(hull) { isFollowed = false }
      return hull
    }
    guard isFollowed else { return nil }
    let newShift = shift * (map.shift * periods / period)
    guard newShift <= Self.shiftBound else { return nil }
    return PeriodicReach(shift: newShift, ranges: read)
  }

  func union(_ other: PeriodicReach) -> (reach: PeriodicReach, isAligned: Bool)? {
    if ranges.count == 1, other.ranges.count == 1, shift == other.shift, let a = ranges[0], let b = other.ranges[0] {
      return (PeriodicReach(shift: shift, ranges: Cycle(a.union(b))), a.doubledCentre == b.doubledCentre)
    }
    guard shift * other.ranges.count == other.shift * ranges.count else { return nil }
    let factor = other.ranges.count / greatestCommonDivisor(ranges.count, other.ranges.count)
    let period = ranges.count * factor
    guard period <= PositionMap.longestPeriod, shift * factor <= Self.shiftBound else { return nil }
    // Twice the difference of the centres, summed over a period: units may differ where they agree on average.
    var difference = 0
    let joined = Cycle<PositionRange?>(count: period) { unit in
      guard let a = range(of: unit), let b = other.range(of: unit) else {
        return range(of: unit) ?? other.range(of: unit)
      }
      difference += a.doubledCentre - b.doubledCentre
      return a.union(b)
    }
    return (PeriodicReach(shift: shift * factor, ranges: joined), difference == 0)
  }

  func seeing(_ span: GlobalSpan?) -> PeriodicReach { self }

  func attending(by map: PositionMap, keepsOwn: Bool, budget: inout Int) -> PeriodicReach? { keepsOwn ? self : nil }

  func rolled(by count: Int, side: Dimension, budget: inout Int) -> PeriodicReach? {
    guard let move = PositionMap(stride: 1, first: -count) else { return nil }
    return read(by: move, side: side, budget: &budget)
  }

  func whole(side: Dimension) -> GlobalSpan? {
    if let side = side.constant {
      guard side <= PositionMap.bound else { return nil }
      var hull: PositionRange?
      // Ranges of one period reach least far at the first and farthest at the last units.
      for unit in 0..<min(side, ranges.count) {
        for place in [unit, side - 1 - unit] {
          guard let seen = range(of: place) else { continue }
          hull = hull?.union(seen) ?? seen
        }
      }
      return hull.map { GlobalSpan(start: Dimension($0.start), end: Dimension($0.end)) }
    }
    guard ranges.count == 1, let range = ranges[0] else { return nil }
    return GlobalSpan(start: Dimension(range.start), end: (side - 1) * shift + range.end)
  }
}

/// What the units of a map of known side see of the image, padding left out: one range for each unit, nil where a unit
/// sees only padding.
struct VisibleReach: Reach {
  typealias Ranges = [PositionRange?]

  /// Through windows that move with the unit.
  var ranges: Ranges
  /// Through operators that read all positions as well; nil where there are none.
  var complete: Ranges?

  /// The longest side that is tabulated.
  private static let longestSide = 1 << 16

  static var hasEnds: Bool { true }

  private static func side(_ side: Dimension) -> Int? {
    side.constant.flatMap { (0...longestSide).contains($0) ? $0 : nil }
  }

  static func image(side: Dimension) -> VisibleReach? {
    Self.side(side).map { VisibleReach(ranges: (0..<$0).map { PositionRange($0, $0) }) }
  }

  func read(by map: PositionMap, side: Dimension, budget: inout Int) -> VisibleReach? {
    guard let side = Self.side(side), let read = Self.read(ranges, by: map, side: side, budget: &budget) else {
      return nil
    }
    guard let complete else { return VisibleReach(ranges: read) }
    guard let all = Self.read(complete, by: map, side: side, budget: &budget) else { return nil }
    return VisibleReach(ranges: read, complete: all)
  }

  private static func read(_ ranges: Ranges, by map: PositionMap, side: Int, budget: inout Int) -> Ranges? {
    guard budget >= side else { return nil }
    var result: Ranges = []
    result.reserveCapacity(side)
    for unit in 0..<side {
      guard let run = map.run(at: unit, side: ranges.count) else {
        result.append(nil)
        continue
      }
      // Taps on the map: from the first at or after 0 through the last before its end.
      let skipped = run.first >= 0 ? 0 : (run.step - 1 - run.first) / run.step
      let room = ranges.count - 1 - run.first
      let taps = room < 0 ? 0 : min(run.count, room / run.step + 1)
      budget -= max(1, taps - skipped)
      guard budget >= 0 else { return nil }
      var hull: PositionRange?
      for tap in skipped..<max(skipped, taps) {
        guard let seen = ranges[run.first + tap * run.step] else { continue }
        hull = hull?.union(seen) ?? seen
      }
      result.append(hull)
    }
    return result
  }

  func union(_ other: VisibleReach) -> (reach: VisibleReach, isAligned: Bool)? {
    guard ranges.count == other.ranges.count else { return nil }
    var joined = VisibleReach(ranges: Self.union(ranges, other.ranges))
    if complete != nil || other.complete != nil {
      joined.complete = Self.union(complete ?? ranges, other.complete ?? other.ranges)
    }
    return (joined, true)
  }

  private static func union(_ left: Ranges, _ right: Ranges) -> Ranges {
    zip(left, right).map { a, b in
      guard let a, let b else { return a ?? b }
      return a.union(b)
    }
  }

  func seeing(_ span: GlobalSpan?) -> VisibleReach {
    guard let start = span?.start.constant, let end = span?.end.constant else { return self }
    let all = PositionRange(start, end)
    return VisibleReach(ranges: ranges, complete: (complete ?? ranges).map { $0?.union(all) ?? all })
  }

  func attending(by map: PositionMap, keepsOwn: Bool, budget: inout Int) -> VisibleReach? {
    let all = complete ?? ranges
    guard let read = Self.read(all, by: map, side: all.count, budget: &budget) else { return nil }
    guard keepsOwn else { return VisibleReach(ranges: ranges.map { _ in nil }, complete: read) }
    return VisibleReach(ranges: ranges, complete: Self.union(all, read))
  }

  func rolled(by count: Int, side: Dimension, budget: inout Int) -> VisibleReach? {
    let total = ranges.count
    guard total > 0, count > -total, count < total else { return nil }
    func rolled(_ ranges: Ranges) -> Ranges { (0..<total).map { ranges[($0 - count + total) % total] } }
    return VisibleReach(ranges: rolled(ranges), complete: complete.map(rolled))
  }

  func whole(side: Dimension) -> GlobalSpan? {
    var hull: PositionRange?
    for case let seen? in complete ?? ranges { hull = hull?.union(seen) ?? seen }
    return hull.map { GlobalSpan(start: Dimension($0.start), end: Dimension($0.end)) }
  }
}
