extension Chart.Series {
  /// The points worth drawing on `columns` columns of pixels between two values of x, in drawing order.
  ///
  /// Lines and staircases are sorted by x. Of many points in one column the first, lowest, highest and last are kept: the
  /// picture is the same and its size bounded. Dots and bars that fall on one another are drawn once.
  func thinned(from lower: Double, to upper: Double, rows: ClosedRange<Double>, columns: Int) -> [Chart.Point] {
    let finite = points.filter { $0.isDrawable }
    let scale = upper > lower ? Double(columns) / (upper - lower) : 0
    func column(_ x: Double) -> Int { Int(max(0, min(Double(columns), (x - lower) * scale))) }
    switch kind {
    case .points:
      // Cells of four pixels: dots any closer cover one another.
      let cells = (across: columns / 4, up: 85.0)
      let height = rows.upperBound - rows.lowerBound
      let rowScale = height > 0 ? cells.up / height : 0
      var taken: Set<Int> = []
      return finite.filter { point in
        let row = Int(max(0, min(cells.up, (point.y - rows.lowerBound) * rowScale)))
        return taken.insert(row * (cells.across + 1) + column(point.x) / 4).inserted
      }
    case .line, .steps, .bars:
      // Sorting is stable, so equal x keep their order.
      let sorted = finite.isAscending ? finite : finite.sorted { $0.x < $1.x }
      guard sorted.count > 4 * columns else { return sorted }
      var result: [Chart.Point] = []
      var start = 0
      while start < sorted.count {
        var end = start
        var (lowest, highest) = (start, start)
        let place = column(sorted[start].x)
        while end < sorted.count, column(sorted[end].x) == place {
          if sorted[end].y < sorted[lowest].y { lowest = end }
          if sorted[end].y > sorted[highest].y { highest = end }
          end += 1
        }
        if kind == .bars {
          result.append(sorted[abs(sorted[lowest].y) > abs(sorted[highest].y) ? lowest : highest])
        } else {
          for index in Set([start, lowest, highest, end - 1]).sorted() { result.append(sorted[index]) }
        }
        start = end
      }
      return result
    }
  }
}

extension Chart.Point {
  /// Whether both numbers are finite and in the range that can be drawn.
  var isDrawable: Bool { abs(x) <= Scale.limit && abs(y) <= Scale.limit }
}

extension [Chart.Point] {
  fileprivate var isAscending: Bool { zip(self, dropFirst()).allSatisfy { $0.x <= $1.x } }
}
