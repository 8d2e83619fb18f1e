import Architectures
import NetworkGraph

/// Every combination of some depths, widths and resolutions of one family.
///
/// Points are numbered with the resolution running fastest, then group width, width and depth.
public struct SweepSpace: PointSpace {
  public let family: ScaledFamily
  public let depths: ScalingAxis
  public let widths: ScalingAxis
  public let groupWidths: ScalingAxis
  public let resolutions: [Int]
  /// Columns behind parameters, MACs and activations.
  public let graphColumns: [GraphColumn]
  public let costs: FamilyCosts
  public let count: Int
  public let columns: [PointColumn]
  private let repeats: [[Int]]
  private let resolutionAxis: ScalingAxis

  /// - Parameters:
  ///   - resolutions: sides in pixels; nil for the baseline's.
  ///   - graphColumns: further columns.
  /// - Throws: ``ScalingError`` for values out of range and for what the family does not scale.
  public init(
    _ family: ScaledFamily, depths: ScalingAxis = ScalingAxis(1), widths: ScalingAxis = ScalingAxis(1),
    groupWidths: ScalingAxis = ScalingAxis(1), resolutions: ScalingAxis? = nil, graphColumns: [GraphColumn] = []
  ) throws(ScalingError) {
    let resolutionAxis = resolutions ?? ScalingAxis(family.side)
    try ScaledFamily.check(factor: depths, name: "a factor on depth")
    try ScaledFamily.check(factor: widths, name: "a factor on width")
    try ScaledFamily.check(factor: groupWidths, name: "a factor on group width")
    self.resolutions = try ScaledFamily.check(sides: resolutionAxis, name: "a resolution")
    try family.check(width: widths, groupWidth: groupWidths)
    (self.family, self.depths, self.widths, self.groupWidths) = (family, depths, widths, groupWidths)
    self.resolutionAxis = resolutionAxis
    self.graphColumns = graphColumns
    var count = 1
    for axis in [depths, widths, groupWidths, resolutionAxis] {
      let (product, overflow) = count.multipliedReportingOverflow(by: axis.count)
      guard !overflow else { throw .tooMany(what: "points", count: "over 2^63", limit: .max) }
      count = product
    }
    self.count = count
    let architecture = family.architecture
    repeats = depths.values.map { architecture.deepened(by: $0.double, rounding: family.rounding) }
    let first = ScalingFactors(
      depth: depths.first.double, width: widths.first.double, groupWidth: groupWidths.first.double)
    let last = ScalingFactors(
      depth: depths.last.double, width: widths.last.double, groupWidth: groupWidths.last.double)
    costs = FamilyCosts(family, resolutions: self.resolutions, extremes: [first, last])
    let isGrouped = groupWidths != ScalingAxis(1)
    columns =
      [PointColumn("depth", isInteger: false), PointColumn("width", isInteger: false)]
      + ["resolution", "parameters", "macs", "activations"].map { PointColumn($0) }
      + (isGrouped ? [PointColumn("groupWidth", isInteger: false)] : [])
      + graphColumns.map { PointColumn($0.rawValue) }
  }

  public var identity: String {
    "sweep \(family.identity) depth=\(depths) width=\(widths) groupWidth=\(groupWidths) resolution=\(resolutionAxis) "
      + "columns=\(columns.map(\.name).joined(separator: ","))"
  }

  public var blockSize: Int {
    if !graphColumns.isEmpty { return 16 }
    if case .built = costs.method { return 16 }
    return 1 << 16
  }

  public func key(of index: Int) -> String {
    let point = point(index)
    let group = groupWidths.count > 1 ? " groupWidth=\(groupWidths.values[point.groupWidth])" : ""
    return "depth=\(depths.values[point.depth]) width=\(widths.values[point.width])\(group) "
      + "resolution=\(resolutions[point.resolution])"
  }

  public func graph(at index: Int) throws(ScalingError) -> Graph {
    let point = point(index)
    return try family.graph(factors(point), side: resolutions[point.resolution])
  }

  /// Positions in the axes.
  private struct Point {
    var depth: Int
    var width: Int
    var groupWidth: Int
    var resolution: Int
  }

  private func point(_ index: Int) -> Point {
    var (rest, resolution) = index.quotientAndRemainder(dividingBy: resolutions.count)
    var group = 0
    (rest, group) = rest.quotientAndRemainder(dividingBy: groupWidths.count)
    let (depth, width) = rest.quotientAndRemainder(dividingBy: widths.count)
    return Point(depth: depth, width: width, groupWidth: group, resolution: resolution)
  }

  private func factors(_ point: Point) -> ScalingFactors {
    ScalingFactors(
      depth: depths.values[point.depth].double, width: widths.values[point.width].double,
      groupWidth: groupWidths.values[point.groupWidth].double)
  }

  public func rows(of range: Range<Int>) -> PointRows {
    let count = range.count
    var (depth, width, group): ([Double], [Double], [Double]) = ([], [], [])
    var sides: [Int] = []
    depth.reserveCapacity(count)
    width.reserveCapacity(count)
    sides.reserveCapacity(count)
    let isGrouped = groupWidths != ScalingAxis(1)
    var rows = CostRows(count: count)
    var index = range.lowerBound
    while index < range.upperBound {
      let point = point(index)
      let length = min(resolutions.count - point.resolution, range.upperBound - index)
      let places = point.resolution..<(point.resolution + length)
      let factors = factors(point)
      depth.append(contentsOf: repeatElement(factors.depth, count: length))
      width.append(contentsOf: repeatElement(factors.width, count: length))
      if isGrouped { group.append(contentsOf: repeatElement(factors.groupWidth, count: length)) }
      sides.append(contentsOf: resolutions[places])
      rows.add(costs, factors, repeats: repeats[point.depth], places: places, at: index - range.lowerBound)
      index += length
    }
    var values: [PointValues] = [.reals(depth), .reals(width), .integers(sides)] + rows.values.map { .integers($0) }
    if isGrouped { values.append(.reals(group)) }
    var failures = rows.failures.map { PointFailure(index: range.lowerBound + $0.position, reason: $0.reason) }
    if !graphColumns.isEmpty { values += graphValues(range, &failures) }
    let result = PointRows(indices: Array(range), values: values, failures: failures)
    guard !failures.isEmpty else { return result }
    let failed = Set(failures.map(\.index))
    return result.selecting(result.indices.indices.filter { !failed.contains(result.indices[$0]) })
  }

  /// The columns that a built network gives.
  private func graphValues(_ range: Range<Int>, _ failures: inout [PointFailure]) -> [PointValues] {
    var columns = graphColumns.map { _ in Array(repeating: 0, count: range.count) }
    let failed = Set(failures.map(\.index))
    for (position, index) in range.enumerated() where !failed.contains(index) {
      do {
        let graph = try graph(at: index)
        for (column, figure) in graphColumns.enumerated() { columns[column][position] = try figure.value(of: graph) }
      } catch {
        failures.append(PointFailure(index: index, reason: (error as? ScalingError)?.reason ?? "\(error)"))
      }
    }
    failures.sort { $0.index < $1.index }
    return columns.map { .integers($0) }
  }
}
