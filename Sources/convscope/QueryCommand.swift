import ArgumentParser
import Reports
import ResultsStore
import Scaling

struct QueryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query", abstract: "Print or export the results in a store.",
    discussion: """
      A store with several runs is listed, and --run chooses one. CSV and JSON give every point and every digit; a table \
      gives the first.
      """)

  @Argument(help: ArgumentHelp("The store that --store or 'merge' wrote.", valueName: "store"))
  var path: String

  @Option(name: .customLong("run"), help: ArgumentHelp("Which run, as they are listed.", valueName: "number"))
  var number: Int?

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("Only points that meet a condition: 'macs<=4G && params<=20M'.", valueName: "condition"))
  var condition: String?

  @Option(name: .long, help: ArgumentHelp("Only these columns, in this order.", valueName: "names"))
  var columns: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Sort by columns, the largest first behind a minus: macs,-score.", valueName: "columns"))
  var orderBy: String?

  @Option(name: .long, help: ArgumentHelp("Most points; by default 100 in a table.", valueName: "count"))
  var limit: Int?

  @OptionGroup var output: OutputOptions

  func run() throws {
    if let limit, limit < 0 { throw CommandFailure(.usage, "--limit \(limit): it takes 0 or more points") }
    let store = try storeFailure { try ResultsStore(reading: path) }
    let runs = try storeFailure { try store.summary() }
    guard let chosen = try chosen(runs) else {
      let title = runs.isEmpty ? "\(path) holds no runs" : "Runs in \(path)"
      let notes = runs.isEmpty ? [] : ["--run chooses one."]
      return try output.write(.runs(runs.map(StoredRunLine.init), title: title, notes: notes))
    }
    let stored = chosen.run
    let filter = try condition.map { text in
      try scalingFailure("--where") { () throws(ScalingError) in
        try PointFilter(parsing: text, columns: stored.allColumns)
      }
    }
    let reading = StoredReading(store: store, run: stored, filter: filter, order: try order(stored))
    let shown = try shownColumns(stored)
    if output.format == .csv || output.format == .json { return try export(reading, shown) }
    try printTable(reading, shown, of: chosen)
  }

  /// The run to print; nil to list them all.
  private func chosen(_ runs: [ResultsStore.RunSummary]) throws -> ResultsStore.RunSummary? {
    guard let number else { return runs.count == 1 ? runs[0] : nil }
    guard runs.indices.contains(number - 1) else {
      throw CommandFailure(.usage, "--run \(number): '\(path)' holds \(runs.count) \(runs.count == 1 ? "run" : "runs")")
    }
    return runs[number - 1]
  }

  private func order(_ run: StoredRun) throws -> [ResultsStore.Order] {
    try (orderBy ?? "").split(separator: ",").map { part in
      let isDescending = part.hasPrefix("-")
      let name = isDescending ? part.dropFirst() : part
      return .init(try Self.name(String(name), run, option: "--order-by"), isDescending: isDescending)
    }
  }

  /// Positions of columns: of those of numbers, and of those of text.
  struct Shown {
    var numbers: [Int]
    var texts: [Int]
  }

  private func shownColumns(_ run: StoredRun) throws -> Shown {
    guard let columns else {
      return Shown(numbers: Array(run.allColumns.indices), texts: Array(run.textColumns.indices))
    }
    let names = try columns.split(separator: ",").map { try Self.name(String($0), run, option: "--columns") }
    return Shown(
      numbers: names.compactMap { name in run.allColumns.firstIndex { $0.name == name } },
      texts: names.compactMap { run.textColumns.firstIndex(of: $0) })
  }

  /// The column that a name or its alias means.
  private static func name(_ text: String, _ run: StoredRun, option: String) throws -> String {
    if run.textColumns.contains(text) { return text }
    let all = run.allColumns + run.textColumns.map { PointColumn($0) }
    let position = try scalingFailure(option) { () throws(ScalingError) in
      try PointFilter.position(of: text, in: all)
    }
    return all[position].name
  }

  private func export(_ reading: StoredReading, _ shown: Shown) throws {
    let run = reading.run
    let lines = PointText(
      output.format == .json ? .json : .csv, columns: shown.numbers.map { run.allColumns[$0] },
      textColumns: shown.texts.map { run.textColumns[$0] })
    let document = PointDocument(schema: "convscope.query/1", facts: [("run", PointDocument.quoted(run.identity))])
    var file = try CommandOutput(path: output.output)
    try file.write(output.format == .json ? document.head : lines.header)
    var isFirst = true
    try reading.forEachPage(limit: limit ?? .max) { page in
      var bytes: [UInt8] = []
      let (rows, texts) = page.showing(shown)
      lines.append(rows, texts: texts, isFirst: isFirst, to: &bytes)
      if rows.count > 0 { isFirst = false }
      try file.write(bytes)
    }
    if output.format == .json { try file.write(document.tail) }
    try file.finish()
  }

  private func printTable(_ reading: StoredReading, _ shown: Shown, of chosen: ResultsStore.RunSummary) throws {
    let run = reading.run
    let most = min(limit ?? 100, 100_000)
    var table = StoredPointTable(
      columns: shown.numbers.map { run.allColumns[$0] },
      rows: PointRows(
        indices: [], values: shown.numbers.map { run.allColumns[$0].isInteger ? .integers([]) : .reals([]) }),
      textColumns: shown.texts.map { run.textColumns[$0] }, texts: shown.texts.map { _ in [] })
    try reading.forEachPage(limit: most) { page in
      let (rows, texts) = page.showing(shown)
      table.rows.append(rows)
      for column in texts.indices { table.texts[column] += texts[column] }
    }
    let line = StoredRunLine(chosen)
    let missing = line.missing > 0 ? ", \(line.missing) missing: give the store to the same command" : ""
    var notes = ["\(line.points) points, \(line.failures) failures\(missing)."]
    if table.rows.count < line.points, condition == nil || table.rows.count == most {
      notes.append("\(table.rows.count) points are shown; --limit shows more, --format csv or json all.")
    }
    try output.write(.stored(table, title: run.title, notes: notes))
  }
}

/// A walk through the points of a stored run.
struct StoredReading {
  let store: ResultsStore
  let run: StoredRun
  let filter: PointFilter?
  let order: [ResultsStore.Order]

  private static let pageSize = 4096

  /// Hands the points that pass the filter to `body`, in order, until there were `limit`.
  func forEachPage(limit: Int, _ body: (StoredRows) throws -> Void) throws {
    var left = limit
    func pass(_ page: StoredRows) throws {
      var page = page
      if let filter { page = page.selecting(filter.positions(in: page.rows)) }
      if page.rows.count > left { page = page.selecting(Array(0..<left)) }
      left -= page.rows.count
      try body(page)
    }
    try storeFailure {
      guard order.isEmpty else {
        var positions = try store.positions(of: run, by: order)[...]
        while left > 0, !positions.isEmpty {
          try pass(try store.rows(of: run, at: Array(positions.prefix(Self.pageSize))))
          positions = positions.dropFirst(Self.pageSize)
        }
        return
      }
      var start = 0
      while left > 0 {
        let page = try store.rows(of: run, in: start..<Int.max, limit: Self.pageSize)
        guard let last = page.rows.indices.last else { return }
        try pass(page)
        start = last + 1
      }
    }
  }
}

extension StoredRows {
  fileprivate func selecting(_ positions: [Int]) -> StoredRows {
    guard positions.count < rows.count else { return self }
    var result = self
    result.rows = rows.selecting(positions)
    result.texts = texts.map { column in positions.map { column[$0] } }
    return result
  }

  /// Some of the columns.
  fileprivate func showing(_ shown: QueryCommand.Shown) -> (PointRows, [[String]]) {
    (
      PointRows(indices: rows.indices, values: shown.numbers.map { rows.values[$0] }), shown.texts.map { texts[$0] }
    )
  }
}
