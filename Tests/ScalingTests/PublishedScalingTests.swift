import Analysis
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

  /// Width, depth, side, parameters and MACs, and pycls's activations of those that it has: torch 2.15 on the meta
  /// device over timm 1.0.31.
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

@Suite("RegNet's design space")
struct RegNetSpaceTests {
  /// Radosavovic et al. 2020: (d, w0, wa, wm, g) of the published networks, X then Y; pycls's names.
  private static let published: [(String, Int, Int, Double, Double, Int)] = [
    ("X-200MF", 13, 24, 36.44, 2.49, 8), ("X-400MF", 22, 24, 24.48, 2.54, 16), ("X-600MF", 16, 48, 36.97, 2.24, 24),
    ("X-800MF", 16, 56, 35.73, 2.28, 16), ("X-1.6GF", 18, 80, 34.01, 2.25, 24), ("X-3.2GF", 25, 88, 26.31, 2.25, 48),
    ("X-4.0GF", 23, 96, 38.65, 2.43, 40), ("X-6.4GF", 17, 184, 60.83, 2.07, 56), ("X-8.0GF", 23, 80, 49.56, 2.88, 120),
    ("X-12GF", 19, 168, 73.36, 2.37, 112), ("X-16GF", 22, 216, 55.59, 2.1, 128), ("X-32GF", 23, 320, 69.86, 2.0, 168),
    ("Y-200MF", 13, 24, 36.44, 2.49, 8), ("Y-400MF", 16, 48, 27.89, 2.09, 8), ("Y-600MF", 15, 48, 32.54, 2.32, 16),
    ("Y-800MF", 14, 56, 38.84, 2.4, 16), ("Y-1.6GF", 27, 48, 20.71, 2.65, 24), ("Y-3.2GF", 21, 80, 42.63, 2.66, 24),
    ("Y-4.0GF", 22, 96, 31.41, 2.24, 64), ("Y-6.4GF", 25, 112, 33.22, 2.27, 72), ("Y-8.0GF", 17, 192, 76.82, 2.19, 56),
    ("Y-12GF", 19, 168, 73.36, 2.37, 112), ("Y-16GF", 18, 200, 106.23, 2.48, 112),
    ("Y-32GF", 20, 232, 115.89, 2.53, 232),
  ]

  @Test("the 24 networks come out of their five numbers", arguments: published.indices)
  func publishedNetworks(index: Int) throws {
    let (name, depth, initial, slope, multiplier, group) = Self.published[index]
    let rows = try Golden.rows("pycls.csv")
    let row = try #require(rows.first { $0["config"].contains("/RegNet\(name)_dds") })
    let baseline = try #require(Catalog.entry(named: name.hasPrefix("X") ? "regnetx_002" : "regnety_002"))
    let space = try SweepSpace(
      ScaledFamily(
        baseline.with(settings: [
          "depth=\(depth)", "initialWidth=\(initial)", "slope=\(slope)", "multiplier=\(multiplier)",
          "groupWidth=\(group)",
        ])))
    let costs = space.rows(of: 0..<1)
    #expect(Int(costs.number(column: 3, row: 0)) == row.number("params"))
    #expect(Int(costs.number(column: 5, row: 0)) == row.number("acts"))
    // pycls counts an addition for each output with a bias, which the column of MACs leaves out.
    let work = try NetworkAnalysis(space.graph(at: 0)).total.operations
    #expect(CountingConvention.macsBias.count(work).constant == row.number("flops"))
    #expect(CountingConvention.macs.count(work).constant == Int(costs.number(column: 4, row: 0)))
  }

  @Test("draws depend on seed and number alone, lie within the bounds, and are what their numbers say")
  func draws() throws {
    let baseline = try #require(Catalog.entry(named: "regnetx_002"))
    let space = try RegNetSpace(baseline, count: 400, seed: 3, side: 64)
    let again = try RegNetSpace(baseline, count: 40, seed: 3, side: 64)
    let other = try RegNetSpace(baseline, count: 400, seed: 4, side: 64)
    #expect((0..<40).allSatisfy { space.key(of: $0) == again.key(of: $0) })
    #expect((0..<40).contains { space.key(of: $0) != other.key(of: $0) })
    for index in 0..<400 {
      let network = space.network(index)
      #expect(space.bounds.depth.contains(network.depth))
      #expect(space.bounds.initialWidth.contains(network.initialWidth))
      #expect(space.bounds.slope.contains(Int(network.slope)))
      #expect((1.5...3).contains(network.multiplier))
      #expect(space.bounds.groupWidth.contains(network.groupWidth) && network.groupWidth.isMultiple(of: 8))
    }
    let rows = space.rows(of: 0..<60)
    #expect(rows.count + rows.failures.count == 60 && rows.count > 10 && !rows.failures.isEmpty)
    for (row, index) in rows.indices.enumerated() {
      #expect(space.network(index).stages.count == 4)
      #expect(Int(rows.number(column: 0, row: row)) == space.network(index).depth)
      #expect(rows.number(column: 3, row: row) == space.network(index).multiplier)
    }
    #expect(space.rows(of: 20..<50).indices == rows.indices.filter { (20..<50).contains($0) })
  }

  @Test("the empirical distribution counts what is at most a value")
  func distribution() {
    let values = [3.0, 1, 2, 2, .nan, 5]
    let distribution = EmpiricalDistribution(values)
    for value in [0.0, 1, 1.5, 2, 3, 4, 5, 6] {
      #expect(distribution.share(upTo: value) == Double(values.count { $0 <= value }) / 5)
    }
    #expect(distribution.quantile(0.5) == 2 && distribution.quantile(1) == 5 && distribution.quantile(0) == 1)
    #expect(EmpiricalDistribution([]).quantile(0.5) == nil)
  }
}

@Suite("Rules that divide a growth")
struct ScalingRuleTests {
  @Test(
    "d * w^2 * r^2 is the growth, whatever the rule", arguments: ["d", "w", "r", "dw", "dwr", "d1_w8_g8_r1", "d2_r0.5"])
  func growth(text: String) throws {
    let rule = try #require(ScalingRule(parsing: text))
    for growth in [1.0, 1.7, 2, 16] {
      let (factors, resolution) = rule.factors(growth: growth)
      let product = factors.depth * factors.width * factors.width * resolution * resolution
      #expect(abs(product / growth - 1) < 1e-12)
    }
  }

  @Test("the laws are those of the paper's table")
  func laws() throws {
    // Dollár, Singh and Girshick 2021, table 1 and section 4: parameters and activations.
    for (text, parameters, activations) in [
      ("d", 1, 1), ("w", 1, 0.5), ("r", 0, 1), ("dw", 1, 0.75), ("dr", 0.5, 1), ("wr", 0.5, 0.75),
      ("dwr", 2.0 / 3, 5.0 / 6), ("d1_w8_g8_r1", 0.9, 0.6),
    ] {
      let laws = try #require(ScalingRule(parsing: text)).laws
      #expect(abs(laws.parameters - parameters) < 1e-12 && abs(laws.activations - activations) < 1e-12)
    }
  }

  @Test("fast scaling grows width and groups most", arguments: [4.0])
  func fast(growth: Double) {
    // d = s^0.1, w = g = s^0.4, r = s^0.05.
    let (factors, resolution) = ScalingRule.fast.factors(growth: growth)
    #expect(abs(factors.depth - 1.148698354997035) < 1e-12)
    #expect(abs(factors.width - 1.7411011265922482) < 1e-12 && factors.groupWidth == factors.width)
    #expect(abs(resolution - 1.0717734625362931) < 1e-12)
  }

  @Test("other texts are no rules", arguments: ["", "x", "dd", "d1_d2", "g", "d-1", "d0_w0", "d1_", "dwrx", "d9999"])
  func wrongRules(text: String) { #expect(ScalingRule(parsing: text) == nil) }

  @Test("exact costs of RegNet grow by the laws, within what rounding and the ends of a network cost")
  func measured() throws {
    let family = try ScaledFamily(ScaledFamily.baseline(named: "regnety_004"), rounding: .nearest)
    for text in ["w", "r", "dwr", "d1_w8_g8_r1"] {
      let rule = try #require(ScalingRule(parsing: text))
      let measured = try MeasuredExponents(family, rule)
      #expect(abs(measured.macs - 1) < 0.05)
      #expect(abs(measured.parameters - rule.laws.parameters) < 0.05)
      #expect(abs(measured.activations - rule.laws.activations) < 0.1)
    }
  }
}
