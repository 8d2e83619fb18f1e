/// Text made safe for the two languages a diagram is written in, XML and DOT.
///
/// Names come from model files and may hold anything. Control characters and the code points XML 1.0 forbids are
/// dropped; everything else survives, escaped where the language needs it.
enum Escaping {
  /// `text` as XML character data or as the inside of a double-quoted attribute. Line ends become spaces.
  static func xml(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n", "\r", "\t": result += " "
      default:
        if isPrintable(scalar) { result.unicodeScalars.append(scalar) }
      }
    }
    return result
  }

  /// `text` as a double-quoted DOT string. Graphviz reads `\n` in labels as a line end and `\\` as one backslash.
  static func dotString(_ text: String) -> String {
    var result = "\""
    result.reserveCapacity(text.utf8.count + 2)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r", "\t": result += " "
      default:
        if isPrintable(scalar) { result.unicodeScalars.append(scalar) }
      }
    }
    return result + "\""
  }

  /// Whether XML 1.0 allows `scalar` and a reader could see it: no control characters, no non-characters, and no
  /// overrides of the writing direction, which would reorder the text around them.
  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069, 0xFFFE, 0xFFFF: false
    default: true
    }
  }
}
