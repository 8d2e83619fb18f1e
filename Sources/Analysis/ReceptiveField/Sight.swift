import NetworkGraph
import SymbolicIntegers

/// What the units of one tensor see of the image.
///
/// A unit is one position of a map, whatever the channel. Where positions are spread over several axes of a tensor the
/// layout says how.
struct Sight<R: Reach> {
  /// Along one axis of the image.
  struct Axis {
    /// What unit `i` sees through windows that move with it; nil where units see only the whole, or where the windows
    /// could not be followed.
    var local: R?
    /// Units along the axis.
    var side: Dimension
    /// By how many positions the tensor is rolled: unit `i` stands at position `i + phase`.
    var phase = 0
    /// What every unit sees, through operators that read all positions at once.
    var global: Whole?
    /// The first node that joined branches of different centres.
    var misaligned: Int?
    /// Whether SAME padding of a symbolic side was taken as if the stride divided the side.
    var assumesDivisible = false
  }

  /// What an operator that reads all positions sees.
  struct Whole {
    /// The first such operator.
    var cause: Int
    /// nil where it is not known.
    var span: GlobalSpan?
    /// Whether the operator is one that this analysis cannot follow.
    var isLost = false

    func union(_ other: Whole) -> Whole {
      let span = span.flatMap { a in other.span.map { a.union($0) } }
      return Whole(cause: min(cause, other.cause), span: span, isLost: isLost || other.isLost)
    }
  }

  var layout: [AxisLayout]
  /// One for each spatial axis of the image; none for a tensor that does not depend on the image.
  var axes: [Axis]
  /// The node that turned maps into values which see everything.
  var origin: Int?

  init(layout: [AxisLayout], axes: [Axis] = [], origin: Int? = nil) {
    self.layout = layout
    self.axes = axes
    self.origin = origin
  }

  /// A tensor that does not depend on the image.
  init(constantOfRank rank: Int) {
    self.init(layout: Array(AxisLayout(), count: rank))
  }

  var dependsOnImage: Bool { !axes.isEmpty }
  /// Whether units differ in what they see.
  var isLocal: Bool { axes.contains { $0.local != nil } }
  var holdsPositions: Bool { layout.contains { $0.isSpatial } }
}

extension Sight.Axis {
  /// What all units together see, with what each sees of the whole.
  func whole(by cause: Int) -> Sight.Whole {
    let seen = local.flatMap { $0.whole(side: side) }
    let own = Sight.Whole(cause: cause, span: seen)
    guard let global else { return own }
    guard local != nil else { return global }
    return seen == nil ? Sight.Whole(cause: global.cause, span: nil, isLost: global.isLost) : own.union(global)
  }

  /// Lets every unit see what an operator that reads all positions sees.
  mutating func add(_ other: Sight.Whole) {
    note(other)
    local = local?.seeing(other.span)
  }

  /// Notes what an operator that reads all positions sees, of which some units know.
  mutating func note(_ other: Sight.Whole) { global = global?.union(other) ?? other }

  /// Forgets the windows: from here on units see the whole.
  mutating func becomeGlobal(at node: Int) {
    global = whole(by: node)
    local = nil
    side = 1
    phase = 0
  }

  /// Forgets windows that cannot be followed.
  mutating func lose(at node: Int) {
    var seen = whole(by: node)
    seen.isLost = true
    global = seen
    local = nil
    phase = 0
  }

  /// Reads the map by `map`, giving `side` units.
  mutating func read(by map: PositionMap?, side newSide: Dimension, at node: Int, budget: inout Int) {
    unroll(budget: &budget)
    defer { side = newSide }
    guard let before = local else { return }
    if let map, map.isIdentity, side == newSide { return }
    guard let map, let after = before.read(by: map, side: newSide, budget: &budget) else { return lose(at: node) }
    local = after
  }

  /// What was read along an axis, and what that took of the budget.
  struct Reading {
    fileprivate var before: R
    fileprivate var map: PositionMap
    fileprivate var side: Dimension
    fileprivate var after: R
    fileprivate var cost: Int
  }

  /// Reads the map by `map`, giving `side` units.
  /// - Parameter last: what was read along the axis before this one. The axes of a square map are alike: then this one is
  ///   not read once more, at the same cost.
  mutating func read(
    by map: PositionMap?, side newSide: Dimension, at node: Int, budget: inout Int, last: inout Reading?
  ) {
    unroll(budget: &budget)
    guard let map, let before = local, side != newSide || !map.isIdentity else {
      return read(by: map, side: newSide, at: node, budget: &budget)
    }
    if let last, last.map == map, last.side == newSide, last.cost <= budget, last.before == before {
      (local, side) = (last.after, newSide)
      budget -= last.cost
      return
    }
    let room = budget
    read(by: map, side: newSide, at: node, budget: &budget)
    if let after = local {
      last = Reading(before: before, map: map, side: newSide, after: after, cost: room - budget)
    }
  }

  /// Notes that the tensor is rolled by `count` more positions, the shorter way round; false where that is too far.
  mutating func roll(by count: Int) -> Bool {
    let (sum, overflow) = phase.addingReportingOverflow(count)
    guard !overflow else { return false }
    phase = sum
    if let side = side.constant, side > 0 {
      phase %= side
      if phase.magnitude > side / 2 { phase += phase < 0 ? side : -side }
    }
    return phase.magnitude < PositionMap.bound
  }

  /// Lets units stand where the tensor has them.
  mutating func unroll(budget: inout Int) {
    guard phase != 0 else { return }
    local = local?.rolled(by: phase, side: side, budget: &budget)
    phase = 0
  }
}
