import Reports
import Scaling

/// Computes the rows of a space and writes them as they come: lines for programs, or the first rows for a table.
struct PointCollector<Space: PointSpace> {
  let space: Space
  let format: ReportFormat
  let path: String?
  let limit: Int
  /// What precedes the points in JSON.
  let document: PointDocument
  private(set) var summary = PointSummary()
  /// The first rows.
  private(set) var table: PointRows

  init(_ space: Space, format: ReportFormat, path: String?, limit: Int, document: PointDocument) {
    (self.space, self.format, self.path, self.limit) = (space, format, path, limit)
    self.document = document
    table = PointRows(indices: [], values: space.columns.map { $0.isInteger ? .integers([]) : .reals([]) })
  }

  /// Whether rows go into a table, of which there are few.
  var isTable: Bool { format == .table || format == .markdown }

  /// What a thread makes of one block.
  private struct Block: Sendable {
    var rows: PointRows
    var text: [UInt8]
  }

  /// - Parameter each: receives all rows that are kept.
  mutating func run(
    _ runner: PointRunner, _ storage: StorageOptions, filter: PointFilter?, goals: [ParetoFront.Goal],
    each: (PointRows) throws -> Void
  ) throws {
    let columns = space.columns
    let lines = PointText(format == .json ? .json : .csv, columns: columns)
    let writesLines = !isTable && goals.isEmpty
    var output = isTable ? nil : try CommandOutput(path: path)
    try output?.write(format == .json ? document.head : lines.header)
    var front = ParetoFront(goals, columns: columns)
    var progress = Progress()
    let start = ContinuousClock.now
    let count = try storage.range(of: space.count).count
    summary.part = try storage.part(of: space.count)
    try storage.run(space, runner) { rows in
      var rows = rows
      if let filter { rows = rows.selecting(filter.positions(in: rows)) }
      if !goals.isEmpty {
        let failures = rows.failures
        rows = ParetoFront(goals, columns: columns, of: rows).rows
        rows.failures = failures
      }
      var text: [UInt8] = []
      if writesLines { lines.append(rows, isFirst: false, to: &text) }
      return Block(rows: rows, text: text)
    } consume: { range, block in
      summary.add(block.rows, of: range, in: space)
      if !goals.isEmpty {
        front.add(block.rows)
      } else {
        try keep(block.rows, text: block.text, &output, each)
      }
      progress.show(summary.points, of: count, since: start)
    }
    progress.finish()
    if !goals.isEmpty {
      var text: [UInt8] = []
      if !isTable { lines.append(front.rows, isFirst: false, to: &text) }
      try keep(front.rows, text: text, &output, each)
    }
    if format == .json { try output?.write(document.tail) }
    try output?.finish()
  }

  private mutating func keep(
    _ rows: PointRows, text: [UInt8], _ output: inout CommandOutput?, _ each: (PointRows) throws -> Void
  ) throws {
    // Objects come with the comma that precedes them, which the first of all has not.
    let surplus = format == .json && summary.kept == 0 && !text.isEmpty ? 2 : 0
    try output?.write(Array(text.dropFirst(surplus)))
    summary.kept += rows.count
    try each(rows)
    if isTable, table.count < limit { table.append(rows.selecting(Array(0..<min(rows.count, limit - table.count)))) }
  }
}
