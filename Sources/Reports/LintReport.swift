import Analysis
import NetworkGraph
import SymbolicIntegers

/// The machine-readable form of lint.
private struct LintDocument: Encodable, Sendable {
  struct Cost: Encodable, Sendable {
    var parameters: Quantity
    var macs: Quantity
    var activations: Quantity
  }
  struct Finding: Encodable, Sendable {
    var rule: String
    var node: String
    var message: String
    var remedy: String
    /// Absent where it could not be computed.
    var cost: Cost?
    var source: String
  }
  var schema = "convscope.lint/1"
  var model: String
  var rules: [String]
  var findings: [Finding]
}

extension Report {
  /// Known faults of design with the layer, what to do, and what that costs; then each rule with its source.
  ///
  /// CSV holds the findings.
  public static func lint(_ lint: Lint) -> Report {
    let graph = lint.analysis.graph
    let count = lint.findings.count
    var tables: [Table] = []
    if count > 0 { tables = [findingTable(lint), ruleTable(lint)] }
    return Report(
      title: "\(graph.name), input \(inputText(graph)): "
        + (count == 0 ? "nothing found" : count == 1 ? "1 finding" : "\(count) findings"), tables: tables,
      data: dataTable(lint),
      notes: count == 0
        ? ["Looked for: \(LintRule.allCases.map(\.rawValue).joined(separator: ", "))."]
        : ["The cost of a remedy is that of its layers computed anew, as parameters and macs."],
      document: LintDocument(
        model: graph.name, rules: LintRule.allCases.map(\.rawValue),
        findings: lint.findings.map { finding in
          LintDocument.Finding(
            rule: finding.rule.rawValue, node: graph.path(of: graph.nodes[finding.node]), message: finding.message,
            remedy: finding.remedy.action,
            cost: finding.remedy.cost.map {
              LintDocument.Cost(
                parameters: Quantity($0.parameters), macs: Quantity($0.operations),
                activations: Quantity($0.activations))
            }, source: finding.rule.source)
        }))
  }

  private static func findingTable(_ lint: Lint) -> Table {
    let graph = lint.analysis.graph
    return Table(
      columns: [
        Table.Column("rule", "rule"), Table.Column("layer", "layer"), Table.Column("message", "finding"),
        Table.Column("remedy", "remedy"), Table.Column("parameters", "parameters", isNumeric: true),
        Table.Column("macs", "macs", isNumeric: true),
      ],
      rows: lint.findings.map { finding in
        let cost = finding.remedy.cost
        return [
          .text(finding.rule.rawValue), .text(graph.path(of: graph.nodes[finding.node])), .text(finding.message),
          .text(finding.remedy.action), cost.map { .count($0.parameters) } ?? .text("unknown"),
          cost.map { .count($0.operations) } ?? .text("unknown"),
        ]
      })
  }

  private static func ruleTable(_ lint: Lint) -> Table {
    Table(
      title: "rules",
      columns: [
        Table.Column("rule", "rule"), Table.Column("findings", "findings", isNumeric: true),
        Table.Column("why", "why"), Table.Column("source", "source"),
      ],
      rows: LintRule.allCases.compactMap { rule in
        let count = lint.findings(of: rule).count
        guard count > 0 else { return nil }
        return [.text(rule.rawValue), .count(Dimension(count)), .text(rule.title), .text(rule.source)]
      })
  }

  private static func dataTable(_ lint: Lint) -> Table {
    let graph = lint.analysis.graph
    return Table(
      columns: ["rule", "layer", "finding", "remedy", "parameters", "macs", "activations"].map { Table.Column($0, $0) },
      rows: lint.findings.map { finding in
        let cost = finding.remedy.cost
        return [
          .text(finding.rule.rawValue), .text(graph.path(of: graph.nodes[finding.node])), .text(finding.message),
          .text(finding.remedy.action), cost.map { .count($0.parameters) } ?? .empty,
          cost.map { .count($0.operations) } ?? .empty, cost.map { .count($0.activations) } ?? .empty,
        ]
      })
  }
}

extension Findings {
  /// The findings of lint as warnings, or as errors where they are to fail.
  public init(_ lint: Lint, file: String?, isStrict: Bool) {
    let graph = lint.analysis.graph
    self.init(
      command: "lint", model: graph.name, file: file,
      findings: lint.findings.map { finding in
        var message = "\(finding.message); \(finding.remedy.action)"
        if let cost = finding.remedy.cost {
          func text(_ value: Dimension) -> String { value == 0 ? "0" : Report.signed(value) }
          message += " (\(text(cost.parameters)) parameters, \(text(cost.operations)) MACs)"
        }
        return Finding(
          level: isStrict ? .error : .warning, rule: finding.rule.rawValue,
          place: graph.path(of: graph.nodes[finding.node]), message: message)
      })
  }
}
