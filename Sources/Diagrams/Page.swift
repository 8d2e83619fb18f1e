/// Sets a picture on a page: heading and legend above, a margin around.
struct Page {
  var title: String
  var subtitle: [String]
  var legend: Legend

  private static let margin = 20.0
  private static let titleSize = 18.0
  private static let subtitleSize = 11.0
  /// Narrower pages would break the heading and the legend into slivers.
  private static let leastWidth = 440.0

  func svg(_ sketch: Sketch, _ composition: Composition) -> String {
    let title = TextMetrics.shortened(self.title, to: 80)
    let subtitle = subtitle.map { TextMetrics.shortened($0, to: 160) }
    let textWidths =
      [TextMetrics.width(of: title, size: Self.titleSize, bold: true), legend.leastWidth]
      + subtitle.map { TextMetrics.width(of: $0, size: Self.subtitleSize) }
    let width = max(composition.size.width, Self.leastWidth, textWidths.max() ?? 0)
    var svg = SVG()
    var top = Self.margin + Self.titleSize
    svg.text(title, at: Point(x: Self.margin, y: top), size: Self.titleSize, bold: true)
    top += 6
    for line in subtitle {
      top += Self.subtitleSize * 1.35
      svg.text(line, at: Point(x: Self.margin, y: top), size: Self.subtitleSize, color: Palette.mutedInk)
    }
    top += 10
    legend.draw(into: &svg, at: Point(x: Self.margin, y: top), width: width)
    top += legend.height(in: width) + 14
    let left = Self.margin + (width - composition.size.width) / 2
    Drawing.draw(sketch, composition, at: Point(x: left, y: top), into: &svg)
    return svg.document(
      size: Size(width: width + 2 * Self.margin, height: top + composition.size.height + Self.margin), title: title)
  }
}
