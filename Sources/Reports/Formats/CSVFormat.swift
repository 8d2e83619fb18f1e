extension Table {
  /// Comma-separated values after RFC 4180 with line feeds: a header of keys, then one line per row.
  var csv: String {
    var lines = [columns.map { quoted($0.key) }.joined(separator: ",")]
    lines += rows.map { $0.map { quoted($0.plain) }.joined(separator: ",") }
    return lines.joined(separator: "\n") + "\n"
  }
}

private func quoted(_ field: String) -> String {
  let needsQuotes = field.unicodeScalars.contains { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" }
  guard needsQuotes else { return field }
  var result = "\""
  for scalar in field.unicodeScalars {
    if scalar == "\"" { result += "\"\"" } else { result.unicodeScalars.append(scalar) }
  }
  return result + "\""
}
