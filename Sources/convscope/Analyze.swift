import Analysis
import ArgumentParser
import Reports

struct Analyze: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyze", abstract: "Count the parameters, operations and activations of one network.")

  @Argument(help: "A built-in network, an ONNX file or a description in YAML.")
  var model: String

  @OptionGroup var inputs: InputOptions
  @OptionGroup var edits: EditOptions
  @OptionGroup var convention: ConventionOption

  @Option(name: .long, help: "One row per what. By default stages in text for people and the model in CSV.")
  var by: Grouping?

  @OptionGroup var output: OutputOptions

  func run() throws {
    let analysis = try ModelSource(argument: model, edits: edits).analysis(inputs)
    let grouping = by ?? (output.format == .csv || output.format == .json ? .model : .stage)
    try output.write(.analysis(analysis, grouping: grouping, convention: convention.convention))
  }
}
