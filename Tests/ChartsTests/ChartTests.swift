import Testing

@testable import Charts

private func chart(_ series: [Chart.Series], marks: [Chart.Mark] = []) -> Chart {
  Chart(
    title: "costs", horizontal: .init("side", includesZero: false), vertical: .init("MACs"), series: series,
    marks: marks)
}

private func points(_ pairs: (Double, Double)...) -> [Chart.Point] { pairs.map { Chart.Point($0.0, $0.1) } }

@Suite struct ChartTests {
  @Test func aLineRunsThroughItsPointsInProportion() {
    let curve = ChartReader(chart([.init("a", .line, points((10, 0), (20, 50), (30, 100)))])).curve(Ink.series[0])
    #expect(curve.count == 3)
    // Equal steps in the values are equal steps in the picture, and up is less.
    #expect(abs((curve[1].x - curve[0].x) - (curve[2].x - curve[1].x)) <= 0.11)
    #expect(abs((curve[1].y - curve[0].y) - (curve[2].y - curve[1].y)) <= 0.11)
    #expect(curve[2].y < curve[0].y)
  }

  @Test func aStaircaseHoldsEachValueToTheNextPoint() {
    let curve = ChartReader(chart([.init("a", .steps, points((0, 2), (4, 5), (6, 3), (8, 3)))])).curve(Ink.series[0])
    #expect(curve.count == 6)
    for (index, pair) in zip(curve, curve.dropFirst()).enumerated() {
      let (from, to) = pair
      #expect(index.isMultiple(of: 2) ? from.y == to.y && from.x < to.x : from.x == to.x && from.y != to.y)
    }
  }

  @Test func linesAreDrawnByAscendingX() {
    let sorted = chart([.init("a", .line, points((1, 1), (2, 5), (3, 2)))])
    let shuffled = chart([.init("a", .line, points((3, 2), (1, 1), (2, 5)))])
    #expect(ChartReader(sorted).curve(Ink.series[0]) == ChartReader(shuffled).curve(Ink.series[0]))
  }

  @Test func barsStandOnZeroAndShareTheirRoom() throws {
    let reader = ChartReader(
      chart([
        .init("a", .bars, points((1, 4), (2, -2))), .init("b", .bars, points((1, 8), (2, 3))),
      ]))
    func bars(_ color: String) -> [(x: Double, y: Double, width: Double, height: Double)] {
      reader.rectangles.filter { $0["fill"] == color }.map { bar in
        func number(_ key: String) -> Double { Double(bar[key] ?? "") ?? .nan }
        return (number("x"), number("y"), number("width"), number("height"))
      }.filter { $0.width != 12 }
    }
    let (a, b) = (bars(Ink.series[0]), bars(Ink.series[1]))
    try #require(a.count == 2 && b.count == 2)
    #expect(abs(b[0].height - 2 * a[0].height) <= 0.21)
    // One stands on the line on which the other hangs.
    #expect(abs((a[0].y + a[0].height) - a[1].y) <= 0.11)
    #expect(a[0].x + a[0].width <= b[0].x + 0.11)
    #expect(b[0].x + b[0].width <= a[1].x)
  }

  @Test func everyNamedSeriesIsInTheLegendAndEveryMarkKeepsItsWords() {
    let reader = ChartReader(
      chart(
        [.init("exact", .steps, points((0, 1), (9, 5))), .init("", .line, points((0, 1), (9, 5)))],
        marks: [.init(.init(4, 1), "largest: conv1")]))
    let words = reader.texts.map(\.content)
    #expect(words.contains("exact"))
    #expect(words.contains("largest: conv1"))
    #expect(words.contains("costs") && words.contains("side") && words.contains("MACs"))
  }

  @Test func wordsOfMarksDoNotCoverOneAnother() {
    let marks = (0..<12).map { Chart.Mark(.init(5 + Double($0) * 0.01, 50), "tensor number \($0)") }
    let reader = ChartReader(chart([.init("a", .line, points((0, 0), (10, 100)))], marks: marks))
    let words = reader.texts.filter { $0.content.hasPrefix("tensor") }
    #expect(words.count >= 8)
    for (index, one) in words.enumerated() {
      for other in words[(index + 1)...] {
        #expect(abs(one.y - other.y) >= 11 || abs(one.x - other.x) >= TextRoom.width(of: one.content, size: 11))
      }
    }
  }

  @Test func equalChartsGiveEqualBytes() {
    let one = chart([.init("a", .line, (0..<5000).map { .init(Double($0), Double($0 * $0 % 977)) })])
    #expect(one.svg() == one.svg())
  }
}

@Suite struct BoundTests {
  @Test func theSizeOfAPictureDoesNotDependOnTheNumberOfPoints() {
    for kind in [Chart.Series.Kind.line, .steps, .bars, .points] {
      func size(_ count: Int) -> Int {
        var state: UInt64 = 7
        let points = (0..<count).map { index in
          state = state &* 6_364_136_223_846_793_005 &+ 1
          return Chart.Point(Double(index), Double(state >> 40))
        }
        return chart([.init("a", kind, points)]).svg().utf8.count
      }
      #expect(size(20_000) < (kind == .points ? 1_300_000 : 150_000))
      #expect(size(40_000) < 1_300_000)
    }
  }

  @Test func thinningKeepsTheHighestAndLowestOfEveryColumn() {
    var points = (0..<50_000).map { Chart.Point(Double($0), 10) }
    points[31_415].y = 99
    points[27_182].y = -5
    let thinned = Chart.Series("a", .line, points).thinned(from: 0, to: 49_999, rows: -5...99, columns: 700)
    #expect(thinned.count <= 4 * 701)
    #expect(thinned.contains(points[31_415]))
    #expect(thinned.contains(points[27_182]))
    #expect(thinned.first == points.first && thinned.last == points.last)
  }

  @Test func valuesThatCannotBeDrawnAreLeftOut() {
    let hostile: [Double] = [.nan, .infinity, -.infinity, 1e308, -1e308, 5e-324, 0, -0.0, 1e99, 1e-300]
    for kind in [Chart.Series.Kind.line, .steps, .bars, .points] {
      for x in hostile {
        for y in hostile {
          let reader = ChartReader(
            chart([.init("a", kind, [.init(x, y), .init(y, x)])], marks: [.init(.init(x, y), "m")]))
          #expect(reader.error == nil)
          #expect(reader.paths.allSatisfy { $0.corners.allSatisfy { $0.x.isFinite && $0.y.isFinite } })
        }
      }
    }
    #expect(ChartReader(chart([])).error == nil)
    #expect(ChartReader(chart([.init("", .bars, [])])).error == nil)
  }

  private static let hostileWords = [
    "<script>alert(1)</script>", "a&b;&amp;", "\"quoted\" 'both'", "line\nbreak\ttab", "\u{0}nul\u{1B}[31m",
    "\u{202E}reversed", "]]>", "emoji 🧠👩‍👩‍👧", String(repeating: "long", count: 100_000),
    "e" + String(repeating: "\u{301}", count: 5000), "",
  ]

  // By number: a failure would print the words.
  @Test(arguments: hostileWords.indices) func hostileWordsStayWords(_ index: Int) {
    let name = Self.hostileWords[index]
    let chart = Chart(
      title: name, subtitle: [name], horizontal: .init(name, unit: String(name.prefix(8))),
      vertical: .init(name, unit: String(name.prefix(8))), series: [.init(name, .line, points((0, 0), (1, 1)))],
      marks: [.init(.init(0, 0), name)])
    let reader = ChartReader(chart)
    #expect(reader.error == nil)
    #expect(reader.texts.allSatisfy { $0.content.count <= 130 })
    #expect(chart.svg().utf8.count < 40_000)
  }

  @Test func manySeriesAndMarksAreCut() {
    let many = (0..<1000).map { Chart.Series("series \($0)", .line, points((0, 0), (Double($0), 1))) }
    let marks = (0..<1000).map { Chart.Mark(.init(Double($0), 0.5), "mark \($0)") }
    let reader = ChartReader(chart(many, marks: marks))
    #expect(reader.texts.filter { $0.content.hasPrefix("series") }.count == 24)
    #expect(reader.texts.filter { $0.content.hasPrefix("mark") }.count <= 40)
  }
}
