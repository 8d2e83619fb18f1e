import Scaling
import Testing

/// Networks that authors released beside what rules make of their baseline.
struct ReleasedTests {
  /// The numbers that the paper's constants give at phi = 7, and those that were released.
  @Test func coefficientsAreNoPowers() throws {
    let released = try ReleasedNetworks(of: ScaledFamily(ScaledFamily.baseline(named: "tf_efficientnet_b0")))
    #expect(abs(released.scaling.product - 1.92027) < 5e-6)
    let compounds = released.members.compactMap(\.compound)
    #expect(compounds.prefix(8).map(\.phi) == Array(0...7))
    let last = try #require(compounds.first { $0.phi == 7 })
    let (width, depth) = (last.ideal.width * 100, last.ideal.depth * 100)
    #expect(width.rounded() == 195)
    #expect(depth.rounded() == 358)
    #expect(last.idealSide == 596)
    #expect(last.released.width == 2 && last.released.depth == 3.1)
    #expect(released.members.prefix(8).map(\.side) == [224, 240, 260, 300, 380, 456, 528, 600])
    // timm's counts of parameters.
    #expect(
      released.members.prefix(8).map(\.costs.parameters) == [
        5_288_548, 7_794_184, 9_109_994, 12_233_232, 19_341_616, 30_389_784, 43_040_704, 66_347_960,
      ])
  }

  /// Tables of another kind, with other columns, have nothing to compare: timm's own ResNets list the stem's width, too.
  @Test func onlyTablesOfOneKindAreCompared() throws {
    let released = try ReleasedNetworks(of: ScaledFamily(ScaledFamily.baseline(named: "resnet50")))
    #expect(released.members.map(\.entry.name) == ["resnet50", "resnet18", "resnet34", "resnet101", "resnet152"])
    #expect(released.members.allSatisfy { $0.widthRatios == [1] })
  }

  /// B0 to B3 are scaled; S to XL are tables, and M has a stage more.
  @Test func tablesGrowUnevenly() throws {
    let released = try ReleasedNetworks(of: ScaledFamily(ScaledFamily.baseline(named: "tf_efficientnetv2_b0")))
    func member(_ size: String) throws -> ReleasedNetworks.Member {
      try #require(released.members.first { $0.entry.name == "tf_efficientnetv2_\(size)" })
    }
    for size in ["b0", "b1", "b2", "b3"] { #expect(try member(size).compound != nil) }
    for size in ["s", "m", "l", "xl"] { #expect(try member(size).compound == nil) }
    // Tan and Le 2021, section 5.1: no image is larger than 480.
    #expect(released.largestSide == 480)
    let medium = try member("m")
    #expect(medium.repeats == [3, 5, 5, 7, 14, 18, 5])
    let depths: [Double] = [3, 2.5, 2.5, 7.0 / 3, 2.8, 2.25]
    #expect(medium.depthRatios == depths)
    // Stem 24 of 32, stages 24 of 16 to 304 of 192, head 1280 of 1280: the seventh stage has nothing beside it.
    let channels: [(Double, Double)] = [
      (24, 32), (24, 16), (48, 32), (80, 48), (160, 96), (176, 112), (304, 192), (1280, 1280),
    ]
    let expected = channels.map { $0.0 / $0.1 }
    #expect(medium.widthRatios == expected)
  }

  /// A family that no rule scaled: networks without factors, their ratios alone.
  @Test func familiesWithoutFactors() throws {
    let released = try ReleasedNetworks(of: ScaledFamily(ScaledFamily.baseline(named: "resnet50")))
    #expect(released.members.allSatisfy { $0.compound == nil })
    let deeper = try #require(released.members.first { $0.entry.name == "resnet101" })
    let depths: [Double] = [1, 1, 23.0 / 6, 1]
    #expect(deeper.depthRatios == depths)
    #expect(released.members[0].entry.name == "resnet50")
  }
}
