import Architectures
import NetworkGraph
import Scaling
import SymbolicIntegers
import TestSupport
import Testing

/// Families scaled from their baseline against sizes measured with timm, torchvision and pycls.
@Suite("Scaled baselines are the published networks")
struct PublishedScalingTests {
  /// Parameters, MACs and activations of a scaled baseline.
  private func costs(_ model: String, _ factors: ScalingFactors, side: Int) throws -> [Int] {
    let family = try ScaledFamily(ScaledFamily.baseline(named: model))
    func axis(_ value: Double) throws -> ScalingAxis { try ScalingAxis(parsing: "\(value)") }
    let space = try SweepSpace(
      family, depths: axis(factors.depth), widths: axis(factors.width), resolutions: ScalingAxis(side))
    let rows = space.rows(of: 0..<1)
    try #require(rows.count == 1)
    return (3...5).map { Int(rows.number(column: $0, row: 0)) }
  }

  /// Width, depth, side, parameters and MACs, and pycls's activations of those that it has: torch 2.15 on the meta device
  /// over timm 1.0.31.
  private static let efficientNets: [(Double, Double, Int, Int, Int, Int?)] = [
    (1.0, 1.0, 224, 5_288_548, 385_814_752, 6_748_036), (1.0, 1.1, 240, 7_794_184, 686_802_832, 10_884_328),
    (1.1, 1.2, 260, 9_109_994, 993_561_872, 13_832_834), (1.2, 1.4, 300, 12_233_232, 1_827_141_392, 23_831_296),
    (1.4, 1.8, 380, 19_341_616, 4_393_771_024, 49_489_032), (1.6, 2.2, 456, 30_389_784, 10_266_384_752, 98_857_400),
    (1.8, 2.6, 528, 43_040_704, 19_067_593_536, nil), (2.0, 3.1, 600, 66_347_960, 37_745_884_192, nil),
  ]

  @Test("EfficientNet B0 to B7 from B0 and the released coefficients", arguments: efficientNets.indices)
  func efficientNet(index: Int) throws {
    let (width, depth, side, parameters, macs, activations) = Self.efficientNets[index]
    let costs = try costs("efficientnet", ScalingFactors(depth: depth, width: width), side: side)
    #expect(costs[0] == parameters)
    #expect(costs[1] == macs)
    if let activations { #expect(costs[2] == activations) }
  }

  @Test("EfficientNetV2 B1 to B3 from B0")
  func secondVersion() throws {
    // Tan and Le's code: width, depth, side; timm's counts.
    for (name, width, depth, side) in [
      ("tf_efficientnetv2_b1", 1.0, 1.1, 192), ("tf_efficientnetv2_b2", 1.1, 1.2, 208),
      ("tf_efficientnetv2_b3", 1.2, 1.4, 240),
    ] {
      let row = try #require(Golden.rows("zoo_totals.csv").first { $0["model"] == name })
      let costs = try costs("efficientnetv2", ScalingFactors(depth: depth, width: width), side: side)
      #expect(costs[0] == row.number("parameters"))
      #expect(costs[1] == row.number("macs"))
    }
    #expect(try costs("EfficientNetV2", ScalingFactors(), side: 192).prefix(2) == [7_139_704, 528_186_752])
  }

  @Test(
    "MobileNets of every width from the network of width 1",
    arguments: [
      ("mobilenetv1_100", 0.25, "mobilenetv1_025"), ("mobilenetv1_100", 0.5, "mobilenetv1_050"),
      ("mobilenetv1_100", 0.75, "mobilenetv1_075"), ("mobilenetv1_100", 1.25, "mobilenetv1_125"),
      ("mobilenet_v2", 0.35, "mobilenetv2_035"), ("mobilenet_v2", 0.75, "mobilenetv2_075"),
      ("mobilenet_v2", 1.3, "mobilenetv2_130"), ("mobilenetv3_large_100", 0.75, "mobilenetv3_large_075"),
      ("tf_mobilenetv3_small_100", 0.75, "tf_mobilenetv3_small_075"),
    ])
  func mobileNets(baseline: String, width: Double, model: String) throws {
    let row = try #require(Golden.rows("zoo_totals.csv").first { $0["model"] == model })
    let costs = try costs(baseline, ScalingFactors(width: width), side: 224)
    #expect(costs[0] == row.number("parameters"))
    #expect(costs[1] == row.number("macs"))
  }

  @Test("the table of MobileNet's widths and resolutions, as far as its printed digits go")
  func mobileNetTable() throws {
    // Howard et al. 2017, tables 6 and 7: million MACs, which round as printed.
    for (width, side, printed) in [
      (1.0, 224, 569), (0.75, 224, 325), (0.5, 224, 149), (0.25, 224, 41), (1.0, 192, 418), (1.0, 160, 290),
      (1.0, 128, 186),
    ] {
      let macs = try costs("mobilenetv1", ScalingFactors(width: width), side: side)[1]
      #expect(abs(Double(macs) / 1e6 - Double(printed)) < 1, "\(width) \(side): \(macs)")
    }
  }

  @Test("a factor of 1 leaves every network of the catalogue as published")
  func identity() throws {
    for entry in Catalog.entries {
      guard let staged = entry.architecture as? any StagedArchitecture else { continue }
      let scaled = staged.scaled(by: ScalingFactors())
      let published = try #require(entry.tabulated.architecture as? any StagedArchitecture)
      #expect(scaled.stageRepeats == published.stageRepeats, "\(entry.name)")
      #expect(try scaled.settings == published.settings || scaled is RegNet, "\(entry.name)")
    }
  }
}
