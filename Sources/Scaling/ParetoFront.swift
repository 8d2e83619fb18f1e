/// The points that no other point is at least as good as in every goal and better in one.
///
/// Of points equal in all goals the first is kept. Memory grows with the front, not with the points.
public struct ParetoFront: Sendable {
  /// A column to be small, or large.
  public struct Goal: Hashable, Sendable {
    public var column: Int
    public var isMaximum: Bool

    public init(column: Int, isMaximum: Bool = false) {
      self.column = column
      self.isMaximum = isMaximum
    }

    /// Reads `macs`, or `max:resolution`.
    /// - Throws: ``ScalingError/unknownColumn(_:known:)``.
    public init(parsing text: String, columns: [PointColumn]) throws(ScalingError) {
      let isMaximum = text.hasPrefix("max:")
      let name = text.hasPrefix("max:") || text.hasPrefix("min:") ? String(text.dropFirst(4)) : text
      self.init(column: try PointFilter.position(of: name, in: columns), isMaximum: isMaximum)
    }
  }

  public let goals: [Goal]
  /// In order of their points.
  public private(set) var rows: PointRows
  private var keys: [[Int]] = []

  public init(_ goals: [Goal], columns: [PointColumn]) {
    self.goals = goals
    rows = PointRows(indices: [], values: columns.map { $0.isInteger ? .integers([]) : .reals([]) })
  }

  public var count: Int { keys.count }

  /// The front of some rows alone.
  public init(_ goals: [Goal], columns: [PointColumn], of rows: PointRows) {
    self.init(goals, columns: columns)
    add(rows)
  }

  /// Adds rows that come behind all added before.
  public mutating func add(_ other: PointRows) {
    let added = goals.map { Self.keys($0, other) }
    var kept = keys.indices.map { $0 }
    var fresh: [(position: Int, key: [Int])] = []
    for position in 0..<other.count {
      let key = added.map { $0[position] }
      if keys.contains(where: { Self.isAtMost($0, key) }) || fresh.contains(where: { Self.isAtMost($0.key, key) }) {
        continue
      }
      fresh.removeAll { Self.isAtMost(key, $0.key) }
      fresh.append((position, key))
    }
    guard !fresh.isEmpty else { return }
    kept.removeAll { old in fresh.contains { Self.isAtMost($0.key, keys[old]) } }
    rows = rows.selecting(kept)
    rows.append(other.selecting(fresh.map(\.position)))
    keys = kept.map { keys[$0] } + fresh.map(\.key)
  }

  private static func isAtMost(_ left: [Int], _ right: [Int]) -> Bool {
    for (left, right) in zip(left, right) where left > right { return false }
    return true
  }

  /// Integers that ascend as the goal gets worse.
  private static func keys(_ goal: Goal, _ rows: PointRows) -> [Int] {
    let ascending: [Int]
    switch rows.values[goal.column] {
    case .integers(let values): ascending = values
    case .reals(let values):
      // Bit patterns of numbers are ordered as the numbers are, those of negative ones in reverse.
      ascending = values.map { value in
        let bits = Int(bitPattern: UInt(value.bitPattern))
        return bits < 0 ? bits ^ .max : bits
      }
    }
    return goal.isMaximum ? ascending.map { ~$0 } : ascending
  }
}
