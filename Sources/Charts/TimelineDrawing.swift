/// Lays out and draws one timeline.
struct TimelineDrawing {
  private let chart: TimelineChart
  /// In the order in which they are stacked: the earliest at the bottom.
  private let bands: [TimelineChart.Band]
  /// The step that each column of the picture shows.
  private let columns: [Int]
  private let vertical: Scale
  private let plot: (left: Double, right: Double, top: Double, bottom: Double)
  private var markup = Markup()

  private static let width = 960.0
  /// Room for the bands' names at the right.
  private static let panel = 230.0
  private static let plotHeight = 400.0
  private static let maximumColumns = 600
  private static let (titleSize, textSize, tickSize) = (16.0, 12.0, 11.0)
  private static let restColor = "#d5dae0"

  init(_ chart: TimelineChart) {
    self.chart = chart
    let count = chart.totals.count
    bands = chart.bands.prefix(8).filter { $0.steps.lowerBound >= 0 && $0.height.isFinite && $0.height > 0 }
      .sorted { ($0.steps.lowerBound, $1.height) < ($1.steps.lowerBound, $0.height) }
    let columnCount = min(count, Self.maximumColumns)
    columns = (0..<columnCount).map { column in
      let steps = (column * count / columnCount)..<((column + 1) * count / columnCount)
      return steps.max { (chart.totals[$0], $1) < (chart.totals[$1], $0) } ?? 0
    }
    let top = 54 + Double(min(4, chart.subtitle.count)) * 16 + (chart.vertical.title.isEmpty ? 6 : 22)
    let bottom = top + Self.plotHeight
    vertical = Scale(
      chart.totals.filter { abs($0) <= Scale.limit } + [0], chart.vertical, isTight: false, count: 7, from: bottom,
      length: -Self.plotHeight)
    let labels = vertical.ticks.map { TextRoom.width(of: $0.label, size: Self.tickSize) }.max() ?? 0
    plot = (26 + labels, Self.width - (chart.bands.isEmpty ? 40 : Self.panel), top, bottom)
  }

  func document() -> String {
    var drawing = self
    drawing.drawHeading()
    drawing.drawGrid()
    drawing.drawSections()
    drawing.drawStack()
    drawing.drawAxes()
    drawing.drawLabels()
    drawing.drawPanel()
    return drawing.markup.document(
      width: Self.width, height: plot.bottom + 58, title: TextRoom.shortened(chart.title, to: 90))
  }

  // MARK: Around the plot

  private mutating func drawHeading() {
    markup.text(
      TextRoom.shortened(chart.title, to: 95), at: .init(20, 24), size: Self.titleSize, isBold: true)
    var y = 44.0
    for line in chart.subtitle.prefix(4) {
      markup.text(TextRoom.shortened(line, to: 140), at: .init(20, y), size: Self.textSize, color: Ink.muted)
      y += 16
    }
    if !chart.vertical.title.isEmpty {
      let title = TextRoom.shortened(chart.vertical.title, to: 110)
      markup.text(title, at: .init(20, plot.top - 12), size: Self.textSize, color: Ink.muted)
    }
  }

  private mutating func drawGrid() {
    for (value, label) in vertical.ticks {
      let y = vertical.place(value)
      markup.line(from: .init(plot.left, y), to: .init(plot.right, y), color: Ink.grid)
      markup.text(label, at: .init(plot.left - 8, y + 4), size: Self.tickSize, color: Ink.muted, anchor: "end")
    }
  }

  /// Names of sections below the axis where there is room, on two rows.
  private mutating func drawSections() {
    var ends = [-Double.infinity, -Double.infinity]
    var lastLine = -Double.infinity
    for section in chart.sections where section.start >= 0 && section.start < max(1, chart.totals.count) {
      let x = place(step: section.start)
      if x - lastLine >= 4 {
        markup.line(from: .init(x, plot.top), to: .init(x, plot.bottom + 6), color: Ink.grid)
        lastLine = x
      }
      let name = TextRoom.shortened(section.name, to: 24)
      let width = TextRoom.width(of: name, size: Self.tickSize)
      guard let row = ends.firstIndex(where: { $0 + 6 <= x }), x + 3 + width <= plot.right + 40 else { continue }
      markup.text(
        name, at: .init(x + 3, plot.bottom + 16 + Double(row) * 14), size: Self.tickSize, color: Ink.muted)
      ends[row] = x + 3 + width
    }
  }

  private mutating func drawAxes() {
    markup.line(from: .init(plot.left, plot.bottom), to: .init(plot.right, plot.bottom), color: Ink.axis)
    markup.line(from: .init(plot.left, plot.top), to: .init(plot.left, plot.bottom), color: Ink.axis)
    markup.text(
      TextRoom.shortened(chart.horizontalTitle, to: 120), at: .init((plot.left + plot.right) / 2, plot.bottom + 48),
      size: Self.textSize, color: Ink.muted, anchor: "middle")
  }

  // MARK: The stack

  private func place(step: Int) -> Double {
    plot.left + (plot.right - plot.left) * Double(step) / Double(max(1, chart.totals.count))
  }

  /// The left edge of a column.
  private func edge(_ column: Int) -> Double {
    plot.left + (plot.right - plot.left) * Double(column) / Double(max(1, columns.count))
  }

  private func color(of band: Int) -> String { Ink.series[band % Ink.series.count] }

  private func total(_ step: Int) -> Double {
    let total = chart.totals[step]
    return abs(total) <= Scale.limit ? total : 0
  }

  private mutating func drawStack() {
    var heights = Array(repeating: 0.0, count: columns.count)
    for (index, band) in bands.enumerated() {
      let covered = columns.indices.filter { band.steps.contains(columns[$0]) }
      guard let first = covered.first, let last = covered.last else { continue }
      area(first...last, from: heights, to: heights.map { $0 + band.height }, color: color(of: index), opacity: "0.75")
      for column in covered { heights[column] += band.height }
    }
    guard !columns.isEmpty else { return }
    let totals = columns.map { total($0) }
    area(
      0...(columns.count - 1), from: heights, to: zip(totals, heights).map { max($0, $1) }, color: Self.restColor,
      opacity: "0.9")
    markup.path(stairs(0...(columns.count - 1), totals), color: Ink.strong, width: 1.2, isDashed: false)
  }

  private func stairs(_ range: ClosedRange<Int>, _ heights: [Double]) -> [Chart.Point] {
    var points: [Chart.Point] = []
    for column in range {
      let y = vertical.place(heights[column])
      if let last = points.last, last.y == y {
        points[points.count - 1].x = edge(column + 1)
        continue
      }
      points.append(.init(edge(column), y))
      points.append(.init(edge(column + 1), y))
    }
    return points
  }

  private mutating func area(
    _ range: ClosedRange<Int>, from lower: [Double], to upper: [Double], color: String, opacity: String
  ) {
    markup.area(stairs(range, upper) + stairs(range, lower).reversed(), color: color, opacity: opacity)
  }

  // MARK: Words

  private mutating func drawLabels() {
    var placement = MarkPlacement(left: plot.left, right: plot.right, top: plot.top, bottom: plot.bottom)
    guard let peak = columns.indices.max(by: { (total(columns[$0]), $1) < (total(columns[$1]), $0) }) else { return }
    let top = Chart.Point((edge(peak) + edge(peak + 1)) / 2, vertical.place(total(columns[peak])))
    var places = bands.indices.compactMap { band in center(of: band).map { (band, $0) } }
    placement.reserve(top)
    for (_, place) in places { placement.reserve(place) }
    mark(top, chart.peakLabel, &placement)
    // From the top down, so that lines to numbers that moved up do not cross.
    places.sort { ($0.1.y, $0.0) < ($1.1.y, $1.0) }
    for (band, place) in places { mark(place, "\(band + 1)", &placement) }
  }

  /// The bands' numbers, colours and names, in the order of their first steps.
  private mutating func drawPanel() {
    let x = plot.right + 20
    for (index, band) in bands.enumerated() {
      let y = plot.top + 14 + Double(index) * 38
      markup.rectangle(x: x, y: y - 10, width: 12, height: 12, fill: color(of: index))
      markup.text("\(index + 1)", at: .init(x + 18, y), size: Self.textSize, isBold: true)
      // The end of a path tells tensors apart.
      let name = band.name.unicodeScalars.count > 27 ? "…" + String(band.name.suffix(26)) : band.name
      markup.text(name, at: .init(x + 32, y), size: Self.textSize)
      markup.text(
        TextRoom.shortened(band.detail, to: 30), at: .init(x + 32, y + 14), size: Self.tickSize, color: Ink.muted)
    }
  }

  private mutating func mark(_ point: Chart.Point, _ text: String, _ placement: inout MarkPlacement) {
    markup.dot(at: point, radius: 3, fill: Ink.strong, isRinged: true)
    let text = TextRoom.shortened(text, to: 60)
    guard !text.isEmpty, let spot = placement.spot(for: text, size: Self.tickSize, at: point) else { return }
    if let line = spot.leader { markup.line(from: point, to: line, color: Ink.axis) }
    markup.text(text, at: spot.origin, size: Self.tickSize, hasHalo: true)
  }

  /// The middle of a band at the middle of its life; nil for one that no column shows.
  private func center(of band: Int) -> Chart.Point? {
    let covered = columns.indices.filter { bands[band].steps.contains(columns[$0]) }
    guard !covered.isEmpty else { return nil }
    let column = covered[covered.count / 2]
    let below = bands[..<band].reduce(0) { $0 + ($1.steps.contains(columns[column]) ? $1.height : 0) }
    return .init((edge(column) + edge(column + 1)) / 2, vertical.place(below + bands[band].height / 2))
  }
}
