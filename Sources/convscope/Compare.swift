import Analysis
import ArgumentParser
import Reports

struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Put several networks side by side.")

  @Argument(help: "Built-in networks, ONNX files or descriptions in YAML, at least one.")
  var models: [String]

  @OptionGroup var inputs: InputOptions
  @OptionGroup var edits: EditOptions
  @OptionGroup var convention: ConventionOption

  @Option(name: .long, help: "Rows below the comparison: none for 'model', else one table per network.")
  var by: Grouping = .model

  @OptionGroup var output: OutputOptions

  func run() throws {
    let analyses = try models.map { try ModelSource(argument: $0, edits: edits).analysis(inputs) }
    try output.write(.comparison(analyses, grouping: by, convention: convention.convention))
  }
}
