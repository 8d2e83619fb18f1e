import Scaling
import Testing

@Suite("Axes of exact decimal numbers")
struct AxisTests {
  @Test("steps of a tenth reach the end exactly, and both ends are there")
  func stepsAreExact() throws {
    let axis = try ScalingAxis(parsing: "1.0:3.1:0.1")
    #expect(axis.count == 22)
    #expect(axis.last == ExactDecimal("3.1"))
    #expect(axis.values[10...12].map(\.description) == ["2", "2.1", "2.2"])
    // What the same digits read as, which sums of 0.1 are not.
    #expect(axis.values.allSatisfy { Double($0.description) == $0.double })
    let sides = try ScalingAxis(parsing: "224:600:8")
    #expect(sides.values.map(\.integer) == Array(stride(from: 224, through: 600, by: 8)))
    #expect(try ScalingAxis(parsing: "0.1:1:0.3").values.map(\.description) == ["0.1", "0.4", "0.7", "1"])
  }

  @Test("an axis reads back from its text, and equal axes have equal texts")
  func roundTrips() throws {
    for text in ["1", "1,2", "1:3:1", "0.5,1:2:0.25,4", "1,1.5,2,3", "224:600:8", "0.001:0.1:0.001"] {
      let axis = try ScalingAxis(parsing: text)
      #expect(try ScalingAxis(parsing: axis.description) == axis)
    }
    #expect(try ScalingAxis(parsing: "1,1.5,2").description == ScalingAxis(parsing: "1.0:2.00:0.50").description)
  }

  @Test(
    "wrong ranges are one sentence each",
    arguments: [
      ("2:1:0.1", "empty"), ("1:2:0", "the step is 0"), ("1:2:-0.1", "below 0"), ("1:nan:0.1", "no finite"),
      ("1:inf:0.1", "no finite"), ("", "missing"), ("1:2", "first:last:step"), ("1:2:3:4", "first:last:step"),
      ("1,1", "does not lie above"), ("2,1", "does not lie above"), ("1e3", "no finite"), ("0x10", "no finite"),
      ("1:99999999999999999999:1", "no finite"), ("0:9000000000000000000:0.001", "too many digits"),
      ("0.1234567890123456", "no finite"), ("1:1000000:1", "more than"),
      ("-9000000000000000000:9000000000000000000:1", "too long"),
    ])
  func wrongRanges(text: String, part: String) {
    let error = #expect(throws: ScalingError.self) { try ScalingAxis(parsing: text) }
    #expect(error?.description.contains(part) ?? false, "\(String(describing: error))")
  }

  @Test("decimals compare, multiply and read as numbers do")
  func decimals() {
    let texts = ["-2", "-1.5", "0", "0.001", "0.01", "1", "1.15", "1.2", "9007199254740993", "9223372036854775807"]
    let values = texts.compactMap { ExactDecimal($0) }
    #expect(values.count == texts.count)
    #expect(values == values.shuffled().sorted())
    #expect(values.map(\.description) == texts)
    #expect(values.map(\.double) == texts.map { Double($0) })
    #expect(ExactDecimal("1.15")?.multiplied(by: ExactDecimal("1.15") ?? ExactDecimal(0)) == ExactDecimal("1.3225"))
    #expect(ExactDecimal("9223372036854775807")?.multiplied(by: ExactDecimal(2)) == nil)
  }
}
