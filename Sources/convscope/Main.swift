import ArgumentParser

@main
struct Main {
  static func main() {
    do {
      var command = try ConvScope.parseAsRoot()
      try command.run()
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
      MODEL is the name of a built-in network (see 'convscope list') or the path of an ONNX file. Every figure is exact \
      and names its counting convention; sizes may be symbols, and then every figure is a formula.
      """,
    version: "convscope 0.1.0",
    subcommands: [List.self, Info.self, Show.self, Analyze.self, Compare.self, DiagramCommand.self])
}
