import NetworkGraph

/// A column of the rows that points have.
public struct PointColumn: Hashable, Sendable {
  /// What files call it: `macs`, `costRatio`.
  public var name: String
  /// Whether its values are ``PointValues/integers(_:)``.
  public var isInteger: Bool

  public init(_ name: String, isInteger: Bool = true) {
    self.name = name
    self.isInteger = isInteger
  }
}

/// The values of one column for several points.
public enum PointValues: Hashable, Sendable {
  case integers([Int])
  /// NaN where there is no value.
  case reals([Double])
}

/// A point that has no values, and why.
public struct PointFailure: Hashable, Sendable {
  public var index: Int
  public var reason: String

  public init(index: Int, reason: String) {
    self.index = index
    self.reason = reason
  }
}

/// Rows of a table, column by column.
public struct PointRows: Sendable {
  /// Positions of the points in their enumeration; ascending unless ranked.
  public var indices: [Int]
  /// For each column of the space one value for each of ``indices``.
  public var values: [PointValues]
  /// The points left out of ``indices`` because they have no values, ascending.
  public var failures: [PointFailure]

  public init(indices: [Int], values: [PointValues], failures: [PointFailure] = []) {
    self.indices = indices
    self.values = values
    self.failures = failures
  }

  public var count: Int { indices.count }

  /// The rows at some positions in ``indices``, ascending; failures stay.
  public func selecting(_ positions: [Int]) -> PointRows { positions.count < count ? reordered(positions) : self }

  /// The rows at some positions in ``indices``, in that order; failures stay.
  func reordered(_ positions: [Int]) -> PointRows {
    PointRows(
      indices: positions.map { indices[$0] },
      values: values.map { column in
        switch column {
        case .integers(let values): .integers(positions.map { values[$0] })
        case .reals(let values): .reals(positions.map { values[$0] })
        }
      }, failures: failures)
  }

  /// Puts the rows of later points behind these.
  public mutating func append(_ other: PointRows) {
    indices += other.indices
    failures += other.failures
    for column in values.indices {
      switch (values[column], other.values[column]) {
      case (.integers(let left), .integers(let right)): values[column] = .integers(left + right)
      case (.reals(let left), .reals(let right)): values[column] = .reals(left + right)
      case (_, let right): values[column] = right
      }
    }
  }

  /// One value, as a number; exact for integers up to 2^53.
  public func number(column: Int, row: Int) -> Double {
    switch values[column] {
    case .integers(let values): Double(values[row])
    case .reals(let values): values[row]
    }
  }
}

/// An enumeration of points with a pure evaluation: what a sweep and a search are.
///
/// Points are numbered from 0. The row of a point depends on the space and its number alone, so any part of a space can
/// be computed anywhere, at any time and in any order, and parts put together equal the whole.
public protocol PointSpace: Sendable {
  /// Everything that decides the points and their rows, as canonical text: equal texts have equal rows.
  var identity: String { get }
  var count: Int { get }
  var columns: [PointColumn] { get }
  /// How many points are worth computing together: few where each takes long.
  var blockSize: Int { get }
  /// The settings of a point as canonical text, unlike that of every other point: `depth=1.1 width=1.2 resolution=240`.
  func key(of index: Int) -> String
  /// The rows of the points of a range, within `0..<count`.
  func rows(of range: Range<Int>) -> PointRows
  /// The network at a point.
  func graph(at index: Int) throws(ScalingError) -> Graph
}
