/// What a search's points are ranked by, for each phi alone.
public enum SearchOrder: String, Sendable, CaseIterable {
  /// The least of a cost first.
  case cost
  /// The nearest to the target first.
  case distance
  /// The highest score first, points without one last.
  case score
}

/// A cost that points can be ranked by.
public enum SearchCost: String, Sendable, CaseIterable {
  case parameters, macs, activations
}

extension SearchSpace {
  /// The rows in order of rank; equal ones in order of their points.
  public func ranked(_ rows: PointRows, by order: SearchOrder, cost: SearchCost = .macs) -> PointRows {
    func column(_ name: String) -> [Double] {
      guard let column = columns.firstIndex(where: { $0.name == name }) else { return [] }
      return (0..<rows.count).map { rows.number(column: column, row: $0) }
    }
    let keys: [Double]
    switch order {
    case .cost: keys = column(cost.rawValue)
    case .distance: keys = column("product").map { abs($0 - target.double) }
    case .score: keys = column("score").map { $0.isNaN ? .infinity : -$0 }
    }
    let phis = column("phi")
    let order = keys.indices.sorted { (phis[$0], keys[$0], $0) < (phis[$1], keys[$1], $1) }
    return rows.reordered(order)
  }

  /// Whether the product of a row is within the tolerance.
  public func isInside(_ rows: PointRows, row: Int) -> Bool {
    guard let column = columns.firstIndex(where: { $0.name == "product" }) else { return false }
    return abs(rows.number(column: column, row: row) - target.double) <= tolerance.double + 1e-12
  }
}
