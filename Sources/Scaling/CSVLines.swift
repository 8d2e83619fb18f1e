/// The lines of a text of comma-separated values (RFC 4180): fields without white space around them.
///
/// A field in double quotes may hold commas, line breaks and doubled quotes. A byte order mark and lines without anything in
/// them are skipped; a line ends in a line feed, with or without a carriage return.
struct CSVLines {
  /// A quotation mark that is not closed, by the line it stands in.
  struct UnclosedQuote: Error {
    var line: Int
  }

  // By scalars: a carriage return and a line feed are one character.
  private var rest: Substring.UnicodeScalarView
  private var number = 0

  init(_ text: String) {
    rest = text.unicodeScalars[...]
    if rest.first == "\u{FEFF}" { rest.removeFirst() }
  }

  /// The next line that has something in it, and its number, counted from 1.
  mutating func next() throws(UnclosedQuote) -> (number: Int, fields: [String])? {
    while !rest.isEmpty {
      let first = number + 1
      let fields = try line()
      if fields != [""] { return (first, fields) }
    }
    return nil
  }

  private mutating func line() throws(UnclosedQuote) -> [String] {
    number += 1
    let first = number
    var fields: [String] = []
    var field = String.UnicodeScalarView()
    var isQuoted = false
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\"" where isQuoted && rest.first == "\"":
        field.append(scalar)
        rest.removeFirst()
      case "\"": isQuoted.toggle()
      case "\n" where !isQuoted: return fields + [Self.trimmed(field)]
      case "," where !isQuoted:
        fields.append(Self.trimmed(field))
        field = String.UnicodeScalarView()
      default:
        if scalar == "\n" { number += 1 }
        field.append(scalar)
      }
    }
    if isQuoted { throw UnclosedQuote(line: first) }
    return fields + [Self.trimmed(field)]
  }

  private static func trimmed(_ field: String.UnicodeScalarView) -> String {
    guard let first = field.firstIndex(where: { !$0.properties.isWhitespace }),
      let last = field.lastIndex(where: { !$0.properties.isWhitespace })
    else { return "" }
    return String(field[first...last])
  }
}
