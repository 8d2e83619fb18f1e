extension Table {
  /// Comma-separated values after RFC 4180 with line feeds: a header of keys, then one line per row.
  var csv: String {
    var lines = [columns.map { $0.key.quotedForCSV }.joined(separator: ",")]
    lines += rows.map { $0.map { $0.plain.quotedForCSV }.joined(separator: ",") }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension String {
  /// A field of comma-separated values, between quotation marks where it needs them.
  var quotedForCSV: String {
    let needsQuotes = unicodeScalars.contains { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" }
    guard needsQuotes else { return self }
    var result = "\""
    for scalar in unicodeScalars {
      if scalar == "\"" { result += "\"\"" } else { result.unicodeScalars.append(scalar) }
    }
    return result + "\""
  }
}
