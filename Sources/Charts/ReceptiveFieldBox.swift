/// A picture of the part of an image that one unit of a map sees: the image, the field with and without the image's
/// ends, and the centres of all units' fields.
///
/// Positions are pixels of the image; a pixel's middle is at its number, so that the image reaches from -0.5 to its side
/// minus 0.5. What lies more than a side beyond the image is not drawn, and then a caption says so. Equal pictures give equal bytes.
public struct ReceptiveFieldBox: Hashable, Sendable {
  /// A pair for rows and columns.
  public struct Pair<Value: Hashable & Sendable>: Hashable, Sendable {
    public var rows: Value
    public var columns: Value

    public init(rows: Value, columns: Value) {
      self.rows = rows
      self.columns = columns
    }
  }

  public var title: String
  /// Sentences below the picture.
  public var captions: [String]
  /// The image's sides, at least 1.
  public let sides: Pair<Int>
  /// What the unit sees on an image without ends.
  public var field: Pair<ClosedRange<Int>>
  /// What of it lies on the image; nil where the unit sees only padding.
  public var visible: Pair<ClosedRange<Int>>?
  /// The centres of the fields of all units, of which at most ``mostCentres`` are drawn an axis.
  public var centres: Pair<[Double]>
  /// The centre of this unit's field.
  public var centre: Pair<Double>

  /// More dots than this along an axis would be a grey area; then every second, third... is drawn.
  static let mostCentres = 48

  public init(
    title: String, captions: [String], sides: Pair<Int>, field: Pair<ClosedRange<Int>>,
    visible: Pair<ClosedRange<Int>>?, centres: Pair<[Double]>, centre: Pair<Double>
  ) {
    self.title = title
    self.captions = captions
    self.sides = Pair(rows: max(1, sides.rows), columns: max(1, sides.columns))
    self.field = field
    self.visible = visible
    self.centres = centres
    self.centre = centre
  }

  private static let room = 440.0
  private static let margin = 56.0

  /// The picture as an SVG document.
  public func svg() -> String {
    let rows = drawn(sides.rows, field.rows)
    let columns = drawn(sides.columns, field.columns)
    let scale = Self.room / max(rows.upperBound - rows.lowerBound, columns.upperBound - columns.lowerBound)
    let top = Self.margin + 16
    let left = Self.margin + (Self.room - (columns.upperBound - columns.lowerBound) * scale) / 2
    let bottom = top + (rows.upperBound - rows.lowerBound) * scale
    func x(_ position: Double) -> Double {
      left + (min(max(position, columns.lowerBound), columns.upperBound) - columns.lowerBound) * scale
    }
    func y(_ position: Double) -> Double {
      top + (min(max(position, rows.lowerBound), rows.upperBound) - rows.lowerBound) * scale
    }
    func frame(_ rows: ClosedRange<Double>, _ columns: ClosedRange<Double>) -> [Chart.Point] {
      [
        Chart.Point(x(columns.lowerBound), y(rows.lowerBound)), Chart.Point(x(columns.upperBound), y(rows.lowerBound)),
        Chart.Point(x(columns.upperBound), y(rows.upperBound)), Chart.Point(x(columns.lowerBound), y(rows.upperBound)),
        Chart.Point(x(columns.lowerBound), y(rows.lowerBound)),
      ]
    }

    var markup = Markup()
    markup.text(title, at: Chart.Point(Self.margin, 28), size: 15, isBold: true)
    let image = frame(-0.5...Double(sides.rows) - 0.5, -0.5...Double(sides.columns) - 0.5)
    markup.area(image, color: Ink.grid, opacity: "1")
    if let visible {
      markup.area(frame(pixels(visible.rows), pixels(visible.columns)), color: Ink.series[0], opacity: "0.25")
    }
    markup.path(image, color: Ink.strong, width: 1.5, isDashed: false)
    drawPixels(&markup, x: x, y: y)
    // Edges beyond the picture are left out, so that the field is seen to go on.
    let (seenRows, seenColumns) = (pixels(field.rows), pixels(field.columns))
    for row in [seenRows.lowerBound, seenRows.upperBound] where rows.contains(row) {
      let ends = [Chart.Point(x(seenColumns.lowerBound), y(row)), Chart.Point(x(seenColumns.upperBound), y(row))]
      markup.path(ends, color: Ink.series[1], width: 2, isDashed: true)
    }
    for column in [seenColumns.lowerBound, seenColumns.upperBound] where columns.contains(column) {
      let ends = [Chart.Point(x(column), y(seenRows.lowerBound)), Chart.Point(x(column), y(seenRows.upperBound))]
      markup.path(ends, color: Ink.series[1], width: 2, isDashed: true)
    }
    let isCut = seenRows.clamped(to: rows) != seenRows || seenColumns.clamped(to: columns) != seenColumns
    let captions = isCut ? captions + ["The field reaches farther than the picture."] : captions
    for row in thinned(centres.rows) where rows.contains(row) {
      for column in thinned(centres.columns) where columns.contains(column) {
        markup.dot(at: Chart.Point(x(column), y(row)), radius: 1.2, fill: Ink.axis)
      }
    }
    if rows.contains(centre.rows), columns.contains(centre.columns) {
      markup.dot(at: Chart.Point(x(centre.columns), y(centre.rows)), radius: 4.5, fill: Ink.series[1], isRinged: true)
    }
    label(&markup, x: x, y: y)
    legend(&markup, y: bottom + 30)
    for (line, caption) in captions.enumerated() {
      markup.text(
        caption, at: Chart.Point(Self.margin, bottom + 54 + Double(line) * 18), size: 12, color: Ink.muted)
    }
    let widest = captions.map { TextRoom.width(of: $0, size: 12) }.max() ?? 0
    let width = max(Self.room, min(widest, 900), TextRoom.width(of: title, size: 15)) + 2 * Self.margin
    return markup.document(
      width: width, height: bottom + 62 + Double(captions.count) * 18, title: title)
  }

  /// The positions of the first and the last pixel of the image, at its upper and left edge.
  private func label(_ markup: inout Markup, x: (Double) -> Double, y: (Double) -> Double) {
    let (edge, size) = (-0.5, 11.0)
    for column in [0, sides.columns - 1] {
      markup.text(
        "\(column)", at: Chart.Point(x(Double(column)), y(edge) - 5), size: size, color: Ink.muted, anchor: "middle",
        hasHalo: true)
    }
    for row in [0, sides.rows - 1] {
      markup.text(
        "\(row)", at: Chart.Point(x(edge) - 5, y(Double(row)) + 4), size: size, color: Ink.muted, anchor: "end",
        hasHalo: true)
    }
  }

  /// The grid between pixels, where they are large enough to be told apart.
  private func drawPixels(_ markup: inout Markup, x: (Double) -> Double, y: (Double) -> Double) {
    guard x(1) - x(0) >= 6 else { return }
    let (bottom, right) = (Double(sides.rows) - 0.5, Double(sides.columns) - 0.5)
    for column in 1..<max(2, sides.columns) where Double(column) < right {
      let place = x(Double(column) - 0.5)
      markup.line(
        from: Chart.Point(place, y(-0.5)), to: Chart.Point(place, y(bottom)), color: Ink.axis, width: 0.3)
    }
    for row in 1..<max(2, sides.rows) where Double(row) < bottom {
      let place = y(Double(row) - 0.5)
      markup.line(from: Chart.Point(x(-0.5), place), to: Chart.Point(x(right), place), color: Ink.axis, width: 0.3)
    }
  }

  private func legend(_ markup: inout Markup, y: Double) {
    var place = Self.margin
    func entry(_ text: String, _ draw: (inout Markup, Double) -> Void) {
      draw(&markup, place)
      markup.text(text, at: Chart.Point(place + 24, y), size: 12)
      place += 24 + TextRoom.width(of: text, size: 12) + 12
    }
    entry("field") { markup, place in
      markup.path(
        [Chart.Point(place, y - 4), Chart.Point(place + 18, y - 4)], color: Ink.series[1], width: 2, isDashed: true)
    }
    entry("on the image") { markup, place in
      markup.area(
        [
          Chart.Point(place, y - 10), Chart.Point(place + 18, y - 10), Chart.Point(place + 18, y + 2),
          Chart.Point(place, y + 2),
        ], color: Ink.series[0], opacity: "0.25")
    }
    entry("its centre") { markup, place in
      markup.dot(at: Chart.Point(place + 9, y - 4), radius: 4.5, fill: Ink.series[1], isRinged: true)
    }
    entry("centres of other units") { markup, place in
      markup.dot(at: Chart.Point(place + 9, y - 4), radius: 1.5, fill: Ink.axis)
    }
  }

  private func pixels(_ range: ClosedRange<Int>) -> ClosedRange<Double> {
    Double(range.lowerBound) - 0.5...Double(range.upperBound) + 0.5
  }

  /// The positions drawn along an axis: image and field, at most a side beyond the image, and a little room.
  private func drawn(_ side: Int, _ field: ClosedRange<Int>) -> ClosedRange<Double> {
    let side = Double(side)
    let low = max(min(-0.5, Double(field.lowerBound) - 0.5), -side)
    let high = min(max(side - 0.5, Double(field.upperBound) + 0.5), 2 * side)
    let room = (high - low) * 0.03
    return low - room...high + room
  }

  private func thinned(_ list: [Double]) -> [Double] {
    let step = (list.count + Self.mostCentres - 1) / Self.mostCentres
    return step <= 1 ? list : stride(from: step / 2, to: list.count, by: step).map { list[$0] }
  }
}
