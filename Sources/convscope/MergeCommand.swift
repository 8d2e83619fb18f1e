import ArgumentParser
import Reports
import ResultsStore

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Join stores of results, such as those of the parts of a sweep, into one.",
    discussion: """
      The stores must hold the same runs: the same networks, ranges and columns, or the same command. A point that \
      several stores hold is kept once; different values of one point are an error. Of one point's trials a score wins \
      over a failure. What is still missing is computed by giving the joined store to the same command.
      """)

  @Argument(help: "The stores.")
  var stores: [String]

  @Option(name: .shortAndLong, help: ArgumentHelp("The store to write.", valueName: "file"))
  var output: String

  func run() throws {
    let merged = try storeFailure { try ResultsStore.merge(stores, into: output) }
    try OutputOptions.print(.runs(merged.map(StoredRunLine.init), title: "Joined in \(output)"), .table)
  }
}

extension StoredRunLine {
  init(_ summary: ResultsStore.RunSummary) {
    self.init(
      identity: summary.run.identity, title: summary.run.title, points: summary.points, missing: summary.missing,
      failures: summary.failures)
  }
}
