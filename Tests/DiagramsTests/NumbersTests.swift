import SymbolicIntegers
import Testing

@testable import Diagrams

@Suite struct NumbersTests {
  @Test(arguments: [
    (0, "0"), (7, "7"), (999, "999"), (1000, "1 k"), (1234, "1.23 k"), (9995, "10 k"), (36_864, "36.9 k"),
    (999_499, "999 k"), (999_500, "1 M"), (25_557_032, "25.6 M"), (4_089_184_256, "4.09 G"), (-1500, "-1.5 k"),
    (Int.max, "9223 P"),
  ])
  func prefixesKeepThreeDigits(_ value: Int, _ text: String) {
    #expect(Decimal.withPrefix(value) == text)
  }

  @Test(arguments: [
    (0, "0"), (1, "1"), (-1, "-1"), (0.04, "0"), (-0.04, "0"), (0.05, "0.1"), (12.34, "12.3"), (-2.96, "-3"),
    (-0.5, "-0.5"), (100, "100"), (.infinity, "0"), (.nan, "0"), (1e300, "0"),
  ])
  func decimalsReadTheSameEverywhere(_ value: Double, _ text: String) {
    #expect(Decimal.text(value) == text)
  }

  @Test func shorteningKeepsBothEnds() {
    #expect(TextMetrics.shortened("abcdefghij", to: 10) == "abcdefghij")
    #expect(TextMetrics.shortened("abcdefghijk", to: 5) == "ab…jk")
    #expect(TextMetrics.shortened(String(repeating: "x", count: 1_000_000), to: 40).count == 40)
  }

  /// Advance widths from the Helvetica font metrics: H 722, e 556, l 222, o 556 thousandths.
  @Test func widthsFollowThePublishedMetrics() {
    #expect(abs(TextMetrics.width(of: "Hello", size: 10) - 1.1 * 22.78) < 1e-9)
    #expect(TextMetrics.width(of: "", size: 10) == 0)
    #expect(TextMetrics.width(of: "ab", size: 20) == 2 * TextMetrics.width(of: "ab", size: 10))
  }

  @Test func heatRunsFromPaleToStrongAndNeverLeavesTheScale() {
    #expect(Palette.color(heat: 0) == "#fffdf7")
    #expect(Palette.color(heat: -5) == Palette.color(heat: 0))
    #expect(Palette.color(heat: 7) == Palette.color(heat: 1))
    #expect(Palette.color(heat: .nan) == Palette.color(heat: 0))
    #expect(Set((0...100).map { Palette.color(heat: Double($0) / 100) }).count > 90)
  }
}
