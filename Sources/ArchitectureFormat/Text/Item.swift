/// A piece of YAML with its place: what the schema is read from.
struct Item: Sendable {
  struct Entry: Sendable {
    var key: String
    var place: Place
    var value: Item
  }

  enum Content: Sendable {
    /// A word as written; quoted words are never numbers, truth values or nothing.
    case scalar(String, isPlain: Bool)
    case list([Item])
    case mapping([Entry])
  }

  var place: Place
  var content: Content

  /// Whether nothing is written here.
  var isNull: Bool {
    guard case .scalar(let text, isPlain: true) = content else { return false }
    return text.isEmpty || text == "~" || text == "null"
  }

  /// The word here; nil for lists and mappings.
  var text: String? {
    if case .scalar(let text, _) = content { return text }
    return nil
  }

  /// What errors call the content.
  var summary: String {
    switch content {
    case .scalar(let text, _): isNull ? "nothing" : "'\(text.prefix(40))\(text.count > 40 ? "..." : "")'"
    case .list: "a list"
    case .mapping: "a mapping"
    }
  }
}
