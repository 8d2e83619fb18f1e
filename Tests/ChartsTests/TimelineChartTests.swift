import Charts
import Testing

@Suite("Timelines")
struct TimelineChartTests {
  private func chart(_ totals: [Double], _ bands: [TimelineChart.Band], _ sections: [TimelineChart.Section] = [])
    -> TimelineChart
  {
    TimelineChart(
      title: "t", horizontalTitle: "steps", vertical: Chart.Axis("live", unit: "B"), totals: totals, bands: bands,
      sections: sections, peakLabel: "peak")
  }

  @Test("every band is named beside the picture, in the order of its first step")
  func bands() throws {
    let svg = chart([3, 5, 4], [.init("late", "2 B", 1..<3, height: 2), .init("early", "3 B", 0..<2, height: 3)]).svg()
    let early = try #require(svg.range(of: ">early<"))
    let late = try #require(svg.range(of: ">late<"))
    #expect(early.lowerBound < late.lowerBound)
    #expect(svg.contains(">peak<"))
  }

  @Test("a picture's size does not grow with the number of steps; the peak is kept")
  func size() {
    var totals = (0..<200_000).map { Double($0 % 100) }
    totals[77_777] = 1e6
    let svg = chart(totals, [.init("one", "", 77_700..<77_800, height: 10)]).svg()
    #expect(svg.utf8.count < 100_000)
    #expect(svg.contains(">1.0 MB<") || svg.contains(">1 MB<") || svg.contains(">1,000 kB<"))
  }

  @Test("odd values break nothing")
  func odd() {
    let strange = chart(
      [.nan, .infinity, -1, 1e300],
      [.init("<&>", "", -3..<2, height: 1), .init("x", "", 0..<100, height: .nan), .init("y", "", 1..<2, height: 1)],
      [.init("s", start: -1), .init("s", start: 900)])
    #expect(strange.svg().hasSuffix("</svg>\n"))
    #expect(!strange.svg().contains("nan") && !strange.svg().contains("inf\""))
    #expect(chart([], []).svg().hasSuffix("</svg>\n"))
  }
}
