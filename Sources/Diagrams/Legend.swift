/// Explains the colours and signs that a picture uses, and only those.
struct Legend {
  private enum Entry {
    case scale(unit: String, largestShare: Double)
    case form(Sketch.Form, String)
    case shortcut
    case stack
    case wire
    case note(String)
  }

  private var entries: [Entry] = []

  private static let textSize = 9.5
  private static let rowHeight = 18.0
  private static let scaleWidth = 110.0
  private static let signWidth = 22.0
  private static let gap = 20.0

  init(of sketch: Sketch, _ composition: Composition, unit: String?, largestShare: Double?) {
    if let unit {
      if let largestShare {
        entries.append(.scale(unit: unit, largestShare: largestShare))
      } else {
        entries.append(.note("Not coloured: the shares of \(unit) depend on the symbols"))
      }
    }
    let forms = sketch.boxes.map(\.form)
    let explained: [(Sketch.Form, String)] = [
      (.addition, "sum of branches"), (.multiplication, "product of branches"),
      (.concatenation, "branches joined along channels"), (.unknown, "holds an operator that is not known"),
    ]
    for (form, meaning) in explained where forms.contains(form) { entries.append(.form(form, meaning)) }
    if sketch.links.contains(where: { $0.kind == .shortcut }) { entries.append(.shortcut) }
    if sketch.boxes.contains(where: { $0.copies > 1 }) { entries.append(.stack) }
    if !composition.wires.isEmpty { entries.append(.wire) }
    entries.append(.note("Shapes leave out the batch axis"))
  }

  /// The legend's height when its entries are wrapped to `width`.
  func height(in width: Double) -> Double { Double(rows(in: width).count) * Self.rowHeight }

  /// The width below which even a single entry would not fit.
  var leastWidth: Double { entries.map(Self.width).max() ?? 0 }

  func draw(into svg: inout SVG, at origin: Point, width: Double) {
    for (row, entries) in rows(in: width).enumerated() {
      var place = Point(x: origin.x, y: origin.y + (Double(row) + 0.5) * Self.rowHeight)
      for entry in entries {
        Self.draw(entry, into: &svg, at: place)
        place.x += Self.width(of: entry) + Self.gap
      }
    }
  }

  private func rows(in width: Double) -> [[Entry]] {
    var rows: [[Entry]] = []
    var used = Double.infinity
    for entry in entries {
      let needed = Self.width(of: entry)
      if used + Self.gap + needed > width {
        rows.append([])
        used = -Self.gap
      }
      rows[rows.count - 1].append(entry)
      used += Self.gap + needed
    }
    return rows
  }

  private static func text(of entry: Entry) -> String {
    switch entry {
    case .scale(let unit, let share): "\(Decimal.text(share * 100, places: 1))% of all \(unit)"
    case .form(_, let text), .note(let text): text
    case .shortcut: "shortcut: skips the work beside it"
    case .stack: "×n: n equal blocks in a row, numbers for all of them"
    case .wire: "continues in the next part"
    }
  }

  private static func width(of entry: Entry) -> Double {
    let text = TextMetrics.width(of: text(of: entry), size: textSize)
    switch entry {
    case .scale: return 14 + scaleWidth + 6 + text
    case .note: return text
    case .form, .shortcut, .stack, .wire: return signWidth + 6 + text
    }
  }

  private static func draw(_ entry: Entry, into svg: inout SVG, at place: Point) {
    var start = place
    switch entry {
    case .scale:
      svg.text("0", at: place + Point(x: 0, y: 3.4), size: textSize, color: Palette.mutedInk)
      let steps = 22
      let step = scaleWidth / Double(steps)
      for index in 0..<steps {
        let frame = Rectangle(
          origin: place + Point(x: 12 + Double(index) * step, y: -5), size: Size(width: step + 0.3, height: 10))
        svg.rectangle(frame, radius: 0, fill: Palette.color(heat: Double(index) / Double(steps - 1)), stroke: "none")
      }
      svg.rectangle(
        Rectangle(origin: place + Point(x: 12, y: -5), size: Size(width: scaleWidth, height: 10)), radius: 0,
        fill: "none", stroke: Palette.frame)
      start.x += 14 + scaleWidth + 6
    case .form(let form, _):
      let (fill, stroke) = Palette.colors(of: form)
      let frame = Rectangle(origin: place + Point(x: 0, y: -7), size: Size(width: signWidth, height: 14))
      svg.rectangle(frame, radius: form == .unknown ? 4 : 7, fill: fill, stroke: stroke)
      if let sign = Drawing.sign(of: form) {
        svg.path(
          sign,
          [
            "fill": "none", "stroke": stroke, "stroke-width": "1.4",
            "transform": "translate(\(SVG.coordinates(frame.center)))",
          ])
      }
      start.x += signWidth + 6
    case .stack:
      for depth in [4.0, 2, 0] {
        let frame = Rectangle(
          origin: place + Point(x: depth, y: depth - 6), size: Size(width: signWidth - 4, height: 9))
        svg.rectangle(frame, radius: 2.5, fill: Palette.neutral, stroke: Palette.frame)
      }
      start.x += signWidth + 6
    case .shortcut, .wire:
      let end = place + Point(x: signWidth, y: 0)
      let isWire = if case .wire = entry { true } else { false }
      svg.path(
        "M\(SVG.coordinates(place))L\(SVG.coordinates(end))",
        ["stroke": isWire ? Palette.wire : Palette.shortcut, "stroke-width": isWire ? "2" : "1.3"])
      start.x += signWidth + 6
    case .note: break
    }
    svg.text(text(of: entry), at: start + Point(x: 0, y: 3.4), size: textSize, color: Palette.mutedInk)
  }
}
