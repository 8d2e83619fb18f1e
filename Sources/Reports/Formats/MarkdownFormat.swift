extension Report {
  /// A Markdown document: a heading, pipe tables, notes.
  func renderMarkdown(numbers: NumberStyle) -> String {
    var blocks: [String] = []
    if !title.isEmpty { blocks.append("# \(escaped(title))") }
    for table in tables {
      if !table.title.isEmpty { blocks.append("## \(escaped(table.title))") }
      blocks.append(table.markdown(numbers: numbers))
    }
    if !notes.isEmpty { blocks.append(notes.map { "- " + escaped($0) }.joined(separator: "\n")) }
    return blocks.joined(separator: "\n\n") + "\n"
  }
}

extension Table {
  /// A pipe table whose source is aligned too.
  func markdown(numbers: NumberStyle) -> String {
    let heading = columns.map { escaped($0.title) }
    var body = rows.map { $0.map { escaped($0.text(numbers)) } }
    if let total { body.append(total.map { $0.text(numbers).isEmpty ? "" : "**\(escaped($0.text(numbers)))**" }) }
    var widths = heading.map { max(3, $0.count) }
    for row in body {
      for (index, text) in row.enumerated() { widths[index] = max(widths[index], text.count) }
    }
    func line(_ texts: [String]) -> String {
      let cells = texts.enumerated().map { index, text in
        let padding = String(repeating: " ", count: widths[index] - text.count)
        return columns[index].isNumeric ? padding + text : text + padding
      }
      return "| " + cells.joined(separator: " | ") + " |"
    }
    let rule = widths.enumerated().map { index, width in
      columns[index].isNumeric ? String(repeating: "-", count: width - 1) + ":" : String(repeating: "-", count: width)
    }
    return ([line(heading), "| " + rule.joined(separator: " | ") + " |"] + body.map(line)).joined(separator: "\n")
  }
}

/// `text` on one line with the characters escaped that Markdown tables and inline HTML give a meaning.
///
/// An underscore between letters or digits has none, so that model names stay as they are.
private func escaped(_ text: String) -> String {
  let characters = Array(oneLine(text))
  func isWord(_ index: Int) -> Bool {
    characters.indices.contains(index) && (characters[index].isLetter || characters[index].isNumber)
  }
  var result = ""
  for (index, character) in characters.enumerated() {
    switch character {
    case "_" where isWord(index - 1) && isWord(index + 1): result.append(character)
    case "|", "*", "_", "`", "\\", "[", "]": result += "\\" + String(character)
    case "<": result += "&lt;"
    case "&": result += "&amp;"
    default: result.append(character)
    }
  }
  return result
}
