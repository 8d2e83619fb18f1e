import Charts
import Scaling

/// How a sweep or search went: how many points there were, and what became of them.
public struct PointSummary: Sendable {
  public var points = 0
  /// Rows that the filter and the front left.
  public var kept = 0
  public var failed = 0
  /// The first point without a network, and why there is none.
  public var firstFailure: (key: String, reason: String)?
  /// Which part of the points these are; nil where they are all.
  public var part: String?

  public init() {}

  public mutating func add(_ rows: PointRows, of range: Range<Int>, in space: some PointSpace) {
    points += range.count
    failed += rows.failures.count
    if firstFailure == nil, let failure = rows.failures.first {
      firstFailure = (space.key(of: failure.index), failure.reason)
    }
  }

  /// One sentence, or two where some points have no network.
  public var text: String {
    let kept = kept == points ? "" : ", \(Self.grouped(kept)) rows"
    let points = "\(Self.grouped(points)) \(points == 1 ? "point" : "points")"
    guard let firstFailure else { return "\(points)\(kept)." }
    return "\(points)\(kept); \(Self.grouped(failed)) without a network, "
      + "first \(firstFailure.key): \(firstFailure.reason)."
  }

  static func grouped(_ count: Int) -> String { Quantity(.init(count)).exact }
}

extension FamilyCosts.Method {
  /// How costs were computed, as a sentence.
  public var text: String {
    switch self {
    case .compiled:
      "Costs are exact: formulas in repeats and resolution, one set for each width, held to networks that were built."
    case .compiledByDepth:
      "Costs are exact: formulas in the resolution, one for each depth and width (repeats change costs in ways that are "
        + "not linear), held to networks that were built."
    case .built(let reason): "Costs are exact: every network was built and counted, since \(reason)."
    }
  }
}

extension ScaledFamily {
  /// How factors become repeats and channels.
  public var rule: String {
    switch rounding {
    case .family: "\(architecture.depthRule) \(architecture.widthRule)"
    case .nearest:
      "Repeats become the nearest number, channels the nearest multiple of \(type(of: architecture).channelMultiple)."
    }
  }
}

/// What a streamed JSON document of points begins and ends with.
public struct PointDocument: Sendable {
  public let head: String
  public let tail = "\n  ]\n}\n"

  /// - Parameter facts: names and values in JSON, written before the points.
  public init(schema: String, facts: [(name: String, json: String)]) {
    var lines = ["{", "  \"schema\": \"\(schema)\","]
    for fact in facts { lines.append("  \"\(fact.name)\": \(fact.json),") }
    lines.append("  \"points\": [\n")
    head = lines.joined(separator: "\n")
  }

  /// A text in JSON.
  public static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20: result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension Report {
  /// The first rows of a sweep for people; ``PointText`` writes all of them.
  public static func sweep(
    _ space: SweepSpace, rows: PointRows, summary: PointSummary, front: [String] = []
  ) -> Report {
    let table = Table(rows, space.columns)
    var notes = [summary.part, summary.text].compactMap(\.self)
    if rows.count < summary.kept {
      notes.append(
        "The first \(PointSummary.grouped(rows.count)) rows; --limit shows more, --format csv or json all.")
    }
    if !front.isEmpty {
      notes.append(
        "The Pareto front: no other point is at least as good in \(front.joined(separator: ", ")) and better in one; "
          + "of equal points the first.")
      if summary.kept == 1, summary.points > 1 {
        notes.append(
          "One point beats all others, as costs grow together: bound one with --where, or ask for max:COLUMN.")
      }
    }
    notes += [space.costs.method.text, space.family.rule]
    return Report(
      title: "Sweep of \(space.family.baseline.name)", tables: [table], data: table, notes: notes,
      document: ["schema": "convscope.sweep/1"])
  }
}
