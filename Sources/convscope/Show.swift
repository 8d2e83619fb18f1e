import ArgumentParser
import Reports

struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Print one network as a tree of layers with their shapes.")

  @Argument(help: "A built-in network, an ONNX file or a description in YAML.")
  var model: String

  @Option(name: .long, help: "How many levels of the hierarchy to open.")
  var depth: Int = 3

  @Flag(name: .long, help: "The names and shapes of the weights instead, in the order of a checkpoint.")
  var stateDict = false

  @OptionGroup var inputs: InputOptions
  @OptionGroup var edits: EditOptions
  @OptionGroup var convention: ConventionOption
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard depth > 0 else { throw ValidationError("--depth must be at least 1, but is \(depth)") }
  }

  func run() throws {
    if stateDict {
      try output.write(.stateDictionary(ModelSource(argument: model, edits: edits).graph(inputs)))
      return
    }
    let analysis = try ModelSource(argument: model, edits: edits).analysis(inputs)
    try output.write(.tree(analysis, depth: depth, convention: convention.convention))
  }
}
