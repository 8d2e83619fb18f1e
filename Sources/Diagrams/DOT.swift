/// A DOT document as a value: pure text, no Graphviz.
///
/// Statements keep the order they are given in and attributes are sorted by name, so equal documents print equally.
struct DOTDocument {
  var attributes = DOTAttributes()
  var nodeDefaults = DOTAttributes()
  var edgeDefaults = DOTAttributes()
  var content: [DOTStatement] = []
  var edges: [DOTEdge] = []

  /// The document as DOT text, a directed graph.
  var text: String {
    var text = "digraph {\n"
    for (kind, attributes) in [("graph", attributes), ("node", nodeDefaults), ("edge", edgeDefaults)] {
      if !attributes.values.isEmpty { text += "  \(kind)\(attributes.text);\n" }
    }
    for statement in content { statement.write(to: &text, depth: 1) }
    for edge in edges {
      text += "  \(Escaping.dotString(edge.tail)) -> \(Escaping.dotString(edge.head))\(edge.attributes.text);\n"
    }
    return text + "}\n"
  }
}

/// A node or a nested box of a DOT document.
enum DOTStatement {
  case node(name: String, DOTAttributes)
  /// Graphviz draws a subgraph as a box when its name starts with `cluster`.
  case cluster(name: String, DOTAttributes, [DOTStatement])

  fileprivate func write(to text: inout String, depth: Int) {
    let indent = String(repeating: "  ", count: depth)
    switch self {
    case .node(let name, let attributes):
      text += "\(indent)\(Escaping.dotString(name))\(attributes.text);\n"
    case .cluster(let name, let attributes, let content):
      text += "\(indent)subgraph \(Escaping.dotString(name)) {\n"
      if !attributes.values.isEmpty { text += "\(indent)  graph\(attributes.text);\n" }
      for statement in content { statement.write(to: &text, depth: depth + 1) }
      text += "\(indent)}\n"
    }
  }
}

/// A directed edge of a DOT document.
struct DOTEdge {
  var tail: String
  var head: String
  var attributes = DOTAttributes()
}

/// Attribute values by name, printed in the order of the names.
struct DOTAttributes: ExpressibleByDictionaryLiteral {
  enum Value: ExpressibleByStringLiteral {
    case text(String)
    /// An HTML-like label: markup that is already well-formed.
    case markup(String)

    init(stringLiteral value: String) { self = .text(value) }

    static func number(_ value: Double) -> Value { .text(Decimal.text(value, places: 3)) }
  }

  var values: [String: Value] = [:]

  init(dictionaryLiteral elements: (String, Value)...) {
    values = Dictionary(elements, uniquingKeysWith: { $1 })
  }

  /// ` [a="1", b=<<B>x</B>>]`, or nothing where there are no attributes.
  fileprivate var text: String {
    if values.isEmpty { return "" }
    let pairs = values.sorted { $0.key < $1.key }.map { name, value in
      switch value {
      case .text(let text): "\(name)=\(Escaping.dotString(text))"
      case .markup(let markup): "\(name)=<\(markup)>"
      }
    }
    return " [\(pairs.joined(separator: ", "))]"
  }
}
