import Analysis
import NetworkGraph
import SymbolicIntegers

extension Report {
  /// One network: totals with their definitions, then one row per stage, operator or layer.
  public static func analysis(
    _ analysis: NetworkAnalysis, grouping: Grouping, convention: CountingConvention
  ) -> Report {
    let graph = analysis.graph
    var tables = [summary(analysis, convention: convention)]
    if graph.outputs.count > 1 { tables.append(outputTable(graph)) }
    let data: Table
    if grouping == .model {
      data = modelTable([analysis], convention: convention)
    } else {
      data = groupTable(analysis, grouping: grouping, convention: convention)
      tables.append(data)
    }
    return Report(
      title: "\(graph.name), input \(inputText(graph))", tables: tables, data: data, notes: notes(analysis),
      document: AnalysisDocument(analysis, grouping: grouping))
  }

  /// The inputs of a graph: a shape, or `name shape` where there are several.
  static func inputText(_ graph: Graph) -> String {
    if graph.inputs.count == 1 { return "\(graph.type(of: graph.inputs[0].value))" }
    return graph.inputs.map { "\($0.name) \(graph.type(of: $0.value))" }.joined(separator: ", ")
  }

  /// The input and the totals of one network in a line or two, for a picture's heading.
  public static func headline(_ analysis: NetworkAnalysis) -> [String] {
    let total = analysis.total
    let macs = CountingConvention.macs.count(total.operations)
    guard macs.isConstant else { return ["input \(inputText(analysis.graph))"] }
    return [
      "input \(inputText(analysis.graph)), \(Quantity(total.parameters).exact) parameters, \(Quantity(macs).exact) MACs"
    ]
  }

  /// Warnings that concern the figures of a report.
  static func notes(_ analysis: NetworkAnalysis) -> [String] {
    var notes: [String] = []
    let unsupported = analysis.unsupported
    if !unsupported.isEmpty {
      let list = unsupported.map { "\($0.operatorName) x\($0.count) (\($0.reason))" }.joined(separator: ", ")
      notes.append("Unsupported operators, left out of every figure: \(list).")
    }
    if analysis.trainingOnly.parameters != 0 {
      notes.append(
        "Training uses \(Quantity(analysis.trainingOnly.parameters).exact) parameters more, in auxiliary heads.")
    }
    return notes
  }

  /// The outputs of a graph that has several: feature maps of a backbone, heads.
  private static func outputTable(_ graph: Graph) -> Table {
    Table(
      title: "outputs",
      columns: [
        Table.Column("output", "output"), Table.Column("shape", "shape", isNumeric: true),
        Table.Column("node", "node"),
      ],
      rows: graph.outputs.map { port in
        let type = graph.type(of: port.value)
        let shape: Cell = type.isKnown ? .shape(type.shape) : .text("unknown")
        return [.text(port.name), shape, .text(graph.path(of: graph.nodes[port.value.node]))]
      })
  }

  private static func summary(_ analysis: NetworkAnalysis, convention: CountingConvention) -> Table {
    let total = analysis.total
    var rows: [[Cell]] = []
    func add(_ name: String, _ value: Dimension, _ unit: String, _ definition: String) {
      let quantity = Quantity(value)
      let short = value.isConstant ? quantity.si(unit: unit) : unit
      rows.append([.text(name), .text(quantity.exact), .text(short), .text(definition)])
    }
    add("parameters", total.parameters, "", "trainable elements, shared tensors once")
    add("buffers", total.buffers, "", "running statistics and fixed tables, step counters left out")
    let conventions = [convention] + CountingConvention.all.filter { $0.name != convention.name }
    for convention in conventions {
      add(convention.name, convention.count(total.operations), convention.unit, convention.definition)
    }
    add("transcendentals", total.operations.transcendentals, "", "evaluations of exp, tanh, erf, sqrt and the like")
    add("activations", total.activations, "", "output elements of convolutions, linear layers, matrix products")
    add("activation bytes", total.activationBytes, "B", "the same outputs in bytes of their element type")
    add("all outputs", total.allOutputs, "", "output elements of every operator")
    return Table(
      columns: [
        Table.Column("quantity", "quantity"), Table.Column("exact", "exact", isNumeric: true),
        Table.Column("short", "short", isNumeric: true), Table.Column("definition", "what is counted"),
      ], rows: rows)
  }

  static func groupTable(
    _ analysis: NetworkAnalysis, grouping: Grouping, convention: CountingConvention
  ) -> Table {
    let graph = analysis.graph
    let whole = convention.count(analysis.total.operations)
    let groups = graph.groups(by: grouping)
    let nameColumn = Table.Column("name", grouping.rawValue)
    var columns = [nameColumn]
    if grouping == .layer { columns += [Table.Column("operator", "operator"), Table.Column("settings", "settings")] }
    if grouping != .layer { columns.append(Table.Column("nodes", "nodes", isNumeric: true)) }
    if grouping != .operator { columns.append(Table.Column("output_shape", "output", isNumeric: true)) }
    columns += [
      Table.Column("parameters", "parameters", isNumeric: true), Table.Column("buffers", "buffers", isNumeric: true),
      Table.Column(convention.name, convention.name, isNumeric: true), Table.Column("share", "share", isNumeric: true),
      Table.Column("activations", "activations", isNumeric: true),
    ]
    func row(_ name: String, _ middle: [Cell], _ measures: Measures) -> [Cell] {
      let operations = convention.count(measures.operations)
      var share = Cell.empty
      if let part = operations.constant, let whole = whole.constant, whole > 0 {
        share = .share(Double(part) / Double(whole))
      }
      return [.text(name)] + middle + [
        .count(measures.parameters), .count(measures.buffers), .count(operations), share, .count(measures.activations),
      ]
    }
    let rows = groups.map { group in
      var middle: [Cell] = []
      if grouping == .layer, let id = group.nodes.first {
        let semantics = graph.nodes[id].operation.semantics
        middle = [.text(semantics.name), .text(semantics.settings)]
      } else {
        middle = [.count(Dimension(group.nodes.count))]
      }
      if grouping != .operator {
        middle.append(graph.outputType(of: group).map { $0.isKnown ? .shape($0.shape) : .text("unknown") } ?? .empty)
      }
      return row(group.name, middle, analysis.measures(of: group.nodes))
    }
    let blanks = Array(repeating: Cell.empty, count: columns.count - 6)
    return Table(
      title: "by \(grouping.rawValue)", columns: columns, rows: rows, total: row("total", blanks, analysis.total))
  }
}
