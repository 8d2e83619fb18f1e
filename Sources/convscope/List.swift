import Architectures
import ArgumentParser
import Reports

struct List: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the built-in networks.")

  @Option(name: .long, help: ArgumentHelp("Only networks of this family.", valueName: "name"))
  var family: String?

  @OptionGroup var output: OutputOptions

  func run() throws {
    var entries = Catalog.entries
    if let family {
      entries = entries.filter { $0.family.lowercased() == family.lowercased() }
      guard !entries.isEmpty else {
        let families = Catalog.entries.map(\.family).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        throw CommandFailure(.usage, "unknown family '\(family)': there are \(families.joined(separator: ", "))")
      }
    }
    try output.write(.catalog(entries))
  }
}
