import Analysis
import NetworkGraph
import SymbolicIntegers

extension Report {
  /// The arithmetic behind the numbers of one node: for each quantity the rule, its letters, and the steps.
  public static func explanation(of node: Node, in graph: Graph, _ explanations: [Explanation]) -> Report {
    let semantics = node.operation.semantics
    let path = graph.path(of: node)
    let heading = [semantics.name, semantics.settings].filter { !$0.isEmpty }.joined(separator: " ")
    let inputs = node.inputs.map { "\(graph.path(of: graph.nodes[$0.node])) \(graph.type(of: $0))" }
    return Report(
      title: "\(path) of \(graph.name): \(heading)",
      introduction: inputs.isEmpty ? [] : ["Reads \(inputs.joined(separator: " and "))."],
      tables: explanations.flatMap(tables),
      data: Table(
        columns: [
          Table.Column("layer", "layer"), Table.Column("quantity", "quantity"), Table.Column("value", "value"),
        ],
        rows: explanations.map { [.text(path), .text($0.quantity.rawValue), .text(plainValue(of: $0))] }),
      document: ExplanationDocument(
        model: graph.name, layer: path, operator: semantics.name, settings: semantics.settings, inputs: inputs,
        explanations: explanations.map(ExplanationDocument.Entry.init)))
  }

  private static func tables(of explanation: Explanation) -> [Table] {
    var text = brokenText(explanation.rule, columns: 96)
    if !explanation.source.isEmpty { text.append("Source: \(explanation.source)") }
    var tables = [
      Table(
        title: explanation.quantity.rawValue, columns: [Table.Column("rule", "")], rows: text.map { [.text($0)] })
    ]
    if !explanation.letters.isEmpty {
      tables.append(
        Table(
          columns: [
            Table.Column("letter", "letter"), Table.Column("value", "value", isNumeric: true),
            Table.Column("meaning", "meaning"),
          ], rows: explanation.letters.map { [.text($0.name), .text($0.value), .text($0.meaning)] }))
    }
    var rows: [[Cell]] = []
    for step in explanation.steps {
      for (index, form) in step.forms.enumerated() where index == 0 || form != step.forms[index - 1] {
        for (line, part) in brokenFormula(form, columns: 90).enumerated() {
          rows.append([.text(index == 0 && line == 0 ? step.name : ""), .text(line == 0 ? "=" : ""), .text(part)])
        }
      }
    }
    if !rows.isEmpty {
      let blank = ["step", "sign", "form"].map { Table.Column($0, "") }
      tables.append(Table(columns: blank, rows: rows))
    }
    return tables
  }

  private static func plainValue(of explanation: Explanation) -> String {
    if !explanation.shapes.isEmpty { return explanation.shapes.map(\.description).joined(separator: " ") }
    return explanation.value.map(\.description) ?? "unknown"
  }

  private static func brokenText(_ text: String, columns: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= columns {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}

/// The machine-readable form of explanations.
struct ExplanationDocument: Encodable, Sendable {
  struct Letter: Encodable, Sendable {
    var name: String
    var value: String
    var meaning: String
  }
  struct Step: Encodable, Sendable {
    var name: String
    var forms: [String]
  }
  struct Entry: Encodable, Sendable {
    var quantity: String
    var rule: String
    var source: String?
    var letters: [Letter]
    var steps: [Step]
    /// The number; absent for a shape and where it is not known.
    var value: Quantity?
    var shapes: [[Quantity]]?

    init(_ explanation: Explanation) {
      quantity = explanation.quantity.rawValue
      rule = explanation.rule
      source = explanation.source.isEmpty ? nil : explanation.source
      letters = explanation.letters.map { Letter(name: $0.name, value: $0.value, meaning: $0.meaning) }
      steps = explanation.steps.map { Step(name: $0.name, forms: $0.forms) }
      value = explanation.value.map(Quantity.init)
      shapes = explanation.shapes.isEmpty ? nil : explanation.shapes.map { $0.dimensions.map(Quantity.init) }
    }
  }

  var schema = "convscope.explanation/1"
  var model: String
  var layer: String
  var `operator`: String
  var settings: String
  var inputs: [String]
  var explanations: [Entry]
}
