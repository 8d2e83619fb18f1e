/// Draws a composed sketch: groups behind, then lines, then boxes.
struct Drawing {
  private var svg: SVG

  /// Appends the picture to `svg` with its corner at `origin`.
  static func draw(_ sketch: Sketch, _ composition: Composition, at origin: Point, into svg: inout SVG) {
    var drawing = Drawing(svg: svg)
    drawing.svg.open("g", ["transform": "translate(\(SVG.coordinates(origin)))"])
    for (group, frame) in composition.groups { drawing.drawFrame(sketch, group: group, in: frame) }
    for wire in composition.wires { drawing.draw(wire: wire) }
    for (kind, curve) in composition.links { drawing.draw(curve, kind) }
    var started: Set<Int> = []
    for (group, frame) in composition.groups {
      drawing.drawHeading(sketch, group: group, in: frame, isContinued: !started.insert(group).inserted)
    }
    for (box, frame) in zip(sketch.boxes, composition.boxes) { drawing.draw(box, in: frame) }
    drawing.svg.close("g")
    svg = drawing.svg
  }

  private func fill(_ sketch: Sketch, group: Int) -> String {
    var depth = 0
    var parent = sketch.groups[group].parent
    while let next = parent {
      depth += 1
      parent = sketch.groups[next].parent
    }
    return Palette.groupFills[depth % Palette.groupFills.count]
  }

  private mutating func drawFrame(_ sketch: Sketch, group: Int, in frame: Rectangle) {
    svg.open("g")
    svg.tooltip(sketch.groups[group].tooltip)
    svg.rectangle(frame, radius: 7, fill: fill(sketch, group: group), stroke: Palette.groupFrame)
    svg.close("g")
  }

  /// A group's title and subtitle, on a ground that keeps the lines behind from crossing the letters.
  private mutating func drawHeading(_ sketch: Sketch, group index: Int, in frame: Rectangle, isContinued: Bool) {
    let group = sketch.groups[index]
    let subtitle = isContinued ? "continued" : group.subtitle
    let start = Point(x: frame.origin.x + 8, y: frame.origin.y + 6 + Sketch.Group.titleSize)
    let titleWidth = TextMetrics.width(of: group.title, size: Sketch.Group.titleSize, bold: true)
    let subtitleWidth = TextMetrics.width(of: subtitle, size: Sketch.Group.subtitleSize)
    let fill = fill(sketch, group: index)
    for (left, width) in [(start.x, titleWidth), (start.x + titleWidth + 8, subtitleWidth)] where width > 0 {
      let ground = Rectangle(
        origin: Point(x: left - 2, y: frame.origin.y + 5), size: Size(width: width + 4, height: 14))
      svg.rectangle(ground, radius: 2, fill: fill, stroke: "none")
    }
    svg.text(group.title, at: start, size: Sketch.Group.titleSize, bold: true, color: Palette.mutedInk)
    if subtitle.isEmpty { return }
    svg.text(
      subtitle, at: start + Point(x: titleWidth + 8, y: 0), size: Sketch.Group.subtitleSize, color: Palette.mutedInk)
  }

  /// A right-angled line with rounded corners.
  private mutating func draw(wire: [Point]) {
    let radius = 5.0
    var data = "M\(SVG.coordinates(wire[0]))"
    for (index, corner) in wire.enumerated().dropFirst().dropLast() {
      let before = corner.toward(wire[index - 1], by: radius)
      let after = corner.toward(wire[index + 1], by: radius)
      data += "L\(SVG.coordinates(before))Q\(SVG.coordinates(corner)) \(SVG.coordinates(after))"
    }
    data += "L\(SVG.coordinates(wire[wire.count - 1]))"
    svg.path(data, ["fill": "none", "stroke": Palette.wire, "stroke-width": "2"])
  }

  private mutating func draw(_ curve: Curve, _ kind: Sketch.Link.Kind) {
    guard let first = curve.points.first, let last = curve.points.last else { return }
    let color = kind == .flow ? Palette.line : Palette.shortcut
    var data = "M\(SVG.coordinates(first))C"
    data += curve.points.dropFirst().map(SVG.coordinates).joined(separator: " ")
    svg.path(data, ["fill": "none", "stroke": color, "stroke-width": kind == .flow ? "1" : "1.3"])
    guard let tip = curve.tip else { return }
    let (dx, dy) = (tip.x - last.x, tip.y - last.y)
    let length = (dx * dx + dy * dy).squareRoot()
    guard length > 0.1 else { return }
    let side = Point(x: -dy / length * 2.4, y: dx / length * 2.4)
    let corners = [tip, last + side, Point(x: last.x - side.x, y: last.y - side.y)]
    svg.path("M" + corners.map(SVG.coordinates).joined(separator: "L") + "Z", ["fill": color])
  }

  private mutating func draw(_ box: Sketch.Box, in frame: Rectangle) {
    var (fill, stroke) = Palette.colors(of: box.form)
    if let heat = box.heat { fill = Palette.color(heat: heat) }
    let radius = box.form == .card || box.form == .unknown ? 5 : frame.size.height / 2
    svg.open("g")
    svg.tooltip(box.tooltip)
    if box.copies > 1 {
      for depth in [box.stackDepth, box.stackDepth / 2] {
        svg.rectangle(frame.moved(by: Point(x: depth, y: depth)), radius: radius, fill: fill, stroke: stroke)
      }
    }
    let dashes: KeyValuePairs<String, String> = box.form == .unknown ? ["stroke-dasharray": "4 3"] : [:]
    svg.rectangle(frame, radius: radius, fill: fill, stroke: stroke, dashes)
    if let sign = Self.sign(of: box.form) {
      let place = Point(x: frame.origin.x + 12, y: frame.center.y)
      svg.path(
        sign,
        ["fill": "none", "stroke": stroke, "stroke-width": "1.4", "transform": "translate(\(SVG.coordinates(place)))"])
    }
    if box.copies > 1 { drawBadge(of: box, in: frame) }
    // Grey on the strong end of the heat scale would be hard to read.
    let mutedInk = (box.heat ?? 0) > 0.4 ? Palette.ink : Palette.mutedInk
    if box.form.isRow {
      drawRow(box, in: frame, mutedInk: mutedInk)
    } else {
      drawLines(box, in: frame, mutedInk: mutedInk)
    }
    svg.close("g")
  }

  private mutating func drawLines(_ box: Sketch.Box, in frame: Rectangle, mutedInk: String) {
    var top = frame.center.y - box.textSize.height / 2
    for line in box.lines {
      svg.text(
        line.text, at: Point(x: frame.center.x, y: top + line.style.leading / 2 + line.style.rise),
        size: line.style.size, bold: line.style.isBold, color: line.style == .muted ? mutedInk : Palette.ink,
        anchor: "middle")
      top += line.style.leading
    }
  }

  private mutating func drawRow(_ box: Sketch.Box, in frame: Rectangle, mutedInk: String) {
    let signRoom = Self.sign(of: box.form) == nil ? 0 : Sketch.Box.signRoom
    var left = frame.center.x + (signRoom - box.textSize.width) / 2
    for line in box.lines {
      // Each part is set in the middle of its room: a viewer's font may be narrower than the metrics.
      svg.text(
        line.text, at: Point(x: left + line.width / 2, y: frame.center.y + line.style.rise), size: line.style.size,
        color: line.style == .muted ? mutedInk : Palette.ink, anchor: "middle")
      left += line.width + Sketch.Box.wordGap
    }
  }

  /// The number of a stack's copies, in the corner.
  private mutating func drawBadge(of box: Sketch.Box, in frame: Rectangle) {
    let size = Size(width: box.badgeWidth, height: 13)
    let place = Rectangle(origin: Point(x: frame.right - size.width - 4, y: frame.origin.y + 4), size: size)
    svg.rectangle(place, radius: 6.5, fill: Palette.badge, stroke: "none")
    svg.text(
      box.badge, at: place.center + Point(x: 0, y: 0.36 * 9), size: 9, bold: true, color: Palette.neutral,
      anchor: "middle")
  }

  /// The outline of a junction's sign around the origin: a circled plus or cross, or joined strips.
  static func sign(of form: Sketch.Form) -> String? {
    switch form {
    case .addition: "M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0M-3,0L3,0M0,-3L0,3"
    case .multiplication: "M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0M-2.2,-2.2L2.2,2.2M-2.2,2.2L2.2,-2.2"
    case .concatenation: "M-5,-4L5,-4L5,4L-5,4ZM-1.6,-4L-1.6,4M1.8,-4L1.8,4"
    case .card, .pill, .terminal, .unknown: nil
    }
  }
}

extension Sketch.Line.Style {
  /// How far below the middle of its line a text's baseline runs: capitals are about 0.72 of the size high.
  fileprivate var rise: Double { 0.36 * size }
}

extension Drawing {
  /// A junction's sign as a character, for pictures that are text.
  static func letter(of form: Sketch.Form) -> String? {
    switch form {
    case .addition: "+"
    case .multiplication: "×"
    case .concatenation: "‖"
    case .card, .pill, .terminal, .unknown: nil
    }
  }
}

extension Point {
  /// The point `distance` away in the direction of `other`, or half way there where that is nearer.
  fileprivate func toward(_ other: Point, by distance: Double) -> Point {
    let (dx, dy) = (other.x - x, other.y - y)
    let length = (dx * dx + dy * dy).squareRoot()
    guard length > 0 else { return self }
    let step = min(distance, length / 2) / length
    return Point(x: x + dx * step, y: y + dy * step)
  }
}
