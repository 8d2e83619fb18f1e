import ArgumentParser
import Glibc
import Reports

/// How findings are written: a report for people, or for a service that runs the command on every change.
enum FindingFormat: String, CaseIterable, ExpressibleByArgument {
  case table, markdown, csv, json, junit, github
}

/// Options of commands that find things and fail.
struct FindingOutput: ParsableArguments {
  @Option(
    name: .long, help: "How to write the findings; github writes annotations for its Actions, junit XML for others.")
  var format: FindingFormat = .table

  @Option(name: .shortAndLong, help: ArgumentHelp("Write to a file instead of the terminal.", valueName: "file"))
  var output: String?

  @Flag(name: .long, help: "Every digit of every number in tables, instead of three and an SI prefix.")
  var exact = false

  /// Prints the report or the findings, or writes them to the file.
  func write(_ report: @autoclosure () -> Report, _ findings: @autoclosure () -> Findings) throws {
    let text: String
    switch format {
    case .junit: text = findings().junit
    case .github: text = findings().gitHubAnnotations
    case .table, .markdown, .csv, .json:
      let isColored = output == nil && isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil
      let format = ReportFormat(rawValue: format.rawValue) ?? .table
      text = try report().text(format, numbers: exact ? .exact : .si, terminal: isColored)
    }
    if let output { try writeFile(text, to: output) } else { try printToStandardOutput(text) }
  }
}

/// The file that an argument names; nil for a built-in network.
func fileName(_ argument: String) -> String? {
  access(argument, F_OK) == 0 ? argument : nil
}
