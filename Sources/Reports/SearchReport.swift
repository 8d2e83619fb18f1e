import Scaling
import SymbolicIntegers

/// The points of a search, ranked, and the paper's constants beside them.
public struct SearchResult: Sendable {
  public let space: SearchSpace
  public let rows: PointRows
  /// The row of the paper's constants at each phi.
  public let reference: PointRows
  public let summary: PointSummary
  public let order: SearchOrder
  public let cost: SearchCost
  /// How many points have a score; nil where none were given.
  public let scored: Int?
  /// The points whose evaluation gave no score, and why.
  public let failures: [PointFailure]

  public init(
    _ space: SearchSpace, rows: PointRows, reference: PointRows, summary: PointSummary, order: SearchOrder,
    cost: SearchCost, scored: Int?, failures: [PointFailure] = []
  ) {
    self.space = space
    self.rows = space.ranked(rows, by: order, cost: cost)
    self.reference = reference
    self.summary = summary
    self.order = order
    self.cost = cost
    self.scored = scored
    self.failures = failures
  }

  /// How many points have no score, and why the first has none.
  public var failureSummary: String {
    guard let first = failures.first else { return "every point has a score" }
    return "\(PointSummary.grouped(failures.count)) of \(PointSummary.grouped(rows.count)) points have no score, "
      + "first \(space.key(of: first.index)): \(first.reason)"
  }

  /// Whether the constants of the reference are within the tolerance.
  public var isReferenceInside: Bool { reference.count > 0 && space.isInside(reference, row: 0) }

  /// What precedes the points in JSON.
  public var document: PointDocument {
    let lines = PointText(.json, columns: space.columns)
    var bytes: [UInt8] = []
    lines.append(reference, isFirst: true, to: &bytes)
    let baseline = zip(["parameters", "macs", "activations"], space.baselineCosts).map { "\"\($0)\": \($1)" }
    return PointDocument(
      schema: "convscope.search/1",
      facts: [
        ("model", PointDocument.quoted(space.family.baseline.name)),
        ("resolution", "\(space.family.side)"), ("baseline", "{\(baseline.joined(separator: ", "))}"),
        ("target", "\(space.target)"), ("tolerance", "\(space.tolerance)"), ("order", "\"\(order.rawValue)\""),
        ("rule", PointDocument.quoted(space.family.rule)),
        ("method", PointDocument.quoted(space.costs.method.text)),
        ("isReferenceInside", "\(isReferenceInside)"),
        ("failures", "[\(failures.map(json).joined(separator: ", "))]"),
        ("reference", "[\n\(String(decoding: bytes, as: UTF8.self))\n  ]"),
      ])
  }

  private func json(_ failure: PointFailure) -> String {
    let (point, reason) = (PointDocument.quoted(space.key(of: failure.index)), PointDocument.quoted(failure.reason))
    return "{\"point\": \(point), \"reason\": \(reason)}"
  }

  /// The points without a score, as many as there are rows to show.
  fileprivate func failureTable(_ limit: Int) -> [Table] {
    guard !failures.isEmpty else { return [] }
    return [
      Table(
        title: "points without a score",
        columns: [.init("point", "point"), .init("reason", "why")],
        rows: failures.prefix(limit).map { [.text(space.key(of: $0.index)), .text($0.reason)] })
    ]
  }

  fileprivate var ranking: String {
    switch order {
    case .cost: "the least \(PointTitle.of(cost.rawValue)) first"
    case .distance: "the nearest to \(space.target) first"
    case .score: "the highest score first"
    }
  }
}

extension Report {
  /// The first points of a search for people.
  public static func search(_ result: SearchResult, limit: Int) -> Report {
    let space = result.space
    let shown = result.rows.first(limit)
    var columns = Array(space.columns.indices)
    if space.phis == [1] { columns.removeAll { ["phi", "depth", "width"].contains(space.columns[$0].name) } }
    if result.scored == nil { columns.removeAll { space.columns[$0].name == "score" } }
    let mark = result.isReferenceInside ? "within the tolerance" : "outside the tolerance, for comparison"
    let table = Table(title: "points, \(result.ranking)", shown, space.columns, columns: columns)
    let reference = Table(
      title: "the paper's constants, \(mark)", result.reference, space.columns, columns: columns)
    var notes = [result.summary.part, result.summary.text].compactMap(\.self)
    if shown.count < result.rows.count {
      notes.append("The first \(shown.count) rows; --limit shows more, --format csv or json all.")
    }
    if let scored = result.scored {
      notes.append("\(PointSummary.grouped(scored)) points have a score.")
      if !result.failures.isEmpty { notes.append("\(result.failureSummary).") }
    } else {
      notes.append("Without scores the order is one of costs alone; it says nothing about accuracy.")
    }
    notes += [
      "Ideal ratio: (α·β²·γ²)^φ, what the baseline's MACs grow by if nothing is rounded; cost ratio: what they grow by.",
      space.costs.method.text, space.family.rule,
    ]
    let baseline = zip(["parameters", "MACs", "activations"], space.baselineCosts).map {
      "\(Quantity(Dimension($1)).exact) \($0)"
    }
    let sides = "\(space.family.side) x \(space.family.side)"
    return Report(
      title: "Compound scaling of \(space.family.baseline.name)",
      introduction: [
        "α·β²·γ² within \(space.tolerance) of \(space.target); depth α^φ, width β^φ, resolution γ^φ. The baseline at "
          + "\(sides): \(baseline.joined(separator: ", "))."
      ], tables: [reference, table] + result.failureTable(limit), data: table, notes: notes,
      document: ["schema": "convscope.search/1"])
  }
}

extension PointRows {
  /// The first rows.
  fileprivate func first(_ limit: Int) -> PointRows { selecting(Array(0..<Swift.min(limit, count))) }
}
