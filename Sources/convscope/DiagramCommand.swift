import Analysis
import ArgumentParser
import Diagrams
import NetworkGraph
import Reports
import SymbolicIntegers

extension Diagram.Detail: ExpressibleByArgument {}
extension Diagram.Direction: ExpressibleByArgument {}

struct DiagramCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diagram", abstract: "Draw one network as an SVG picture.")

  /// What the colour of a box says.
  enum Heat: String, CaseIterable, ExpressibleByArgument {
    case macs, parameters, activations, none
  }

  @Argument(help: "A built-in network, an ONNX file or a description in YAML.")
  var model: String

  @Option(name: .shortAndLong, help: ArgumentHelp("The picture's file; '-' is standard output.", valueName: "file"))
  var output: String

  @Option(name: .long, help: "What one box stands for.")
  var detail: Diagram.Detail = .block

  @Option(name: .long, help: "The way the network runs over the picture.")
  var direction: Diagram.Direction = .topToBottom

  @Option(name: .long, help: "Colour boxes by their share of this.")
  var colorBy: Heat = .macs

  @OptionGroup var inputs: InputOptions
  @OptionGroup var edits: EditOptions

  func run() throws {
    let analysis = try ModelSource(argument: model, edits: edits).analysis(inputs)
    let measures = analysis.graph.nodes.map { analysis.measures(of: $0) }
    let parameters = Diagram.Quantity(unit: "params", values: measures.map(\.parameters))
    let macs = Diagram.Quantity(unit: "MACs", values: measures.map { CountingConvention.macs.count($0.operations) })
    let colors: Diagram.Quantity? =
      switch colorBy {
      case .macs: macs
      case .parameters: parameters
      case .activations: Diagram.Quantity(unit: "activations", values: measures.map(\.activations))
      case .none: nil
      }
    let diagram = Diagram(
      of: analysis.graph, detail: detail, direction: direction, subtitle: Report.headline(analysis),
      quantities: [parameters, macs], colors: colors)
    let svg: String
    do throws(DiagramError) {
      svg = try diagram.svg()
    } catch {
      throw CommandFailure(.software, "\(model): \(error)")
    }
    if output == "-" { try printToStandardOutput(svg) } else { try writeFile(svg, to: output) }
  }
}
