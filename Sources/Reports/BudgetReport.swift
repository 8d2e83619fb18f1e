import Analysis
import NetworkGraph
import SymbolicIntegers

/// The machine-readable form of a check.
private struct BudgetDocument: Encodable, Sendable {
  struct Result: Encodable, Sendable {
    var quantity: String
    var bound: String
    var budget: Int
    var actual: Int
    var margin: Quantity
    var holds: Bool
    var unit: String
    var definition: String
  }
  var schema = "convscope.check/1"
  var model: String
  var holds: Bool
  var budgets: [Result]
}

extension Report {
  /// Budgets beside what a network needs, with the margin and its share of the budget.
  public static func check(_ check: BudgetCheck) -> Report {
    let broken = check.results.count { !$0.holds }
    let rows = check.results.map { result -> [Cell] in
      let quantity = result.budget.quantity
      return [
        .text(quantity.name), .text(quantity.bound == .maximum ? "at most" : "at least"),
        .count(Dimension(result.budget.limit)), .count(Dimension(result.actual)), .count(result.margin),
        .text(quantity.unit), result.share,
        .text(result.holds ? "holds" : "broken"),
      ]
    }
    let table = Table(
      columns: [
        Table.Column("quantity", "quantity"), Table.Column("bound", "bound"),
        Table.Column("budget", "budget", isNumeric: true), Table.Column("actual", "actual", isNumeric: true),
        Table.Column("margin", "margin", isNumeric: true), Table.Column("unit", "unit"),
        Table.Column("share", "of budget", isNumeric: true),
        Table.Column("verdict", "verdict"),
      ], rows: rows)
    return Report(
      title: "\(check.graph.name), input \(inputText(check.graph)): "
        + (broken == 0 ? "every budget holds" : "\(broken) of \(check.results.count) budgets broken"),
      tables: [table], data: table,
      notes: check.results.map { "\($0.budget.quantity.name): \($0.budget.quantity.definition)." },
      document: BudgetDocument(
        model: check.graph.name, holds: check.holds,
        budgets: check.results.map {
          BudgetDocument.Result(
            quantity: $0.budget.quantity.name, bound: $0.budget.quantity.bound.rawValue, budget: $0.budget.limit,
            actual: $0.actual, margin: Quantity($0.margin), holds: $0.holds, unit: $0.budget.quantity.unit,
            definition: $0.budget.quantity.definition)
        }))
  }
}

extension BudgetCheck.Result {
  fileprivate var share: Cell { budget.limit == 0 ? .empty : .share(Double(actual) / Double(budget.limit)) }

  /// The result as a sentence.
  fileprivate var sentence: String {
    let quantity = budget.quantity
    func text(_ value: Dimension) -> String {
      quantity.unit.isEmpty ? Reports.Quantity(value).exact : "\(Reports.Quantity(value).exact) \(quantity.unit)"
    }
    let (actual, limit) = (text(Dimension(actual)), text(Dimension(budget.limit)))
    switch (holds, quantity.bound) {
    case (true, _): return "\(actual), within \(limit) by \(text(margin))"
    case (false, .maximum): return "\(actual) exceed the budget of \(limit) by \(text(-margin))"
    case (false, .minimum): return "\(actual) fall short of the \(limit) needed by \(text(-margin))"
    }
  }
}

extension Findings {
  /// One finding for each budget; broken ones are errors.
  public init(_ check: BudgetCheck, file: String?) {
    self.init(
      command: "check", model: check.graph.name, file: file,
      findings: check.results.map { result in
        Finding(
          level: result.holds ? .notice : .error, rule: result.budget.quantity.name, place: check.graph.name,
          message: result.sentence)
      })
  }
}
