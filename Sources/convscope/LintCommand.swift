import Analysis
import ArgumentParser
import Reports

struct LintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint", abstract: "Look a network over for known faults of design, with the cost of each remedy.",
    discussion: "Exit status 0, or with --strict 1 where something is found.")

  @Argument(help: "A built-in network or a file.")
  var model: String

  @Flag(name: .long, help: "Exit with status 1 where something is found.")
  var strict = false

  @OptionGroup var inputs: InputOptions
  @OptionGroup var edits: EditOptions
  @OptionGroup var output: FindingOutput

  func run() throws {
    let lint = Lint(try ModelSource(argument: model, edits: edits).analysis(inputs))
    try output.write(.lint(lint), Findings(lint, file: fileName(model), isStrict: strict))
    if strict && !lint.findings.isEmpty { throw ExitCode(1) }
  }
}
