import Analysis
import ArgumentParser
import Reports

struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Show what changed from one network to another, and what it costs.",
    discussion: """
      Layers are aligned by structure, whatever they are called: blocks of equal layers, then equal layers, then layers \
      of one kind. With one MODEL its variants are compared: 'convscope diff resnet50 --set-b depths[2]=9'. \
      --format markdown suits a pull request.
      """)

  @Argument(help: "The first network: a built-in one or a file.")
  var before: String

  @Argument(help: "The second network; by default the first.")
  var after: String?

  @Option(
    name: .long, help: ArgumentHelp("Change a setting of the first network only; repeatable.", valueName: "name=value"))
  var setA: [String] = []

  @Option(
    name: .long, help: ArgumentHelp("Change a setting of the second network only; repeatable.", valueName: "name=value")
  )
  var setB: [String] = []

  @OptionGroup var inputs: InputOptions
  @OptionGroup var edits: EditOptions
  @OptionGroup var convention: ConventionOption
  @OptionGroup var output: OutputOptions

  func run() throws {
    guard after != nil || !setA.isEmpty || !setB.isEmpty else {
      throw CommandFailure(
        .usage, "nothing to compare \(before) with: name a second network, or change one with --set-b")
    }
    var (first, second) = (edits, edits)
    first.set += setA
    second.set += setB
    let difference = NetworkDifference(
      from: try ModelSource(argument: before, edits: first).analysis(inputs),
      to: try ModelSource(argument: after ?? before, edits: second).analysis(inputs), convention: convention.convention)
    try output.write(.difference(difference))
  }
}
