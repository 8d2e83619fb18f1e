import Analysis
import NetworkGraph
import SymbolicIntegers

/// The machine-readable form of a comparison.
private struct ComparisonDocument: Encodable, Sendable {
  var schema = "convscope.comparison/1"
  var models: [AnalysisDocument]
}

extension Report {
  /// Several networks side by side: one row each, and one table each where a grouping other than the model is asked for.
  public static func comparison(
    _ analyses: [NetworkAnalysis], grouping: Grouping, convention: CountingConvention
  ) -> Report {
    let table = modelTable(analyses, convention: convention)
    var details: [Table] = []
    for analysis in analyses where grouping != .model {
      var detail = groupTable(analysis, grouping: grouping, convention: convention)
      detail.title = "\(analysis.graph.name) by \(grouping.rawValue)"
      details.append(detail)
    }
    var notes = ["\(convention.name): \(convention.definition)."]
    notes.append("Activations are output elements of convolutions, linear layers and matrix products.")
    for analysis in analyses {
      notes += Report.notes(analysis).map { "\(analysis.graph.name): \($0)" }
    }
    return Report(
      title: "Comparison of " + analyses.map(\.graph.name).joined(separator: ", "), tables: [table] + details,
      data: table, notes: notes,
      document: ComparisonDocument(models: analyses.map { AnalysisDocument($0, grouping: grouping) }))
  }

  /// One row per network. Besides the chosen convention, MACs are always there, so that rows of several files compare.
  static func modelTable(_ analyses: [NetworkAnalysis], convention: CountingConvention) -> Table {
    var conventions = [CountingConvention.macs]
    if convention.name != CountingConvention.macs.name { conventions.append(convention) }
    let columns =
      [
        Table.Column("model", "model"), Table.Column("input", "input", isNumeric: true),
        Table.Column("nodes", "nodes", isNumeric: true), Table.Column("parameters", "parameters", isNumeric: true),
        Table.Column("buffers", "buffers", isNumeric: true),
      ] + conventions.map { Table.Column($0.name, $0.name == "macs" ? "MACs" : $0.name, isNumeric: true) } + [
        Table.Column("activations", "activations", isNumeric: true),
        Table.Column("activation_bytes", "activation bytes", isNumeric: true),
      ]
    let rows = analyses.map { analysis in
      let total = analysis.total
      let head: [Cell] = [
        .text(analysis.graph.name), .text(inputText(analysis.graph)), .count(Dimension(analysis.graph.nodes.count)),
        .count(total.parameters), .count(total.buffers),
      ]
      return head + conventions.map { .count($0.count(total.operations)) } + [
        .count(total.activations), .count(total.activationBytes),
      ]
    }
    return Table(columns: columns, rows: rows)
  }
}
