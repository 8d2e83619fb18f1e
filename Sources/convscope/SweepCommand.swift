import ArgumentParser
import Charts
import Reports
import Scaling

struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep", abstract: "Tell what every combination of some depths, widths and resolutions costs.",
    discussion: """
      Factors multiply the repeats and the channels of a baseline; a resolution is the side of its input. Each takes a \
      number, a range with both ends, such as 1.0:3.1:0.1, or a list of these, joined by commas. Every figure is that of \
      the network built and counted there.
      """)

  @OptionGroup var family: FamilyOptions

  @Option(name: .long, help: ArgumentHelp("Factors on the repeats of stages.", valueName: "values"))
  var depth = "1"

  @Option(name: .long, help: ArgumentHelp("Factors on channels.", valueName: "values"))
  var width = "1"

  @Option(
    name: .long, help: ArgumentHelp("Factors on the channels of groups (RegNet, NFNet).", valueName: "values"))
  var groupWidth = "1"

  @Option(
    name: .long, help: ArgumentHelp("Sides of the input in pixels; by default the baseline's.", valueName: "values"))
  var resolution: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "More columns: peakMemory, receptiveField, nodes. The network is built at every point, which is slower.",
      valueName: "names"))
  var columns: String?

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("Only rows that meet a condition: 'macs<=4G && params<=20M'.", valueName: "condition"))
  var condition: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Only the Pareto front of some columns, small ones or max:COLUMN: macs,params,max:resolution.",
      valueName: "columns"))
  var pareto: String?

  @Option(name: .long, help: ArgumentHelp("Draw the rows as SVG.", valueName: "file"))
  var chart: String?

  @Option(name: .long, help: ArgumentHelp("The chart's horizontal column.", valueName: "column"))
  var x = "width"

  @Option(name: .long, help: ArgumentHelp("The chart's vertical column.", valueName: "column"))
  var y = "macs"

  @Option(name: .long, help: ArgumentHelp("One line of the chart for each value of a column.", valueName: "column"))
  var series: String?

  @Option(name: .long, help: ArgumentHelp("Most rows of a table.", valueName: "rows"))
  var limit = 100

  @OptionGroup var storage: StorageOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let space = try space()
    let filter = try condition.map { text in
      try scalingFailure("--where") { () throws(ScalingError) in try PointFilter(parsing: text, columns: space.columns)
      }
    }
    let goals = try goals(space.columns)
    var picture: PointChart?
    if chart != nil {
      picture = try scalingFailure("--chart") { () throws(ScalingError) in
        try PointChart(horizontal: x, vertical: y, series: series, columns: space.columns)
      }
    }
    let runner = try family.threads.runner()
    guard (1...100_000).contains(limit) else {
      throw CommandFailure(.usage, "--limit \(limit): it takes 1 to 100000 rows")
    }
    var rows = PointCollector(
      space, format: output.format, path: output.output, limit: limit,
      document: PointDocument(
        schema: "convscope.sweep/1",
        facts: [
          ("model", space.family.baseline.name), ("rule", space.family.rule), ("method", space.costs.method.text),
        ].map { ($0.0, PointDocument.quoted($0.1)) }))
    try rows.run(runner, storage, filter: filter, goals: goals) { part in
      try scalingFailure("--chart") { () throws(ScalingError) in try picture?.add(part) }
    }
    if let chart, let picture {
      let svg = picture.chart(of: space.family.baseline.name).svg()
      try writeFile(svg, to: chart)
    }
    if rows.isTable {
      let front = goals.map { ($0.isMaximum ? "max:" : "") + space.columns[$0.column].name }
      try output.write(.sweep(space, rows: rows.table, summary: rows.summary, front: front))
    } else if rows.summary.failed > 0 {
      printToStandardError("convscope: \(rows.summary.text)")
    }
  }

  private func space() throws -> SweepSpace {
    let family = try family.scaled()
    let depths = try axis(depth, option: "--depth")
    let widths = try axis(width, option: "--width")
    let groupWidths = try axis(groupWidth, option: "--group-width")
    let resolutions = try resolution.map { try axis($0, option: "--resolution") }
    let columns = try graphColumns()
    return try scalingFailure("") { () throws(ScalingError) in
      try SweepSpace(
        family, depths: depths, widths: widths, groupWidths: groupWidths, resolutions: resolutions,
        graphColumns: columns)
    }
  }

  /// The columns asked for beside those that every sweep has.
  private func graphColumns() throws -> [GraphColumn] {
    let usual = ["depth", "width", "resolution", "parameters", "macs", "activations", "groupWidth"]
    var result: [GraphColumn] = []
    for part in (columns ?? "").split(separator: ",") {
      let name = PointFilter.name(String(part))
      if usual.contains(name) { continue }
      guard let column = GraphColumn(rawValue: name) else {
        let error = ScalingError.unknownColumn(
          String(part.prefix(40)), known: usual + GraphColumn.allCases.map(\.rawValue))
        throw CommandFailure(.usage, "--columns: \(error)")
      }
      if !result.contains(column) { result.append(column) }
    }
    return result
  }

  private func goals(_ columns: [PointColumn]) throws -> [ParetoFront.Goal] {
    guard let pareto else { return [] }
    return try pareto.split(separator: ",", omittingEmptySubsequences: false).map { part in
      try scalingFailure("--pareto") { () throws(ScalingError) in
        try ParetoFront.Goal(parsing: String(part), columns: columns)
      }
    }
  }
}
