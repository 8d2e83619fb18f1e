import Charts
import Scaling

/// Rows of points as a chart: one column against another, a line for each value of a third.
public struct PointChart: Sendable {
  private let columns: [PointColumn]
  private let horizontal: Int
  private let vertical: Int
  private let series: Int?
  private var points: [Double: [Chart.Point]] = [:]
  private(set) var count = 0

  /// More points than this are no picture.
  public static let mostPoints = 1_000_000
  /// What a chart has room for.
  public static let mostSeries = 24

  /// - Throws: ``ScalingError/unknownColumn(_:known:)``.
  public init(
    horizontal: String, vertical: String, series: String?, columns: [PointColumn]
  ) throws(ScalingError) {
    self.columns = columns
    self.horizontal = try PointFilter.position(of: horizontal, in: columns)
    self.vertical = try PointFilter.position(of: vertical, in: columns)
    if let series {
      self.series = try PointFilter.position(of: series, in: columns)
    } else {
      self.series = nil
    }
  }

  /// - Throws: ``ScalingError/tooMany(what:count:limit:)``.
  public mutating func add(_ rows: PointRows) throws(ScalingError) {
    count += rows.count
    guard count <= Self.mostPoints else {
      throw .tooMany(what: "points of a chart", count: "over \(Self.mostPoints)", limit: Self.mostPoints)
    }
    for row in 0..<rows.count {
      let name = series.map { rows.number(column: $0, row: row) } ?? 0
      points[name, default: []].append(
        Chart.Point(rows.number(column: horizontal, row: row), rows.number(column: vertical, row: row)))
      guard points.count <= Self.mostSeries else {
        throw .tooMany(what: "series of a chart", count: "over \(Self.mostSeries)", limit: Self.mostSeries)
      }
    }
  }

  /// Lines over a setting where every x has one y, else dots.
  /// - Parameter model: the network that the points are scaled from.
  public func chart(of model: String) -> Chart {
    let names = (horizontal: columns[horizontal].name, vertical: columns[vertical].name)
    let isSetting = SearchCost(rawValue: names.horizontal) == nil && GraphColumn(rawValue: names.horizontal) == nil
    func axis(_ column: Int) -> Chart.Axis {
      let name = columns[column].name
      return Chart.Axis(
        PointTitle.inText(name), unit: name == "peakMemory" ? "B" : "",
        includesZero: columns[column].isInteger && column == vertical)
    }
    let lines = points.sorted { $0.key < $1.key }.map { key, points in
      let sorted = points.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
      let isFunction = isSetting && zip(sorted, sorted.dropFirst()).allSatisfy { $0.x != $1.x }
      let name = series.map { "\(PointTitle.of(columns[$0].name)) \(PointTitle.rounded(key))" } ?? ""
      return Chart.Series(name, isFunction && sorted.count > 1 ? .line : .points, sorted)
    }
    let title = "\(model): \(PointTitle.inText(names.vertical)) over \(PointTitle.inText(names.horizontal))"
    return Chart(title: title, horizontal: axis(horizontal), vertical: axis(vertical), series: lines)
  }
}
