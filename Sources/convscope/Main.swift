import ArgumentParser

@main
struct Main {
  static func main() async {
    do {
      try ConvScope.checkName(CommandLine.arguments.dropFirst().first)
      var command = try ConvScope.parseAsRoot()
      if var waiting = command as? any AsyncParsableCommand {
        try await waiting.run()
      } else {
        try command.run()
      }
    } catch let failure as CommandFailure {
      printToStandardError("convscope: \(failure.message)")
      failure.exit()
    } catch {
      ConvScope.exit(withError: error)
    }
  }
}

/// The root command.
struct ConvScope: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convscope",
    abstract: "Measure convolutional networks before anyone trains them.",
    discussion: """
      MODEL is the name of a built-in network (see 'convscope list') or the path of an ONNX file or of a description in \
      YAML. Every figure is exact and names its counting convention; sizes may be symbols, and then every figure is a \
      formula.
      """,
    version: "convscope 0.1.0",
    subcommands: [
      List.self, Info.self, Show.self, Analyze.self, Compare.self, MemoryCommand.self, FormulaCommand.self,
      Explain.self, ReceptiveFieldCommand.self, DiagramCommand.self, Kernels.self, Reconcile.self, Diff.self,
      Check.self, LintCommand.self, RunCommand.self, BenchCommand.self, VerifyCommand.self, Export.self,
      TrainCost.self, SweepCommand.self, SearchCommand.self, MergeCommand.self, QueryCommand.self, ScalingCommand.self,
      SampleCommand.self,
    ])

  /// Refuses a word that is no command; the parser would only call it an unexpected argument.
  static func checkName(_ word: String?) throws {
    let names = configuration.subcommands.map { $0._commandName } + ["help"]
    guard let word, !word.hasPrefix("-"), !names.contains(word) else { return }
    throw CommandFailure(.usage, "unknown command '\(word)': there are \(names.joined(separator: ", "))")
  }
}
