import ArgumentParser
import Reports

struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Print one network as a tree of layers with their shapes.")

  @Argument(help: "A built-in network or an ONNX file.")
  var model: String

  @Option(name: .long, help: "How many levels of the hierarchy to open.")
  var depth: Int = 3

  @OptionGroup var inputs: InputOptions
  @OptionGroup var convention: ConventionOption
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard depth > 0 else { throw ValidationError("--depth must be at least 1, but is \(depth)") }
  }

  func run() throws {
    let analysis = try ModelSource(argument: model).analysis(inputs)
    try output.write(.tree(analysis, depth: depth, convention: convention.convention))
  }
}
