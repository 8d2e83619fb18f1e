import Analysis
import NetworkGraph
import SymbolicIntegers

/// What is asked of a network's memory beyond its figures.
public struct MemoryAnswers: Sendable {
  /// The best order of execution; nil where it was not asked for or sizes depend on symbols.
  public var search: OrderSearch?
  /// The largest batch that can be trained within so many bytes.
  public var fit: (capacity: ByteCount, batch: Int?)?

  public init() {}
}

extension Report {
  /// The memory one network needs: each figure with its definition, then one row per stage, operator or layer.
  public static func memory(_ figures: MemoryFigures, _ answers: MemoryAnswers, grouping: Grouping) -> Report {
    var tables = [MemoryTables.summary(figures, answers)]
    let data: Table
    if grouping == .model {
      data = MemoryTables.model(figures)
    } else {
      data = MemoryTables.groups(figures, grouping)
      tables.append(data)
    }
    return Report(
      title: "\(figures.graph.name), input \(inputText(figures.graph))", tables: tables, data: data,
      notes: MemoryTables.notes(figures, answers, grouping), document: MemoryDocument(figures, answers, grouping))
  }
}

/// The tables and definitions of a memory report.
enum MemoryTables {
  /// A number of bytes in both kinds of units: `44.5 MB`, `42.5 MiB`; a formula has neither.
  static func units(_ bytes: Dimension) -> (decimal: String, binary: String) {
    guard let bytes = bytes.constant else { return ("", "") }
    return (
      scaled(bytes, by: 1000, ["B", "kB", "MB", "GB", "TB", "PB"]),
      scaled(bytes, by: 1024, ["B", "KiB", "MiB", "GiB", "TiB", "PiB"])
    )
  }

  private static func scaled(_ bytes: Int, by base: Double, _ units: [String]) -> String {
    var value = Double(bytes)
    var unit = 0
    while abs(value) >= 999.5, unit < units.count - 1 {
      value /= base
      unit += 1
    }
    let decimals = unit == 0 ? 0 : abs(value) < 9.995 ? 2 : abs(value) < 99.95 ? 1 : 0
    return "\(Quantity.fixed(value, decimals: decimals)) \(units[unit])"
  }

  // MARK: The whole network

  static func summary(_ figures: MemoryFigures, _ answers: MemoryAnswers) -> Table {
    var rows: [[Cell]] = []
    func add(_ name: String, _ bytes: Dimension, _ place: String = "") {
      let units = units(bytes)
      rows.append([
        .text(name), .text(Quantity(bytes).exact), .text(units.decimal), .text(units.binary), .text(place),
      ])
    }
    func head(_ text: String) { rows.append([.text(text), .empty, .empty, .empty, .empty]) }
    let (graph, training) = (figures.graph, figures.training)
    head("inference")
    add("  eager peak", figures.eager.peakBytes, figures.eager.peakNode.map { graph.path(of: graph.nodes[$0]) } ?? "")
    add("  liveness peak", figures.liveness.peakBytes, place(figures.liveness))
    if let search = answers.search { add("  in the best order", search.liveness.peakBytes, place(search.liveness)) }
    add("  planned peak", figures.planned.peakBytes, place(figures.planned))
    if let arena = figures.arena { add("  planned arena", Dimension(arena.bytes)) }
    head("training")
    add("  saved for backward", training.savedForBackwardBytes)
    add("  gradients", training.gradientBytes)
    add("  optimizer state", training.optimizerBytes, "\(training.options.optimizer.rawValue)")
    add("  parameters", training.parameterBytes)
    add("  total", training.totalBytes)
    head("activations")
    let total = figures.total
    add("  of products", total.activationBytes)
    add("  of all operators", total.outputBytes)
    return Table(
      columns: [
        Table.Column("figure", "figure"), Table.Column("bytes", "bytes", isNumeric: true),
        Table.Column("decimal", "decimal", isNumeric: true), Table.Column("binary", "binary", isNumeric: true),
        Table.Column("at", "at"),
      ], rows: rows)
  }

  private static func place(_ liveness: Liveness) -> String {
    liveness.peakStep.map { liveness.storage.name(of: $0) } ?? ""
  }

  /// One row of totals.
  static func model(_ figures: MemoryFigures) -> Table {
    let training = figures.training
    let total = figures.total
    let columns: [(String, Dimension)] = [
      ("eager_peak_bytes", figures.eager.peakBytes), ("liveness_peak_bytes", figures.liveness.peakBytes),
      ("planned_peak_bytes", figures.planned.peakBytes), ("saved_for_backward_bytes", training.savedForBackwardBytes),
      ("gradient_bytes", training.gradientBytes), ("optimizer_bytes", training.optimizerBytes),
      ("parameter_bytes", training.parameterBytes), ("training_bytes", training.totalBytes),
      ("activation_bytes", total.activationBytes), ("output_bytes", total.outputBytes),
    ]
    return Table(
      columns: [Table.Column("model", "model"), Table.Column("input", "input")]
        + columns.map { Table.Column($0.0, $0.0, isNumeric: true) },
      rows: [
        [.text(figures.graph.name), .text(Report.inputText(figures.graph))] + columns.map { .count($0.1) }
      ])
  }

  // MARK: Parts

  static func groups(_ figures: MemoryFigures, _ grouping: Grouping) -> Table {
    let graph = figures.graph
    let breakdown = MemoryFigures.Breakdown(figures)
    var columns = [Table.Column("name", grouping.rawValue)]
    if grouping == .layer {
      columns.append(Table.Column("operator", "operator"))
    } else {
      columns.append(Table.Column("nodes", "nodes", isNumeric: true))
    }
    if grouping != .operator { columns.append(Table.Column("output_shape", "output", isNumeric: true)) }
    columns += [
      Table.Column("activation_bytes", "activations, B", isNumeric: true),
      Table.Column("output_bytes", "all outputs, B", isNumeric: true),
      Table.Column("saved_bytes", "saved, B", isNumeric: true),
      Table.Column("eager_peak_bytes", "eager live, B", isNumeric: true),
      Table.Column("live_peak_bytes", "live, B", isNumeric: true),
      Table.Column("planned_peak_bytes", "planned live, B", isNumeric: true),
    ]
    func cells(_ part: MemoryFigures.Part) -> [Cell] {
      let sums = [part.activationBytes, part.outputBytes, part.savedBytes]
      // A view or a node inside a fused chain has no moment of its own.
      let peaks = [part.eagerPeakBytes, part.livePeakBytes, part.plannedPeakBytes]
      return sums.map { .count($0) } + peaks.map { $0 == 0 ? .empty : .count($0) }
    }
    let rows = graph.groups(by: grouping).map { group -> [Cell] in
      var row: [Cell] = [.text(group.name)]
      if grouping == .layer {
        row.append(.text(group.operatorName ?? ""))
      } else {
        row.append(.count(Dimension(group.nodes.count)))
      }
      if grouping != .operator {
        row.append(graph.outputType(of: group).map { $0.isKnown ? .shape($0.shape) : .text("unknown") } ?? .empty)
      }
      return row + cells(breakdown.part(of: group.nodes))
    }
    let blanks = Array(repeating: Cell.empty, count: columns.count - 7)
    return Table(
      title: "by \(grouping.rawValue)", columns: columns, rows: rows,
      total: [.text("total")] + blanks + cells(breakdown.part(of: graph.nodes.indices)))
  }
}
