import SymbolicIntegers
import Testing

@testable import Reports

@Suite struct QuantityTests {
  @Test(arguments: [
    (0, "0"), (1, "1"), (999, "999"), (1000, "1.00 k"), (1005, "1.00 k"), (9_994, "9.99 k"), (9_995, "10.0 k"),
    (9_999, "10.0 k"), (99_949, "99.9 k"), (99_950, "100 k"), (999_499, "999 k"), (999_500, "1.00 M"),
    (25_557_032, "25.6 M"), (4_089_184_256, "4.09 G"), (37_745_884_192, "37.7 G"), (Int.max, "9.22 E"),
    (-1500, "-1.50 k"),
  ])
  func siHasThreeDigits(value: Int, text: String) {
    #expect(Quantity(Dimension(value)).si == text)
  }

  @Test(arguments: [
    (0, "0"), (12, "12"), (123, "123"), (1234, "1,234"), (25_557_032, "25,557,032"), (-1234, "-1,234"),
    (Int.max, "9,223,372,036,854,775,807"), (Int.min, "-9,223,372,036,854,775,808"),
  ])
  func exactHasEveryDigitInGroups(value: Int, text: String) {
    #expect(Quantity(Dimension(value)).exact == text)
  }

  @Test func formulasAreTheSameInEveryStyle() {
    let quantity = Quantity(.symbol("H") * 2 + 1)
    #expect([quantity.si, quantity.exact, quantity.plain] == Array(repeating: "2*H + 1", count: 3))
  }

  @Test func unitFollowsItsPrefix() {
    #expect(Quantity(44_459_936).si(unit: "B") == "44.5 MB")
    #expect(Quantity(12).si(unit: "B") == "12 B")
  }
}
