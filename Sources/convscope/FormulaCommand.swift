import Analysis
import Architectures
import ArgumentParser
import Charts
import NetworkGraph
import Reports
import SymbolicIntegers

extension FormulaStyle: ExpressibleByArgument {}
extension FormulaSelection: ExpressibleByArgument {}

struct FormulaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "formula", abstract: "Write the costs of one network as formulas in the size of its input.",
    discussion: """
      Without --input the batch is N and the sides are H and W; a network that only takes multiples of a size gets \
      sides such as 224*h. The sizes for which the formulas hold are stated, and checked against the network built at \
      the least ones.
      """)

  /// What one row stands for.
  enum Rows: String, CaseIterable, ExpressibleByArgument {
    case model, stage, layer

    var grouping: Grouping {
      switch self {
      case .model: .model
      case .stage: .stage
      case .layer: .layer
      }
    }
  }

  @Argument(help: "A built-in network, a description (YAML) or an ONNX file.")
  var model: String

  @Option(name: .long, help: "What the formulas are of.")
  var quantity: FormulaSelection = .all

  @Option(name: .long, help: "One row per what.")
  var by: Rows = .model

  @Option(name: .long, help: "How formulas are written.")
  var style: FormulaStyle = .text

  @Flag(name: .long, help: "Repeats of stages (d1, d2, ...) and width (c) of a built-in network as symbols too.")
  var scale = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Draw the staircase of one quantity (macs) against its smooth form along H=32..640 or H=32..640:32.",
      valueName: "range"))
  var plot: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The plot's SVG file, by default MODEL-QUANTITY.svg; '-' is standard output, without the report.",
      valueName: "file"))
  var chart: String?

  @OptionGroup var inputs: InputOptions
  @OptionGroup var edits: EditOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if chart != nil, plot == nil { throw ValidationError("--chart needs --plot RANGE, such as H=32..640") }
  }

  func run() throws {
    let range = try plot.map(readRange)
    var formulas = try modelFormulas()
    if scale {
      guard let entry = Catalog.entry(named: model), !edits.features else {
        throw CommandFailure(.usage, "--scale: only a whole built-in network has settings for repeats and width")
      }
      formulas.scaling = FormulaScaling(try edits.edited(entry), formulas)
    }
    if let range {
      let quantity = quantity == .all ? FormulaQuantity.macs : FormulaQuantity(rawValue: quantity.rawValue)
      let (svg, file): (String, String)
      do throws(FormulaChartError) {
        guard let quantity else { throw .nothing }
        svg = try formulas.chart(quantity, along: range).svg()
        file = chart ?? Self.chartFile(of: formulas.formulas.graph.name, quantity)
      } catch {
        throw CommandFailure(.usage, "--plot \(plot ?? ""): \(error)")
      }
      if file == "-" {
        try printToStandardOutput(svg)
        return
      }
      try writeFile(svg, to: file)
      if chart == nil { printToStandardError("convscope: the plot is in \(file)") }
    }
    try output.write(.formulas(formulas, selection: quantity, grouping: by.grouping, style: style))
  }

  /// A file in the current folder: a name may hold slashes and what settings have changed.
  private static func chartFile(of name: String, _ quantity: FormulaQuantity) -> String {
    let letters = name.prefix(80).map { $0.isASCII && ($0.isLetter || $0.isNumber || "._".contains($0)) ? $0 : "-" }
    return "\(String(letters))-\(quantity.rawValue).svg"
  }

  private func readRange(_ text: String) throws -> FormulaRange {
    do throws(FormulaRangeError) {
      return try FormulaRange(parsing: text)
    } catch {
      throw CommandFailure(.usage, "--plot: \(error)")
    }
  }

  /// The formulas over the input given, or else over the most general one that the network takes.
  private func modelFormulas() throws -> ModelFormulas {
    let source = ModelSource(argument: model, edits: edits)
    let (graph, defaultShape) = try symbolicGraph(source)
    do throws(GraphError) {
      return try ModelFormulas(graph, defaultShape: defaultShape) { shape in
        var options = inputs
        options.input = [shape.dimensions.map(\.description).joined(separator: ",")]
        return try? source.graph(options)
      }
    } catch {
      throw CommandFailure(.data, "\(model): \(error)")
    }
  }

  private func symbolicGraph(_ source: ModelSource) throws -> (graph: Graph, defaultShape: Shape?) {
    if let entry = Catalog.entry(named: model), !inputs.input.isEmpty { return (try source.graph(inputs), entry.input) }
    guard inputs.input.isEmpty else { return (try source.graph(inputs), nil) }
    let defaultShape: Shape
    if let entry = Catalog.entry(named: model) {
      defaultShape = entry.input
    } else {
      let graph = try source.graph(inputs)
      // Only one input can be replaced by a shape without a name.
      guard graph.inputs.count == 1 else { return (graph, nil) }
      defaultShape = graph.type(of: graph.inputs[0].value).shape
    }
    var failure: (any Error)?
    for candidate in SymbolicInput.candidates(for: defaultShape) {
      var options = inputs
      options.input = [candidate.shape.dimensions.map(\.description).joined(separator: ",")]
      do {
        return (try source.graph(options), defaultShape)
      } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
    return (try source.graph(inputs), defaultShape)
  }
}
