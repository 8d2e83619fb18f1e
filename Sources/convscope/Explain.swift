import Analysis
import ArgumentParser
import NetworkGraph
import Reports

extension ExplainedQuantity: ExpressibleByArgument {}

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Explain the numbers of one layer, step by step, with rules and their sources.")

  @Argument(help: "A built-in network, a description (YAML) or an ONNX file.")
  var model: String

  @Option(
    name: .long,
    help: ArgumentHelp("The layer, as 'convscope analyze --by layer' names it: layer1.0.conv1.", valueName: "name"))
  var layer: String

  @Option(name: .long, help: "What to explain; everything by default.")
  var quantity: ExplainedQuantity?

  @OptionGroup var inputs: InputOptions
  @OptionGroup var edits: EditOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let source = ModelSource(argument: model, edits: edits)
    let graph = try source.graph(inputs)
    guard let node = graph.node(named: layer) else {
      throw source.unknownLayer(layer, in: graph, option: "--layer")
    }
    let explanations = try (quantity.map { [$0] } ?? ExplainedQuantity.allCases).compactMap {
      try explanation(of: node, in: graph, $0)
    }
    try output.write(.explanation(of: node, in: graph, explanations))
  }

  private func explanation(of node: Node, in graph: Graph, _ quantity: ExplainedQuantity) throws -> Explanation? {
    switch quantity {
    case .shape: return graph.explainShape(of: node)
    case .parameters: return graph.explainParameters(of: node)
    case .macs: return graph.explainMultiplyAdds(of: node)
    case .receptiveField: return ReceptiveField(graph).explain(node)
    case .memory:
      do throws(GraphError) {
        return try EagerMemory(graph).explain(node, in: graph)
      } catch {
        // Asked for everything, what cannot be written is left out.
        if self.quantity == nil { return nil }
        throw CommandFailure(.data, "\(model): \(error)")
      }
    }
  }
}
