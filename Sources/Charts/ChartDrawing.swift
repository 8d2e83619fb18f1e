/// Lays out and draws one chart.
struct ChartDrawing {
  private let chart: Chart
  private let series: [Chart.Series]
  private let marks: [Chart.Mark]
  private let horizontal: Scale
  private let vertical: Scale
  private let points: [[Chart.Point]]
  private let legend: [[(index: Int, name: String)]]
  private let plot: (left: Double, right: Double, top: Double, bottom: Double)
  private var markup = Markup()

  private static let width = 800.0
  private static let plotHeight = 340.0
  private static let (titleSize, textSize, tickSize) = (16.0, 12.0, 11.0)
  private static let legendRow = 18.0
  private static let legendKey = 24.0

  init(_ chart: Chart) {
    self.chart = chart
    series = Array(chart.series.prefix(24))
    marks = chart.marks.lazy.filter { $0.point.isDrawable }.prefix(40).map { $0 }
    var (xs, ys): ([Double], [Double]) = ([], [])
    for point in series.lazy.flatMap(\.points).filter(\.isDrawable) + marks.map(\.point) {
      xs.append(point.x)
      ys.append(point.y)
    }
    if series.contains(where: { $0.kind == .bars || $0.isFilled }) { ys.append(0) }
    // Bars reach half their spacing beyond the first and last.
    let reach = Self.barSpacing(of: series, xs)
    if series.contains(where: { $0.kind == .bars }), let low = xs.min(), let high = xs.max() {
      xs += [low - reach / 2, high + reach / 2]
    }
    legend = Self.legendRows(of: series)
    let top =
      26 + (chart.title.isEmpty ? 0 : Self.titleSize + 6) + Double(min(4, chart.subtitle.count)) * 16
      + Double(legend.count) * Self.legendRow + (chart.vertical.title.isEmpty ? 6 : 22)
    let bottom = top + Self.plotHeight
    vertical = Scale(
      ys, chart.vertical, isTight: false, count: 7, from: bottom, length: -Self.plotHeight)
    let labels = vertical.ticks.map { TextRoom.width(of: $0.label, size: Self.tickSize) }.max() ?? 0
    let left = 26 + labels
    let right = Self.width - 30
    horizontal = Scale(xs, chart.horizontal, isTight: true, count: 10, from: left, length: right - left)
    plot = (left, right, top, bottom)
    let rows = vertical.lower...vertical.upper
    let (lower, upper) = (horizontal.lower, horizontal.upper)
    points = series.map { $0.thinned(from: lower, to: upper, rows: rows, columns: Int(right - left)) }
  }

  func document() -> String {
    var drawing = self
    drawing.drawHeading()
    drawing.drawAxes()
    for index in series.indices where series[index].isFilled { drawing.fill(index) }
    for index in series.indices { drawing.draw(index) }
    drawing.drawMarks()
    let height = plot.bottom + (chart.horizontal.title.isEmpty ? 30 : 48)
    return drawing.markup.document(width: Self.width, height: height, title: TextRoom.shortened(chart.title, to: 90))
  }

  // MARK: Around the plot

  private mutating func drawHeading() {
    var y = 18.0
    if !chart.title.isEmpty {
      markup.text(
        TextRoom.shortened(chart.title, to: 80), at: .init(20, y + 6), size: Self.titleSize, isBold: true)
      y += Self.titleSize + 6
    }
    for line in chart.subtitle.prefix(4) {
      markup.text(TextRoom.shortened(line, to: 115), at: .init(20, y + 4), size: Self.textSize, color: Ink.muted)
      y += 16
    }
    for row in legend {
      var x = 20.0
      for (index, name) in row {
        drawKey(of: index, at: .init(x, y + 5))
        markup.text(name, at: .init(x + Self.legendKey + 5, y + 9), size: Self.textSize)
        x += Self.legendWidth(of: name)
      }
      y += Self.legendRow
    }
    if !chart.vertical.title.isEmpty {
      let title = TextRoom.shortened(chart.vertical.title, to: 110)
      markup.text(title, at: .init(20, plot.top - 12), size: Self.textSize, color: Ink.muted)
    }
  }

  private mutating func drawKey(of index: Int, at place: Chart.Point) {
    let color = color(of: index)
    switch series[index].kind {
    case .line, .steps:
      let end = Chart.Point(place.x + Self.legendKey, place.y)
      markup.path([place, end], color: color, width: 2, isDashed: series[index].isDashed)
    case .bars: markup.rectangle(x: place.x + 6, y: place.y - 6, width: 12, height: 12, fill: color)
    case .points: markup.dot(at: .init(place.x + Self.legendKey / 2, place.y), radius: 4, fill: color)
    }
  }

  private mutating func drawAxes() {
    for (value, label) in vertical.ticks {
      let y = vertical.place(value)
      markup.line(from: .init(plot.left, y), to: .init(plot.right, y), color: Ink.grid)
      markup.text(label, at: .init(plot.left - 8, y + 4), size: Self.tickSize, color: Ink.muted, anchor: "end")
    }
    // Long labels stand on every second or third tick only.
    let ticks = horizontal.ticks
    let widest = ticks.map { TextRoom.width(of: $0.label, size: Self.tickSize) }.max() ?? 0
    let room = (plot.right - plot.left) / Double(max(1, ticks.count))
    let interval = max(1, Int(((widest + 10) / room).rounded(.up)))
    for (index, tick) in ticks.enumerated() {
      let x = horizontal.place(tick.value)
      markup.line(from: .init(x, plot.bottom), to: .init(x, plot.bottom + 5), color: Ink.axis)
      if index.isMultiple(of: interval) {
        markup.text(
          tick.label, at: .init(x, plot.bottom + 19), size: Self.tickSize, color: Ink.muted, anchor: "middle")
      }
    }
    let base = vertical.place(max(vertical.lower, min(vertical.upper, 0)))
    markup.line(from: .init(plot.left, base), to: .init(plot.right, base), color: Ink.axis)
    if base != plot.bottom {
      markup.line(from: .init(plot.left, plot.bottom), to: .init(plot.right, plot.bottom), color: Ink.axis)
    }
    markup.line(from: .init(plot.left, plot.top), to: .init(plot.left, plot.bottom), color: Ink.axis)
    if !chart.horizontal.title.isEmpty {
      markup.text(
        TextRoom.shortened(chart.horizontal.title, to: 110),
        at: .init((plot.left + plot.right) / 2, plot.bottom + 38), size: Self.textSize, color: Ink.muted,
        anchor: "middle")
    }
  }

  // MARK: Series

  private func color(of index: Int) -> String { Ink.series[index % Ink.series.count] }

  private func place(_ point: Chart.Point) -> Chart.Point {
    Chart.Point(horizontal.place(point.x), vertical.place(point.y))
  }

  /// The corners of a line or staircase in the picture.
  private func corners(of index: Int) -> [Chart.Point] {
    let places = points[index].map(place)
    guard series[index].kind == .steps else { return places }
    var corners: [Chart.Point] = []
    for place in places {
      if let last = corners.last { corners.append(.init(place.x, last.y)) }
      corners.append(place)
    }
    if places.count > 1 { corners.removeLast() }
    return corners
  }

  private mutating func fill(_ index: Int) {
    guard series[index].kind == .line || series[index].kind == .steps else { return }
    let corners = corners(of: index)
    guard corners.count > 1, let first = corners.first, let last = corners.last else { return }
    let base = vertical.place(0)
    markup.area(
      corners + [.init(last.x, base), .init(first.x, base)], color: color(of: index), opacity: "0.14")
  }

  private mutating func draw(_ index: Int) {
    let color = color(of: index)
    switch series[index].kind {
    case .line, .steps:
      let corners = corners(of: index)
      if corners.count == 1 { markup.dot(at: corners[0], radius: 3, fill: color) }
      guard corners.count > 1 else { return }
      markup.path(corners, color: color, width: 1.8, isDashed: series[index].isDashed)
    case .points:
      for point in points[index] { markup.dot(at: place(point), radius: 3.5, fill: color, isRinged: true) }
    case .bars:
      let group = series.indices.filter { series[$0].kind == .bars }
      let xs = group.flatMap { points[$0].map(\.x) }
      let room = abs(horizontal.place(Self.barSpacing(of: series, xs)) - horizontal.place(0)) * 0.8
      let width = max(0.5, room / Double(group.count))
      let offset = -room / 2 + width * Double(group.firstIndex(of: index) ?? 0)
      let base = vertical.place(0)
      for point in points[index] {
        let place = place(point)
        markup.rectangle(
          x: place.x + offset, y: min(place.y, base), width: max(0.5, width - 1), height: abs(place.y - base),
          fill: color)
      }
    }
  }

  private mutating func drawMarks() {
    var placement = MarkPlacement(left: plot.left, right: plot.right, top: plot.top, bottom: plot.bottom)
    for mark in marks { placement.reserve(place(mark.point)) }
    for mark in marks {
      let point = place(mark.point)
      markup.dot(at: point, radius: 4, fill: Ink.strong, isRinged: true)
      let text = TextRoom.shortened(mark.text, to: 60)
      guard !text.isEmpty, let spot = placement.spot(for: text, size: Self.tickSize, at: point) else { continue }
      if let line = spot.leader { markup.line(from: point, to: line, color: Ink.axis) }
      markup.text(text, at: spot.origin, size: Self.tickSize, hasHalo: true)
    }
  }

  /// The least distance between two bars; 1 when there is only one.
  private static func barSpacing(of series: [Chart.Series], _ xs: [Double]) -> Double {
    guard series.contains(where: { $0.kind == .bars }) else { return 0 }
    let sorted = Set(xs).sorted()
    return zip(sorted, sorted.dropFirst()).map { $1 - $0 }.min() ?? 1
  }

  // MARK: Legend

  private static func legendWidth(of name: String) -> Double {
    legendKey + 5 + TextRoom.width(of: name, size: textSize) + 18
  }

  private static func legendRows(of series: [Chart.Series]) -> [[(index: Int, name: String)]] {
    var rows: [[(index: Int, name: String)]] = []
    var used = Double.infinity
    for (index, one) in series.enumerated() where !one.name.isEmpty {
      let name = TextRoom.shortened(one.name, to: 90)
      let needed = legendWidth(of: name)
      if used + needed > width - 40 {
        rows.append([])
        used = 0
      }
      rows[rows.count - 1].append((index, name))
      used += needed
    }
    return rows
  }
}
