import Analysis
import ArgumentParser
import NetworkGraph
import Reports

struct Reconcile: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reconcile", abstract: "Explain why tools count the same network differently.",
    discussion: """
      Counts one network under every convention and attributes each difference to operators, exactly; then says what \
      thop, torchinfo, fvcore, FlopCounterMode and ptflops print where that is not what they mean to count, and why.
      """)

  @Argument(help: "A built-in network or a file.")
  var model: String

  @OptionGroup var inputs: InputOptions
  @OptionGroup var edits: EditOptions
  @OptionGroup var convention: ConventionOption
  @OptionGroup var output: OutputOptions

  func run() throws {
    let graph = try ModelSource(argument: model, edits: edits).graph(inputs)
    let reconciliation: Reconciliation
    do throws(GraphError) {
      reconciliation = try Reconciliation(graph, reference: convention.convention)
    } catch {
      throw CommandFailure(.data, "\(model): \(error)")
    }
    try output.write(.reconciliation(reconciliation))
  }
}
