import Architectures
import ArgumentParser
import NetworkGraph
import Reports

struct Info: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the card of a built-in network: paper, settings, published and computed figures, weights.")

  @Argument(help: "A built-in network.")
  var model: String

  @OptionGroup var output: OutputOptions

  func run() throws {
    let entry = try ModelSource.entry(named: model)
    let report: Report
    do throws(GraphError) {
      report = try Report.card(entry)
    } catch {
      throw CommandFailure(.software, "\(model): \(error)")
    }
    try output.write(report)
  }
}
