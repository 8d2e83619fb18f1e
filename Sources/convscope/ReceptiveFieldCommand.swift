import Analysis
import ArgumentParser
import Charts
import NetworkGraph
import Reports
import SymbolicIntegers

struct ReceptiveFieldCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "receptive-field", abstract: "Tell what part of the image each layer of one network sees.")

  /// What one row of the table stands for.
  enum Rows: String, CaseIterable, ExpressibleByArgument {
    case stage, layer
  }

  @Argument(help: "A built-in network or an ONNX file.")
  var model: String

  @Option(
    name: .long,
    help: ArgumentHelp(
      "One layer only, as 'convscope show' names it; the name of a stage or block means its last layer.",
      valueName: "name"))
  var layer: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "What one unit sees, of the layer or else of the last feature map: row,column from 0.", valueName: "i,j"))
  var unit: String?

  @Option(
    name: .long, help: ArgumentHelp("Draw what the unit, or else the middle one, sees, as SVG.", valueName: "file"))
  var draw: String?

  @Option(name: .long, help: "One row per what.")
  var by: Rows = .stage

  @OptionGroup var inputs: InputOptions
  @OptionGroup var edits: EditOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let source = ModelSource(argument: model, edits: edits)
    let graph = try source.graph(inputs)
    let node = try layer.map { name in
      guard let node = found(name, in: graph) else { throw source.unknownLayer(name, in: graph, option: "--layer") }
      return node
    }
    var summary = ReceptiveFieldSummary(graph, layer: node)
    if let unit {
      summary = ReceptiveFieldSummary(graph, layer: node, unit: try place(unit, summary))
    }
    if let draw {
      let picture = try picture(summary).svg()
      if draw == "-" { return try printToStandardOutput(picture) }
      try writeFile(picture, to: draw)
    }
    try output.write(.receptiveField(summary, byLayer: by == .layer))
  }

  /// The node of that name, or the last node of the scope of that name.
  private func found(_ name: String, in graph: Graph) -> Int? {
    if let node = graph.node(named: name) { return node.id }
    return graph.nodes.last { node in
      var scope: Int? = node.scope
      while let index = scope, index != 0 {
        if graph.path(ofScope: index) == name || graph.path(ofScope: index, includingUnnamed: true) == name {
          return true
        }
        scope = graph.scopes[index].parent
      }
      return false
    }?.id
  }

  /// The unit that a text names, checked against the map.
  private func place(_ text: String, _ summary: ReceptiveFieldSummary) throws -> [Int] {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let unit = parts.compactMap { Int($0) }
    guard let node = summary.shownNode, let seen = summary.field.field(of: node) else {
      throw CommandFailure(.usage, "--unit \(text): the layer does not depend on the image")
    }
    guard unit.count == parts.count, unit.count == seen.axes.count else {
      throw CommandFailure(.usage, "--unit \(text): give \(seen.axes.count) whole numbers, such as 3,3")
    }
    for (place, axis) in zip(unit, seen.axes) where place < 0 || place >= axis.units.constant ?? Int.max {
      let sides = seen.axes.map { "\($0.units)" }.joined(separator: "x")
      throw CommandFailure(.usage, "--unit \(text): the map has \(sides) units, counted from 0")
    }
    return unit
  }

  /// The picture of what one unit sees.
  private func picture(_ summary: ReceptiveFieldSummary) throws -> ReceptiveFieldBox {
    guard let node = summary.shownNode, let seen = summary.field.field(of: node), seen.axes.count == 2,
      summary.field.imageSides.count == 2, let height = summary.field.imageSides[0].constant,
      let width = summary.field.imageSides[1].constant
    else {
      throw CommandFailure(.usage, "--draw: needs an image of two sides that are numbers, and a layer that sees it")
    }
    let unit = summary.unit ?? seen.axes.map { (($0.units.constant ?? 1) - 1) / 2 }
    let ranges = summary.ranges(ofUnit: unit, node: node)
    guard let rows = ranges[0].field, let columns = ranges[1].field else {
      throw CommandFailure(
        .usage, "--draw: \(summary.graph.path(of: summary.graph.nodes[node])) sees no window of the image")
    }
    func closed(_ range: PositionRange) -> ClosedRange<Int> { range.start...max(range.start, range.end) }
    var visible: ReceptiveFieldBox.Pair<ClosedRange<Int>>?
    if let rows = ranges[0].visible, let columns = ranges[1].visible {
      visible = ReceptiveFieldBox.Pair(rows: closed(rows), columns: closed(columns))
    }
    func centres(_ axis: Int) -> [Double] {
      let count = min(seen.axes[axis].units.constant ?? 1, 4096)
      return (0..<count).compactMap { seen.axes[axis].range(of: $0) }.map { Double($0.start + $0.end) / 2 }
    }
    let name = summary.graph.path(of: summary.graph.nodes[node])
    let sides = seen.axes.map { "\($0.units)" }.joined(separator: " x ")
    var captions = [
      "Field: rows \(rows.start) to \(rows.end), columns \(columns.start) to \(columns.end), "
        + "\(rows.count) x \(columns.count) pixels of an image without ends."
    ]
    if let visible {
      captions.append(
        "On the image: rows \(visible.rows.lowerBound) to \(visible.rows.upperBound), columns "
          + "\(visible.columns.lowerBound) to \(visible.columns.upperBound), \(visible.rows.count) x "
          + "\(visible.columns.count) of \(height) x \(width) pixels.")
    } else {
      captions.append("On the image: nothing, the unit sees only padding.")
    }
    return ReceptiveFieldBox(
      title: "\(summary.graph.name): unit (\(unit[0]), \(unit[1])) of \(sides) in \(name)", captions: captions,
      sides: ReceptiveFieldBox.Pair(rows: height, columns: width),
      field: ReceptiveFieldBox.Pair(rows: closed(rows), columns: closed(columns)), visible: visible,
      centres: ReceptiveFieldBox.Pair(rows: centres(0), columns: centres(1)),
      centre: ReceptiveFieldBox.Pair(
        rows: Double(rows.start + rows.end) / 2, columns: Double(columns.start + columns.end) / 2))
  }
}
