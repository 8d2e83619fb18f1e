import Scaling
import Testing

@Suite struct AxisTests {
  @Test func stepsAreExactAndEndsIncluded() throws {
    let axis = try ScalingAxis(parsing: "1.0:3.1:0.1")
    #expect(axis.count == 22)
    #expect(axis.last == ExactDecimal("3.1"))
    #expect(axis.values.map(\.description)[10...12] == ["2", "2.1", "2.2"])
    #expect(axis.values.allSatisfy { Double($0.description) == $0.double })
    #expect(
      try ScalingAxis(parsing: "224:600:8").values.map(\.integer) == stride(from: 224, through: 600, by: 8).map { $0 })
  }
}
