import Analysis
import NetworkGraph
import SymbolicIntegers

/// The machine-readable form of a reconciliation.
private struct ReconciliationDocument: Encodable, Sendable {
  struct Attribution: Encodable, Sendable {
    var operators: String
    var nodes: Int
    var rule: String?
    var reason: String?
    var difference: Quantity
  }
  struct Account: Encodable, Sendable {
    var name: String
    var unit: String
    var definition: String
    var comparedWith: String
    var total: Quantity
    var difference: Quantity
    var attributions: [Attribution]

    init(_ account: Reconciliation.Account) {
      name = account.name
      unit = account.unit
      definition = account.definition
      comparedWith = account.base
      total = Quantity(account.total)
      difference = Quantity(account.difference)
      attributions = account.attributions.map {
        Attribution(
          operators: $0.operators, nodes: $0.nodes, rule: $0.rule?.description,
          reason: $0.reason.isEmpty ? nil : $0.reason,
          difference: Quantity($0.difference))
      }
    }
  }
  var schema = "convscope.reconciliation/1"
  var model: String
  var reference: String
  var total: Quantity
  var conventions: [Account]
  var tools: [Account]
}

extension Report {
  /// One network under every convention, each difference attributed to operators; then what tools print, and why.
  ///
  /// CSV holds the attributions.
  public static func reconciliation(_ reconciliation: Reconciliation) -> Report {
    let graph = reconciliation.graph
    let (convention, total) = reconciliation.reference
    let accounts = reconciliation.conventions + reconciliation.tools
    let wrong = reconciliation.tools.filter { !$0.attributions.isEmpty }
    var tables = [totals(reconciliation), conventionTable(reconciliation)]
    if !wrong.isEmpty { tables.append(toolTable(wrong)) }
    return Report(
      title: "\(graph.name), input \(inputText(graph)): \(Quantity(total).exact) \(convention.name)", tables: tables,
      data: dataTable(accounts), notes: notes(reconciliation),
      document: ReconciliationDocument(
        model: graph.name, reference: convention.name, total: Quantity(total),
        conventions: reconciliation.conventions.map(ReconciliationDocument.Account.init),
        tools: reconciliation.tools.map(ReconciliationDocument.Account.init)))
  }

  private static func totals(_ reconciliation: Reconciliation) -> Table {
    let (convention, total) = reconciliation.reference
    let first: [Cell] = [
      .text(convention.name), .text(Quantity(total).exact), .text(""), .text(convention.unit),
      .text(convention.definition),
    ]
    return Table(
      title: "under every convention",
      columns: [
        Table.Column("convention", "convention"), Table.Column("total", "total", isNumeric: true),
        Table.Column("difference", "difference", isNumeric: true), Table.Column("unit", "unit"),
        Table.Column("definition", "what is counted"),
      ],
      rows: [first]
        + reconciliation.conventions.map { account in
          [
            .text(account.name), .text(Quantity(account.total).exact), .text(signed(account.difference)),
            .text(account.unit), .text(account.definition),
          ]
        })
  }

  private static func conventionTable(_ reconciliation: Reconciliation) -> Table {
    Table(
      title: "what the differences to \(reconciliation.reference.convention.name) are",
      columns: [
        Table.Column("convention", "convention"), Table.Column("difference", "difference", isNumeric: true),
        Table.Column("rule", "rule"), Table.Column("operators", "operators"),
        Table.Column("nodes", "nodes", isNumeric: true),
      ],
      rows: reconciliation.conventions.flatMap { account in
        account.attributions.map { part -> [Cell] in
          [
            .text(account.name), .text(signed(part.difference)), .text(part.rule.map(ruleText) ?? ""),
            .text(part.operators), .count(Dimension(part.nodes)),
          ]
        }
      })
  }

  private static func toolTable(_ accounts: [Reconciliation.Account]) -> Table {
    Table(
      title: "what tools print, where it is not what they mean to count",
      columns: [
        Table.Column("tool", "tool"), Table.Column("difference", "difference", isNumeric: true),
        Table.Column("operators", "operators"), Table.Column("nodes", "nodes", isNumeric: true),
        Table.Column("reason", "why"),
      ],
      rows: accounts.flatMap { account -> [[Cell]] in
        let total: [Cell] = [
          .text(account.name), .text(Quantity(account.total).exact), .text(""), .text(""),
          .text("against \(account.base): \(account.definition)"),
        ]
        return [total]
          + account.attributions.map { part in
            [
              .text(""), .text(signed(part.difference)), .text(part.operators), .count(Dimension(part.nodes)),
              .text(part.reason),
            ]
          }
      })
  }

  private static func dataTable(_ accounts: [Reconciliation.Account]) -> Table {
    Table(
      columns: ["name", "compared_with", "operators", "nodes", "rule", "reason", "difference"].map {
        Table.Column($0, $0)
      },
      rows: accounts.flatMap { account in
        account.attributions.map { part -> [Cell] in
          [
            .text(account.name), .text(account.base), .text(part.operators), .count(Dimension(part.nodes)),
            .text(part.rule?.description ?? ""), .text(part.reason), .count(part.difference),
          ]
        }
      })
  }

  private static func notes(_ reconciliation: Reconciliation) -> [String] {
    let symbols = Reconciliation.symbols.map { "\($0.0): \($0.1)" }.joined(separator: "; ")
    return [
      "In rules, \(symbols); summed over the nodes.",
      "A convention here is what its tool means to count, and is right; what the tool prints is predicted from rules "
        + "measured with thop 0.1.1, torchinfo 1.8.0, fvcore 0.1.5, torch 2.15 and ptflops 0.7.5.",
    ]
  }

  /// The number with its sign: `+44,455,936`.
  static func signed(_ value: Dimension) -> String {
    let text = Quantity(value).exact
    return value.constant.map { $0 > 0 } ?? !text.hasPrefix("-") ? "+\(text)" : text
  }

  /// `4*n` as `4n`.
  private static func ruleText(_ rule: Dimension) -> String { rule.description.replacing("*", with: "") }
}
