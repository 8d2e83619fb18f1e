import Charts
import Testing

/// The picture of what a unit sees.
@Suite("Receptive field box")
struct ReceptiveFieldBoxTests {
  private func box(
    sides: (Int, Int), field: (ClosedRange<Int>, ClosedRange<Int>), visible: (ClosedRange<Int>, ClosedRange<Int>)?
  ) -> String {
    ReceptiveFieldBox(
      title: "a <unit> & more", captions: ["caption"], sides: .init(rows: sides.0, columns: sides.1),
      field: .init(rows: field.0, columns: field.1),
      visible: visible.map { .init(rows: $0.0, columns: $0.1) },
      centres: .init(rows: [0, 8, 16], columns: [0, 8]),
      centre: .init(
        rows: Double(field.0.lowerBound) / 2 + Double(field.0.upperBound) / 2,
        columns: Double(field.1.lowerBound) / 2 + Double(field.1.upperBound) / 2)
    ).svg()
  }

  @Test("one dot for each unit, one for the centre, one rectangle where the image is seen")
  func marks() {
    let svg = box(sides: (24, 16), field: (-4...11, 0...15), visible: (0...11, 0...15))
    // Six units, the centre, and the two of the legend.
    #expect(svg.split(separator: "<circle").count - 1 == 6 + 1 + 2)
    #expect(svg.contains("a &lt;unit&gt; &amp; more"))
    #expect(!svg.contains("farther than the picture"))
    let unseen = box(sides: (24, 16), field: (-4 ... -1, 0...15), visible: nil)
    #expect(
      svg.split(separator: "fill-opacity=\"0.25\"").count == unseen.split(separator: "fill-opacity=\"0.25\"").count + 1)
  }

  @Test(
    "no number breaks the picture",
    arguments: [
      ((1, 1), (Int.min...Int.max, 0...0)), ((Int.max, 1), (0...0, Int.min...Int.min)), ((0, -5), (3...4, 5...6)),
      ((100, 100), (-100_000...100_000, -3...4)),
    ])
  func extremes(sides: (Int, Int), field: (ClosedRange<Int>, ClosedRange<Int>)) {
    let svg = box(sides: sides, field: field, visible: field)
    #expect(svg.hasSuffix("</svg>\n") && svg.utf8.count < 200_000)
    #expect(!svg.contains("nan") && !svg.contains("inf"))
  }

  @Test("a field that goes on beyond the picture says so")
  func cut() {
    #expect(
      box(sides: (100, 100), field: (-5000...5000, 0...9), visible: (0...99, 0...9)).contains(
        "farther than the picture"))
  }
}
