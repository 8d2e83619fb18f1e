import Analysis
import Architectures
import ArgumentParser
import NetworkGraph
import Reports

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Hold a network to budgets: exit status 0 where all hold, 1 where one is broken.",
    discussion: """
      Counts are whole numbers with k, M, G or T if you like: 600M. For continuous integration, --format github writes \
      annotations and --format junit a report of tests.
      """)

  @Argument(help: "A built-in network or a file.")
  var model: String

  @Option(name: .long, help: ArgumentHelp("The most multiply-accumulates.", valueName: "number"))
  var maxMacs: String?

  @Option(name: .long, help: ArgumentHelp("The most parameters.", valueName: "number"))
  var maxParams: String?

  @Option(name: .long, help: ArgumentHelp("The most output elements of weighted layers.", valueName: "number"))
  var maxActivations: String?

  @Option(name: .long, help: ArgumentHelp("The most operators.", valueName: "number"))
  var maxOperators: String?

  @Option(name: .long, help: ArgumentHelp("The most bytes of the model's tensors: 8MB, 8MiB.", valueName: "size"))
  var maxWeightMemory: String?

  @Option(
    name: .long,
    help: ArgumentHelp("The most bytes of tensors live at once in inference: 8MB, 8MiB.", valueName: "size"))
  var maxPeakMemory: String?

  @Option(
    name: .long,
    help: ArgumentHelp("The same of a program that fuses operators and overwrites inputs.", valueName: "size"))
  var maxPlannedMemory: String?

  @Option(name: .long, help: ArgumentHelp("The least side of what a unit of the last map sees.", valueName: "pixels"))
  var minReceptiveField: String?

  @OptionGroup var inputs: InputOptions
  @OptionGroup var edits: EditOptions
  @OptionGroup var output: FindingOutput

  func run() throws {
    let budgets = try [
      count(maxMacs, .macs, "--max-macs"), count(maxParams, .parameters, "--max-params"),
      size(maxWeightMemory, .weightBytes, "--max-weight-memory"), size(maxPeakMemory, .peakMemory, "--max-peak-memory"),
      size(maxPlannedMemory, .plannedMemory, "--max-planned-memory"),
      count(minReceptiveField, .receptiveField, "--min-receptive-field"),
      count(maxActivations, .activations, "--max-activations"), count(maxOperators, .nodes, "--max-operators"),
    ].compactMap(\.self)
    guard !budgets.isEmpty else {
      throw CommandFailure(.usage, "no budget to check: give at least one, for example --max-macs 600M")
    }
    let analysis = try ModelSource(argument: model, edits: edits).analysis(inputs)
    let check: BudgetCheck
    do throws(BudgetError) {
      check = try BudgetCheck(analysis, budgets)
    } catch {
      throw CommandFailure(.usage, "\(model): \(error)")
    }
    try output.write(.check(check), Findings(check, file: fileName(model)))
    if !check.holds { throw ExitCode(1) }
  }

  private func count(_ text: String?, _ quantity: BudgetedQuantity, _ option: String) throws -> Budget? {
    guard let text else { return nil }
    guard let number = PrintedNumber(text).integer else {
      throw CommandFailure(
        .usage, "\(option) \(text): write a whole number, with k, M, G or T if you like, for example 5M")
    }
    return Budget(quantity, number)
  }

  private func size(_ text: String?, _ quantity: BudgetedQuantity, _ option: String) throws -> Budget? {
    guard let text else { return nil }
    do throws(ByteCountError) {
      return Budget(quantity, try ByteCount(parsing: text).bytes)
    } catch {
      throw CommandFailure(.usage, "\(option) \(text.prefix(40)): \(error)")
    }
  }
}
