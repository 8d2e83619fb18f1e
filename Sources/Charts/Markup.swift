/// SVG text under construction: coordinates with one decimal, every text escaped.
struct Markup {
  private(set) var body = ""

  /// The finished document on a white ground.
  func document(width: Double, height: Double, title: String) -> String {
    let (width, height) = (DecimalText.coordinate(width), DecimalText.coordinate(height))
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)" \
      font-family="Helvetica,Arial,sans-serif">
      <title>\(Self.escaped(title))</title>
      <rect width="\(width)" height="\(height)" fill="#ffffff"/>
      \(body)</svg>

      """
  }

  mutating func line(from: Chart.Point, to: Chart.Point, color: String, width: Double = 1) {
    body += "<path d=\"M\(Self.pair(from))L\(Self.pair(to))\" stroke=\"\(color)\""
    body += " stroke-width=\"\(DecimalText.coordinate(width))\"/>\n"
  }

  mutating func path(_ points: [Chart.Point], color: String, width: Double, isDashed: Bool) {
    body += "<path d=\"\(Self.data(points))\" fill=\"none\" stroke=\"\(color)\" stroke-linejoin=\"round\""
    body += " stroke-width=\"\(DecimalText.coordinate(width))\"\(isDashed ? " stroke-dasharray=\"5 4\"" : "")/>\n"
  }

  mutating func area(_ points: [Chart.Point], color: String, opacity: String) {
    body += "<path d=\"\(Self.data(points))Z\" fill=\"\(color)\" fill-opacity=\"\(opacity)\"/>\n"
  }

  mutating func rectangle(x: Double, y: Double, width: Double, height: Double, fill: String) {
    let (x, y) = (DecimalText.coordinate(x), DecimalText.coordinate(y))
    body += "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(DecimalText.coordinate(width))\""
    body += " height=\"\(DecimalText.coordinate(height))\" fill=\"\(fill)\"/>\n"
  }

  mutating func dot(at point: Chart.Point, radius: Double, fill: String, isRinged: Bool = false) {
    body += "<circle cx=\"\(DecimalText.coordinate(point.x))\" cy=\"\(DecimalText.coordinate(point.y))\""
    body += " r=\"\(DecimalText.coordinate(radius))\" fill=\"\(fill)\"\(isRinged ? " stroke=\"#ffffff\"" : "")/>\n"
  }

  /// One line of text whose baseline runs through the point; a halo keeps lines behind from crossing the letters.
  mutating func text(
    _ text: String, at point: Chart.Point, size: Double, color: String = Ink.strong, anchor: String = "start",
    isBold: Bool = false, hasHalo: Bool = false
  ) {
    body += "<text x=\"\(DecimalText.coordinate(point.x))\" y=\"\(DecimalText.coordinate(point.y))\""
    body += " font-size=\"\(DecimalText.coordinate(size))\" fill=\"\(color)\""
    if anchor != "start" { body += " text-anchor=\"\(anchor)\"" }
    if isBold { body += " font-weight=\"bold\"" }
    if hasHalo { body += " stroke=\"#ffffff\" stroke-width=\"3\" stroke-linejoin=\"round\" paint-order=\"stroke\"" }
    body += ">\(Self.escaped(text))</text>\n"
  }

  private static func data(_ points: [Chart.Point]) -> String {
    var data = ""
    for (index, point) in points.enumerated() { data += (index == 0 ? "M" : "L") + pair(point) }
    return data
  }

  private static func pair(_ point: Chart.Point) -> String {
    "\(DecimalText.coordinate(point.x)),\(DecimalText.coordinate(point.y))"
  }

  /// Text as XML content: markup escaped; characters that XML forbids or that turn the direction of writing left out.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x26: result += "&amp;"
      case 0x3C: result += "&lt;"
      case 0x3E: result += "&gt;"
      case 0x22: result += "&quot;"
      case 0x09, 0x0A, 0x0D: result += " "
      case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFFFE, 0xFFFF: continue
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

/// The colours that are not a series' own.
enum Ink {
  static let strong = "#1f2328"
  static let muted = "#57606a"
  static let axis = "#8c959f"
  static let grid = "#e3e6ea"

  /// Colours that people with any colour vision tell apart (Okabe and Ito 2008), those too pale on white darkened.
  static let series = ["#0072b2", "#d55e00", "#009e73", "#b0578d", "#b87d00", "#3a93c8", "#6e5a4e", "#4b4b4b"]
}

/// About how much room a text needs.
enum TextRoom {
  /// An upper estimate: digits and most letters of the Helvetica metrics are at most this wide.
  static func width(of text: String, size: Double) -> Double { Double(text.unicodeScalars.count) * size * 0.58 }

  /// `text` cut to `limit` characters, the last an ellipsis.
  static func shortened(_ text: String, to limit: Int) -> String {
    // A bounded prefix decides: counting the characters of a name of a million would cost time for nothing.
    let head = String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit)))
    return head.utf8.count == text.utf8.count ? text : head.dropLast() + "…"
  }
}
