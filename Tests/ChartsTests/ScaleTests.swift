import Testing

@testable import Charts

private func labels(_ low: Double, _ high: Double, unit: String = "", isTight: Bool = false) -> [String] {
  let axis = Chart.Axis("", unit: unit, includesZero: false)
  return Scale([low, high], axis, isTight: isTight, count: 7, from: 0, length: 100).ticks.map(\.label)
}

@Suite struct ScaleTests {
  @Test func labelsShareOnePrefixAndDropNoDigitTheyNeed() {
    #expect(labels(0, 4.1e9, unit: "MACs") == ["0", "1 GMACs", "2 GMACs", "3 GMACs", "4 GMACs", "5 GMACs"])
    #expect(labels(0, 25e6) == ["0", "5 M", "10 M", "15 M", "20 M", "25 M"])
    #expect(labels(32, 640, isTight: true) == ["100", "200", "300", "400", "500", "600"])
    #expect(labels(0, 7000) == ["0", "1,000", "2,000", "3,000", "4,000", "5,000", "6,000", "7,000"])
    #expect(labels(0, 0.3) == ["0", "0.05", "0.10", "0.15", "0.20", "0.25", "0.30"])
    #expect(labels(-2e3, 2e3, unit: "B") == ["−2 kB", "−1 kB", "0", "1 kB", "2 kB"])
  }

  @Test func ticksAreNiceFewAndWithinTheAxis() {
    var state: UInt64 = 42
    func random() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let mantissa = Double(state >> 11) / 9_007_199_254_740_992 * 2 - 1
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      var value = mantissa
      for _ in 0..<(state >> 60) { value *= 10 }
      return value
    }
    for _ in 0..<2000 {
      let ends = [random(), random()].sorted()
      for isTight in [false, true] {
        let scale = Scale(
          ends, .init("", includesZero: false), isTight: isTight, count: 7, from: 500, length: -340)
        let ticks = scale.ticks
        #expect(ticks.count >= 2 && ticks.count <= 10)
        #expect(scale.lower <= ends[0] && scale.upper >= ends[1])
        #expect(Set(ticks.map(\.label)).count == ticks.count)
        #expect(ticks.allSatisfy { (159.9...500.1).contains(scale.place($0.value)) })
      }
    }
  }

  @Test func equalValuesGetAnAxisAllTheSame() {
    for value in [0, 1, -3, 1e15, 1e99, -1e99, 1e-120] as [Double] {
      let scale = Scale([value], .init("", includesZero: false), isTight: false, count: 7, from: 0, length: 100)
      #expect(scale.lower < scale.upper)
      #expect(scale.ticks.count >= 2)
    }
  }

  @Test func numbersAreWrittenInFull() {
    #expect(DecimalText.fixed(1234.5, decimals: 1) == "1,234.5")
    #expect(DecimalText.fixed(-0.04, decimals: 1) == "0")
    #expect(DecimalText.fixed(0.05, decimals: 2) == "0.05")
    #expect(DecimalText.coordinate(-0.04) == "0")
    #expect(DecimalText.coordinate(12.34) == "12.3")
    #expect(DecimalText.coordinate(-7.25) == "-7.3")
    #expect(DecimalText.coordinate(1e300) == "100000000")
  }
}
