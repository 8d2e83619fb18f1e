/// SVG text under construction. Numbers are written with one decimal and every text is escaped.
struct SVG {
  static let fontFamily = "Helvetica,Arial,sans-serif"

  private(set) var body = ""

  /// The finished document: `body` on a white ground of `size`.
  func document(size: Size, title: String) -> String {
    let (width, height) = (Decimal.text(size.width), Decimal.text(size.height))
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)" \
      font-family="\(Self.fontFamily)">
      <title>\(Escaping.xml(title))</title>
      <rect width="\(width)" height="\(height)" fill="#ffffff"/>
      \(body)</svg>

      """
  }

  mutating func open(_ element: String, _ attributes: KeyValuePairs<String, String> = [:]) {
    body += "<\(element)\(Self.text(of: attributes))>\n"
  }

  mutating func close(_ element: String) { body += "</\(element)>\n" }

  mutating func tooltip(_ text: String) {
    if !text.isEmpty { body += "<title>\(Escaping.xml(text))</title>\n" }
  }

  mutating func rectangle(
    _ frame: Rectangle, radius: Double, fill: String, stroke: String, _ attributes: KeyValuePairs<String, String> = [:]
  ) {
    let radius = min(radius, frame.size.height / 2, frame.size.width / 2)
    body += "<rect x=\"\(Decimal.text(frame.origin.x))\" y=\"\(Decimal.text(frame.origin.y))\""
    body += " width=\"\(Decimal.text(frame.size.width))\" height=\"\(Decimal.text(frame.size.height))\""
    body += " rx=\"\(Decimal.text(radius))\" fill=\"\(fill)\" stroke=\"\(stroke)\"\(Self.text(of: attributes))/>\n"
  }

  mutating func path(_ data: String, _ attributes: KeyValuePairs<String, String> = [:]) {
    body += "<path d=\"\(data)\"\(Self.text(of: attributes))/>\n"
  }

  /// One line of text whose baseline runs through `point`.
  mutating func text(
    _ text: String, at point: Point, size: Double, bold: Bool = false, color: String = Palette.ink,
    anchor: String = "start"
  ) {
    body += "<text x=\"\(Decimal.text(point.x))\" y=\"\(Decimal.text(point.y))\" font-size=\"\(Decimal.text(size))\""
    if anchor != "start" { body += " text-anchor=\"\(anchor)\"" }
    if bold { body += " font-weight=\"bold\"" }
    body += " fill=\"\(color)\">\(Escaping.xml(text))</text>\n"
  }

  static func coordinates(_ point: Point) -> String { "\(Decimal.text(point.x)),\(Decimal.text(point.y))" }

  private static func text(of attributes: KeyValuePairs<String, String>) -> String {
    attributes.map { " \($0)=\"\(Escaping.xml($1))\"" }.joined()
  }
}
