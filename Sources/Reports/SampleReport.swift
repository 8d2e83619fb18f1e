import Charts
import Scaling

extension Report {
  /// The first networks of a sample, and how a column is distributed over all of them.
  public static func sample(
    _ space: RegNetSpace, rows: PointRows, summary: PointSummary, _ distribution: EmpiricalDistribution,
    of column: String
  ) -> Report {
    let table = Table(title: "networks", rows, space.columns)
    let shares = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1]
    let quantiles = Table(
      title:
        "distribution of \(PointTitle.of(column)) over \(PointSummary.grouped(distribution.values.count)) networks",
      columns: shares.map { share in
        let name = share == 0 ? "least" : share == 1 ? "most" : "\(Int((share * 100).rounded())) %"
        return Table.Column("share_\(Int((share * 100).rounded()))", name, isNumeric: true)
      },
      rows: distribution.values.isEmpty
        ? []
        : [
          shares.map { share in
            let value = distribution.quantile(share) ?? 0
            return value == value.rounded() ? .count(.init(Int(value))) : .text(PointTitle.rounded(value))
          }
        ])
    var notes = [summary.text]
    if rows.count < summary.kept {
      notes.append("The first \(rows.count) rows; --limit shows more, --format csv or json all.")
    }
    notes.append(
      "Distribution: a part of the networks has at most so much. Errors, which the paper compares so, take training.")
    return Report(
      title: "Draws from RegNet's design space", tables: [table, quantiles], data: table, notes: notes,
      document: ["schema": "convscope.sample/1"])
  }
}

extension Chart {
  /// The part of networks that have at most some value, as a staircase.
  public static func distribution(_ distribution: EmpiricalDistribution, of column: String) -> Chart {
    let values = distribution.values
    var points = values.enumerated().map { Chart.Point($1, Double($0 + 1) / Double(values.count)) }
    // The staircase begins at the floor and ends with its last step.
    if let first = values.first, let last = points.last { points = [Chart.Point(first, 0)] + points + [last] }
    return Chart(
      title: "Distribution of \(PointTitle.inText(column)) over \(values.count) networks",
      horizontal: .init(PointTitle.inText(column), includesZero: false), vertical: .init("part of the networks"),
      series: [.init("", .steps, points)])
  }
}
