import Analysis
import NetworkGraph
import SymbolicIntegers

/// The machine-readable form of a difference.
private struct DifferenceDocument: Encodable, Sendable {
  struct Cost: Encodable, Sendable {
    var parameters: Quantity
    var operations: Quantity
    var activations: Quantity

    init(_ cost: NetworkDifference.Cost) {
      parameters = Quantity(cost.parameters)
      operations = Quantity(cost.operations)
      activations = Quantity(cost.activations)
    }
  }
  struct Entry: Encodable, Sendable {
    var change: String
    var name: String
    var formerName: String?
    var detail: String
    var nodes: Int
    var stage: String
    var before: Cost
    var after: Cost
  }
  struct Stage: Encodable, Sendable {
    var name: String
    var before: Cost
    var after: Cost
  }
  var schema = "convscope.difference/1"
  var before: String
  var after: String
  var convention: String
  var unchangedLayers: Int
  var totalBefore: Cost
  var totalAfter: Cost
  var stages: [Stage]
  var changes: [Entry]
}

extension Report {
  /// What changed from one network to another: totals, cost by stage, then each layer added, removed or changed.
  ///
  /// CSV holds the changes.
  public static func difference(_ difference: NetworkDifference) -> Report {
    let (before, after) = (difference.before.graph, difference.after.graph)
    let total = difference.total
    var tables = [totalTable(difference)]
    let changed = difference.stages.filter { $0.before != $0.after }
    if !changed.isEmpty { tables.append(stageTable(changed, difference.convention, total)) }
    if !difference.isEmpty { tables.append(changeTable(difference)) }
    var notes = ["\(difference.convention.name): \(difference.convention.definition)."]
    notes.append(
      "\(difference.unchanged) layers are the same in both, \(difference.followed) differ only in the shapes they are given; "
        + "identities, dropout and views are not compared, nor settings that cost nothing.")
    return Report(
      title: before.name == after.name ? "\(before.name) and itself" : "\(before.name) -> \(after.name)",
      introduction: difference.isEmpty ? ["No difference."] : [], tables: tables, data: dataTable(difference),
      notes: notes,
      document: DifferenceDocument(
        before: before.name, after: after.name, convention: difference.convention.name,
        unchangedLayers: difference.unchanged, totalBefore: DifferenceDocument.Cost(total.before),
        totalAfter: DifferenceDocument.Cost(total.after),
        stages: changed.map {
          DifferenceDocument.Stage(
            name: $0.name, before: DifferenceDocument.Cost($0.before), after: DifferenceDocument.Cost($0.after))
        },
        changes: difference.entries.map {
          DifferenceDocument.Entry(
            change: $0.change.rawValue, name: $0.name, formerName: $0.formerName, detail: $0.detail, nodes: $0.nodes,
            stage: $0.stage, before: DifferenceDocument.Cost($0.before), after: DifferenceDocument.Cost($0.after))
        }))
  }

  private static func totalTable(_ difference: NetworkDifference) -> Table {
    let (before, after) = difference.total
    func row(_ name: String, _ a: Dimension, _ b: Dimension) -> [Cell] {
      var share = Cell.text("")
      if let a = a.constant, let b = b.constant, a > 0 { share = .text(percentage(Double(b) / Double(a) - 1)) }
      return [.text(name), .text(Quantity(a).exact), .text(Quantity(b).exact), .text(signedOrZero(b - a)), share]
    }
    return Table(
      title: "totals",
      columns: [
        Table.Column("quantity", "quantity"), Table.Column("before", "before", isNumeric: true),
        Table.Column("after", "after", isNumeric: true), Table.Column("difference", "difference", isNumeric: true),
        Table.Column("share", "change", isNumeric: true),
      ],
      rows: [
        row("parameters", before.parameters, after.parameters),
        row(difference.convention.name, before.operations, after.operations),
        row("activations", before.activations, after.activations),
      ])
  }

  private static func stageTable(
    _ stages: [NetworkDifference.Stage], _ convention: CountingConvention,
    _ total: (before: NetworkDifference.Cost, after: NetworkDifference.Cost)
  ) -> Table {
    func row(_ name: String, _ before: NetworkDifference.Cost, _ after: NetworkDifference.Cost) -> [Cell] {
      let cost = after - before
      return [
        .text(name), .count(before.parameters), .count(after.parameters), .count(cost.parameters),
        .count(before.operations), .count(after.operations), .count(cost.operations), .count(cost.activations),
      ]
    }
    return Table(
      title: "stages that changed",
      columns: [
        Table.Column("stage", "stage"), Table.Column("parameters_before", "parameters", isNumeric: true),
        Table.Column("parameters_after", "after", isNumeric: true),
        Table.Column("parameters_difference", "difference", isNumeric: true),
        Table.Column("operations_before", convention.name, isNumeric: true),
        Table.Column("operations_after", "after", isNumeric: true),
        Table.Column("operations_difference", "difference", isNumeric: true),
        Table.Column("activations_difference", "activations", isNumeric: true),
      ], rows: stages.map { row($0.name, $0.before, $0.after) }, total: row("all", total.before, total.after))
  }

  private static func changeTable(_ difference: NetworkDifference) -> Table {
    Table(
      title: "layers",
      columns: [
        Table.Column("change", "change"), Table.Column("layer", "layer"),
        Table.Column("parameters", "parameters", isNumeric: true),
        Table.Column("operations", difference.convention.name, isNumeric: true), Table.Column("detail", "what"),
      ],
      rows: difference.summary.map { entry in
        let cost = entry.after - entry.before
        var name = entry.name
        if let former = entry.formerName { name = "\(former) -> \(name)" }
        if entry.blocks > 1 {
          name += " (\(entry.blocks) blocks of \(entry.nodes / entry.blocks) layers)"
        } else if entry.nodes > 1 {
          name += " (\(entry.nodes) layers)"
        }
        return [
          .text(entry.change.rawValue), .text(name), .count(cost.parameters), .count(cost.operations),
          .text(entry.detail),
        ]
      })
  }

  private static func dataTable(_ difference: NetworkDifference) -> Table {
    Table(
      columns: [
        "change", "layer", "former_layer", "stage", "nodes", "parameters_before", "parameters_after",
        "operations_before", "operations_after", "activations_before", "activations_after", "detail",
      ].map { Table.Column($0, $0) },
      rows: difference.entries.map { entry -> [Cell] in
        [
          .text(entry.change.rawValue), .text(entry.name), .text(entry.formerName ?? ""), .text(entry.stage),
          .count(Dimension(entry.nodes)), .count(entry.before.parameters), .count(entry.after.parameters),
          .count(entry.before.operations), .count(entry.after.operations), .count(entry.before.activations),
          .count(entry.after.activations), .text(entry.detail),
        ]
      })
  }

  private static func signedOrZero(_ value: Dimension) -> String { value == 0 ? "0" : signed(value) }

  private static func percentage(_ share: Double) -> String {
    let text = Quantity.fixed(share * 100, decimals: 1) + " %"
    return share > 0 ? "+\(text)" : text
  }
}
