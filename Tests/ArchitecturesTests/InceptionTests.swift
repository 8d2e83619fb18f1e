import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import Testing

/// The Inception line and the searched networks, against the numbers of their papers.
@Suite("Published figures of Inception and its kin")
struct InceptionTests {
  /// A row of GoogLeNet's table 1: modules, the output's shape, weights and multiply-accumulates by hand, and what the
  /// table prints, in units of 1024 parameters and 10^6 operations.
  struct Row: Sendable {
    var modules: [String]
    var shape: String
    var weights: Int
    var macs: Int
    var printedParameters: Double
    var printedOperations: Double
  }

  static let table1: [Row] = [
    Row(
      modules: ["conv1"], shape: "1x64x112x112", weights: 9_408, macs: 118_013_952, printedParameters: 2.7,
      printedOperations: 34),
    Row(
      modules: ["conv2", "conv3"], shape: "1x192x56x56", weights: 114_688, macs: 359_661_568, printedParameters: 112,
      printedOperations: 360),
    Row(
      modules: ["inception3a"], shape: "1x256x28x28", weights: 163_328, macs: 128_049_152, printedParameters: 159,
      printedOperations: 128),
    Row(
      modules: ["inception3b"], shape: "1x480x28x28", weights: 388_096, macs: 304_267_264, printedParameters: 380,
      printedOperations: 304),
    Row(
      modules: ["inception4a"], shape: "1x512x14x14", weights: 375_552, macs: 73_608_192, printedParameters: 364,
      printedOperations: 73),
    Row(
      modules: ["inception4b"], shape: "1x512x14x14", weights: 448_512, macs: 87_908_352, printedParameters: 437,
      printedOperations: 88),
    Row(
      modules: ["inception4c"], shape: "1x512x14x14", weights: 509_440, macs: 99_850_240, printedParameters: 463,
      printedOperations: 100),
    Row(
      modules: ["inception4d"], shape: "1x528x14x14", weights: 604_672, macs: 118_515_712, printedParameters: 580,
      printedOperations: 119),
    Row(
      modules: ["inception4e"], shape: "1x832x14x14", weights: 867_328, macs: 169_996_288, printedParameters: 840,
      printedOperations: 170),
    Row(
      modules: ["inception5a"], shape: "1x832x7x7", weights: 1_042_432, macs: 51_079_168, printedParameters: 1072,
      printedOperations: 54),
    Row(
      modules: ["inception5b"], shape: "1x1024x7x7", weights: 1_442_816, macs: 70_697_984, printedParameters: 1388,
      printedOperations: 71),
    Row(
      modules: ["fc"], shape: "1x1000", weights: 1_024_000, macs: 1_024_000, printedParameters: 1000,
      printedOperations: 1),
  ]

  @Test("GoogLeNet's table 1 row by row: shapes, weights and operations", arguments: table1)
  func googLeNetRow(row: Row) throws {
    let analysis = try NetworkAnalysis(graph(of: "googlenet_paper"))
    let nodes = analysis.graph.nodes.filter { node in
      let module = analysis.graph.modulePath(of: node).prefix { $0 != "." }
      return row.modules.contains(String(module))
    }
    #expect(nodes.last.map { "\($0.outputs[0].shape)" } == row.shape)
    var weights = 0
    for index in nodes.flatMap(\.parameters) where analysis.graph.parameters[index].spec.name == "weight" {
      weights += try #require(analysis.graph.parameters[index].spec.shape.elementCount.constant)
    }
    #expect(weights == row.weights)
    #expect(CountingConvention.macs.count(analysis.measures(of: nodes.map(\.id)).operations).constant == row.macs)
  }

  @Test("the errata of GoogLeNet's table 1 are seven rows of parameters and two of operations")
  func googLeNetErrata() {
    // The first row prints a 7x1 and 1x7 pair: 14 x 3 x 64 = 2688 weights, 33.7 million operations; 9408 and 118 million
    // are those of the 7x7 filters it names. For the other rows no explanation is known.
    let parameters = Self.table1.filter { abs(Double($0.weights) / 1024 - $0.printedParameters) > 1 }
    #expect(
      parameters.map(\.modules)
        == [
          ["conv1"], ["inception4a"], ["inception4c"], ["inception4d"], ["inception4e"], ["inception5a"],
          ["inception5b"],
        ])
    let operations = Self.table1.filter { abs(Double($0.macs) / 1e6 - $0.printedOperations) > 1 }
    #expect(operations.map(\.modules) == [["conv1"], ["inception5a"]])
    #expect(14 * 3 * 64 == 2688 && 2688 * 112 * 112 / 1_000_000 == 33)
  }

  @Test("GoogLeNet's auxiliary heads count apart: the network stays the same, training has more parameters")
  func auxiliaryHeads() throws {
    let plain = try NetworkAnalysis(graph(of: "googlenet_paper"))
    let trained = try NetworkAnalysis(graph(of: "googlenet_paper_aux"))
    #expect(plain.trainingOnly.parameters == 0)
    #expect(trained.total.parameters == plain.total.parameters)
    #expect(CountingConvention.macs.count(trained.total.operations).constant == 1_582_671_872)
    // Section 5: 1x1 convolution to 128 channels on 4 x 4 positions, 1024 units, 1000 classes; behind 4a and 4d.
    func head(_ channels: Int) -> Int { (channels * 128 + 128) + (2048 * 1024 + 1024) + (1024 * 1000 + 1000) }
    #expect(trained.trainingOnly.parameters.constant == head(512) + head(528))
    // torchvision's heads: the same with a norm in place of the bias, 6,379,984 parameters.
    let torchvision = try NetworkAnalysis(graph(of: "googlenet_aux"))
    #expect(torchvision.trainingOnly.parameters == 6_379_984)
  }

  @Test("the naive module's maps grow without bound: every module passes its whole input on")
  func naiveModule() throws {
    let graph = try graph(of: "googlenet_naive")
    let inputs = graph.nodes.filter { $0.name == "cat" }.map { $0.outputs[0].shape[1].constant }
    var channels = 192
    let expected = GoogLeNet.table1.flatMap { $0 }.map { module -> Int? in
      channels += (module.one + module.three + module.five).constant ?? 0
      return channels
    }
    #expect(inputs == expected)
  }

  @Test("ZFNet has its figure's sides, and 62,357,608 parameters; with wide layers 107,627,624")
  func zfnet() throws {
    let analysis = try NetworkAnalysis(graph(of: "zfnet"))
    #expect(analysis.total.parameters == 62_357_608)
    #expect(try NetworkAnalysis(graph(of: "zfnet_wide")).total.parameters == 107_627_624)
    // Figure 3: sides of the convolutions' outputs and of the pools'.
    let sides = analysis.graph.nodes.compactMap { node -> Dimension? in
      switch node.operation {
      case .convolution, .pool: node.outputs[0].shape[2]
      default: nil
      }
    }
    #expect(sides == [110, 55, 26, 13, 13, 13, 13, 6])
  }

  @Test("SqueezeNet's weights take the paper's 4.8 MB, which are MiB")
  func squeezeNet() throws {
    let parameters = try #require(NetworkAnalysis(graph(of: "squeezenet1_0")).total.parameters.constant)
    #expect((Double(parameters * 4) / 1_048_576 * 10).rounded() == 48)
  }

  @Test("BN-Inception has its figure's maps; the Caffe model has wider 4c and 4d and 11,295,240 parameters")
  func batchNormInception() throws {
    func channels(_ model: String) throws -> [String] {
      let graph = try graph(of: model)
      return graph.nodes.filter { $0.name.hasSuffix("_output") }.map { "\($0.outputs[0].shape)" }
    }
    // Figure 5's column of output sizes. The figure gives 3c and 4e the size of their input; they halve it.
    #expect(
      try channels("inception_v2") == [
        "1x256x28x28", "1x320x28x28", "1x576x14x14", "1x576x14x14", "1x576x14x14", "1x576x14x14", "1x576x14x14",
        "1x1024x7x7", "1x1024x7x7", "1x1024x7x7",
      ])
    #expect(
      try channels("bninception")[5...] == ["1x608x14x14", "1x608x14x14", "1x1056x7x7", "1x1024x7x7", "1x1024x7x7"])
    #expect(try NetworkAnalysis(graph(of: "bninception")).total.parameters == 11_295_240)
  }

  /// Parameters and multiply-accumulates in millions as papers print them, with the digits behind the point.
  static let published: [(model: String, parameters: Double, macs: Double, digits: (Int, Int))] = [
    // Tan and Le 2019 (EfficientNet), table 2.
    ("inception_v3_noaux", 24, 5700, (0, -2)),
    ("legacy_xception", 23, 8400, (0, -2)),
    ("inception_resnet_v2", 56, 13_000, (0, -3)),
    ("nasnetalarge", 89, 24_000, (0, -3)),
    ("pnasnet5large", 86, 25_000, (0, -3)),
    // Zoph et al. 2018, table 2.
    ("nasnetamobile", 5.3, 564, (1, 0)),
    // Han et al. 2020, tables 6 and 7.
    ("ghostnet_050", 2.6, 42, (1, 0)),
    ("ghostnet_100", 5.2, 141, (1, 0)),
  ]

  @Test("published parameters and operations to the printed digits", arguments: published.indices)
  func publishedTotals(index: Int) throws {
    let (model, parameters, macs, digits) = Self.published[index]
    let total = try NetworkAnalysis(graph(of: model)).total
    func rounded(_ count: Dimension, _ digits: Int) throws -> Int {
      var unit = 1_000_000.0
      for _ in 0..<abs(digits) { unit = digits > 0 ? unit / 10 : unit * 10 }
      return Int((Double(try #require(count.constant)) / unit).rounded())
    }
    func scaled(_ value: Double, _ digits: Int) -> Int {
      var value = value
      for _ in 0..<abs(digits) { value = digits > 0 ? value * 10 : value / 10 }
      return Int(value.rounded())
    }
    #expect(try rounded(total.parameters, digits.0) == scaled(parameters, digits.0))
    #expect(try rounded(CountingConvention.macs.count(total.operations), digits.1) == scaled(macs, digits.1))
  }

  @Test("published figures that do not compute, and why")
  func explained() throws {
    func total(_ model: String) throws -> (parameters: Int, buffers: Int, macs: Int) {
      let total = try NetworkAnalysis(graph(of: model)).total
      return (
        try #require(total.parameters.constant), try #require(total.buffers.constant),
        try #require(CountingConvention.macs.count(total.operations).constant)
      )
    }
    // Zoph et al. 2018, table 2: 88.9 M parameters for 6 @ 4032 include the norms' running statistics.
    let large = try total("nasnetalarge")
    #expect(large.parameters == 88_753_150)
    #expect(large.parameters + large.buffers == 88_949_818)
    // Liu et al. 2018, table 5: 5.1 M and 588 M for the mobile network; the operations compute to 587.3 M.
    let mobile = try total("pnasnet5mobile")
    #expect((mobile.parameters + 50_000) / 100_000 == 51)
    #expect(mobile.macs == 587_293_200)
    // Tan and Le 2019, table 2, give Inception v4 48 M and 13 G: more than the 42.7 M and 12.3 G of the network itself.
    let inception = try total("inception_v4")
    #expect(inception.parameters == 42_679_816 && inception.macs == 12_253_974_624)
    // The same table gives PNASNet 23 G; its own paper's 25.0 G is 24.9 G.
    #expect(try total("pnasnet5large").macs == 24_937_395_792)
    // Han et al. 2020 print 7.3 M and 226 M for the 1.3x network: 7.36 M and 227.0 M.
    let ghost = try total("ghostnet_130")
    #expect(ghost.parameters == 7_358_820 && ghost.macs == 227_003_256)
  }

  @Test("backbones end at strides 4 to 32 also where unpadded windows cut off borders")
  func backbones() throws {
    func outputs(_ model: String, input: Shape? = nil) throws -> [String] {
      let graph = try graph(of: model, input: input).backbone()
      return graph.outputs.map { "\($0.name) \(graph.type(of: $0.value).shape)" }
    }
    // Channels and reductions of timm's feature_info, sides by the windows.
    #expect(
      try outputs("inception_v4")
        == ["stride4 1x160x73x73", "stride8 1x384x35x35", "stride16 1x1024x17x17", "stride32 1x1536x8x8"])
    #expect(
      try outputs("nasnetalarge")
        == ["stride4 1x168x83x83", "stride8 1x1008x42x42", "stride16 1x2016x21x21", "stride32 1x4032x11x11"])
    #expect(
      try outputs("ghostnet_100")
        == ["stride4 1x24x56x56", "stride8 1x40x28x28", "stride16 1x112x14x14", "stride32 1x160x7x7"])
    #expect(
      try outputs("legacy_xception")
        == ["stride4 1x128x74x74", "stride8 1x256x37x37", "stride16 1x728x19x19", "stride32 1x2048x10x10"])
    let symbolic = try graph(of: "inception_v3", input: [1, 3, .symbol("H"), .symbol("W")]).backbone()
    #expect(symbolic.outputs.map(\.name) == ["stride4", "stride8", "stride16", "stride32"])
    // The auxiliary head is no part of it.
    #expect(symbolic.nodes.allSatisfy { !$0.isTrainingOnly })
  }
}
