import Architectures
import ArgumentParser
import Charts
import Reports
import Scaling

struct SampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample", abstract: "Draw networks at random from RegNet's design space.",
    discussion: """
      Draws (d, w0, wa, wm, g) within the paper's bounds and tells what the networks cost; --where keeps a regime, such \
      as 'macs>=360M && macs<=400M'. A draw depends on the seed and its number alone. Parameters that give another \
      number of stages than four make no network.
      """)

  @Argument(
    help: "The RegNet that gives everything not drawn: regnetx_002 without, regnety_002 with channel attention.")
  var model = "regnetx_002"

  @Option(name: .long, help: ArgumentHelp("How many draws.", valueName: "draws"))
  var count = 1000

  @Option(name: .long, help: "What draws depend on.")
  var seed: UInt64 = 1

  @Option(name: .long, help: ArgumentHelp("Blocks in all: first..last.", valueName: "range"))
  var depth = "12..28"

  @Option(name: .long, help: ArgumentHelp("Side of the input; by default the baseline's.", valueName: "pixels"))
  var resolution: Int?

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("Only rows that meet a condition: 'macs>=360M && macs<=400M'.", valueName: "condition"))
  var condition: String?

  @Option(
    name: .long, help: ArgumentHelp("Draw the empirical distribution of a column as SVG.", valueName: "file"))
  var chart: String?

  @Option(name: .long, help: ArgumentHelp("The column of the distribution.", valueName: "column"))
  var x = "activations"

  @Option(name: .long, help: ArgumentHelp("Most rows of a table.", valueName: "rows"))
  var limit = 20

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var storage: StorageOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    guard (1...100_000).contains(limit) else {
      throw CommandFailure(.usage, "--limit \(limit): it takes 1 to 100000 rows")
    }
    let space = try space()
    let (filter, column) = try scalingFailure("") { () throws(ScalingError) in
      (
        try condition.map { text throws(ScalingError) in try PointFilter(parsing: text, columns: space.columns) },
        try PointFilter.position(of: x, in: space.columns)
      )
    }
    let document = PointDocument(
      schema: "convscope.sample/1", facts: [("model", PointDocument.quoted(model)), ("seed", "\(seed)")])
    var rows = PointCollector(
      space, format: output.format, path: output.output, limit: limit, document: document)
    var values: [Double] = []
    try rows.run(threads.runner(), storage, filter: filter, goals: []) { part in
      values += (0..<part.count).map { part.number(column: column, row: $0) }
    }
    let distribution = EmpiricalDistribution(values)
    if let chart { try writeFile(Chart.distribution(distribution, of: space.columns[column].name).svg(), to: chart) }
    if rows.isTable {
      try output.write(
        .sample(space, rows: rows.table, summary: rows.summary, distribution, of: space.columns[column].name))
    }
  }

  private func space() throws -> RegNetSpace {
    let ends = depth.split(separator: ".", omittingEmptySubsequences: true).map { Int($0) }
    guard ends.count == 2, let first = ends[0], let last = ends[1], first > 0, first <= last, last <= 1000 else {
      throw CommandFailure(.usage, "--depth: '\(depth.prefix(40))' is no range such as 12..28")
    }
    var bounds = RegNetSpace.Bounds()
    bounds.depth = first...last
    let entry = try ModelSource.entry(named: model)
    return try scalingFailure("") { () throws(ScalingError) in
      try RegNetSpace(entry, bounds: bounds, count: count, seed: seed, side: resolution)
    }
  }
}
