extension Report {
  /// Aligned columns for a terminal.
  func renderTable(numbers: NumberStyle, colored: Bool) -> String {
    var lines: [String] = []
    if !title.isEmpty { lines += [colored ? "\u{1B}[1m\(title)\u{1B}[0m" : title, ""] }
    for paragraph in introduction { lines += wrapped(paragraph, columns: 100) + [""] }
    for table in tables {
      if !table.title.isEmpty { lines += [table.title] }
      lines += table.aligned(numbers: numbers, colored: colored)
      lines.append("")
    }
    for note in notes { lines.append(note) }
    while lines.last == "" { lines.removeLast() }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension Table {
  /// Heading, rule and rows; numbers at the right of their column.
  func aligned(numbers: NumberStyle, colored: Bool) -> [String] {
    let body = (rows + (total.map { [$0] } ?? [])).map { $0.map { oneLine($0.text(numbers)) } }
    var widths = columns.map(\.title.count)
    for row in body {
      for (index, text) in row.enumerated() { widths[index] = max(widths[index], text.count) }
    }
    func line(_ texts: [String]) -> String {
      var result = ""
      for (index, text) in texts.enumerated() {
        let padding = String(repeating: " ", count: widths[index] - text.count)
        if index > 0 { result += "  " }
        result += columns[index].isNumeric ? padding + text : text + padding
      }
      while result.last == " " { result.removeLast() }
      return result
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
    let heading = line(columns.map(\.title))
    var lines = columns.allSatisfy(\.title.isEmpty) ? [] : [colored ? "\u{1B}[1m\(heading)\u{1B}[0m" : heading, rule]
    for (index, row) in body.enumerated() {
      if total != nil && index == body.count - 1 { lines.append(rule) }
      lines.append(line(row))
    }
    return lines
  }
}

/// `text` broken between words into lines of at most `columns` characters; a longer word has a line of its own.
private func wrapped(_ text: String, columns: Int) -> [String] {
  var lines: [String] = []
  for word in oneLine(text).split(separator: " ") {
    if let last = lines.last, last.count + 1 + word.count <= columns {
      lines[lines.count - 1] += " " + word
    } else {
      lines.append(String(word))
    }
  }
  return lines
}

/// `text` with control characters, line breaks among them, shown as spaces: a name cannot break a table.
func oneLine(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else { return text }
  return String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
}
