import Architectures
import ArgumentParser
import NetworkGraph
import Reports

extension CatalogSelection.Order: ExpressibleByArgument {}

struct List: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the built-in networks.")

  @Option(name: .long, help: ArgumentHelp("Only networks of this family.", valueName: "name"))
  var family: String?

  @Option(name: .long, help: ArgumentHelp("Only networks of this year or these: 2015..2018.", valueName: "years"))
  var year: String?

  @Option(name: .long, help: ArgumentHelp("Only networks with at most so many parameters: 5M.", valueName: "number"))
  var maxParams: String?

  @Option(
    name: .long,
    help: ArgumentHelp("Only networks with at most so many MACs at their default input: 600M.", valueName: "number"))
  var maxMacs: String?

  @Option(name: .long, help: "The order of rows.")
  var sort: CatalogSelection.Order = .catalog

  @OptionGroup var output: OutputOptions

  func run() throws {
    var selection = CatalogSelection()
    selection.family = try family.map(known)
    selection.years = try year.map(years)
    selection.maximumParameters = try maxParams.map { try amount($0, option: "--max-params") }
    selection.maximumMACs = try maxMacs.map { try amount($0, option: "--max-macs") }
    selection.order = sort
    let entries: [MeasuredEntry]
    do throws(GraphError) {
      entries = try selection.entries()
    } catch {
      throw CommandFailure(.software, "\(error)")
    }
    try output.write(.catalog(entries))
  }

  private func known(_ family: String) throws -> String {
    let families = Catalog.entries.map(\.family).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    guard families.contains(where: { $0.lowercased() == family.lowercased() }) else {
      throw CommandFailure(.usage, "unknown family '\(family)': there are \(families.joined(separator: ", "))")
    }
    return family
  }

  /// Reads `2016` or `2015..2018`.
  private func years(_ text: String) throws -> ClosedRange<Int> {
    let numbers = text.split(separator: "..", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(numbers.count), let first = numbers[0], let last = numbers[numbers.count - 1] else {
      throw CommandFailure(.usage, "--year \(text): write a year or a range, for example 2015..2018")
    }
    guard first <= last else {
      throw CommandFailure(.usage, "--year \(text): the range ends before it begins")
    }
    return first...last
  }

  private func amount(_ text: String, option: String) throws -> Int {
    guard let amount = PrintedNumber(text).integer else {
      throw CommandFailure(
        .usage, "\(option) \(text): write a whole number, with k, M, G or T if you like, for example 5M")
    }
    return amount
  }
}
