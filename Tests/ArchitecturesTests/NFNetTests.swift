import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import Testing

@Suite("NFNet")
struct NFNetTests {
  /// Brock et al. 2021, arXiv:2102.06171, tables 1 and 3: side for tests, FLOPs in 10^9, parameters in 10^6; and the
  /// exact multiply-accumulates behind the FLOPs.
  static let published: [(side: Int, flops: String, parameters: String, macs: Int)] = [
    (256, "12.38", "71.5", 12_384_198_656), (320, "35.54", "132.6", 35_538_968_576),
    (352, "62.59", "193.8", 62_592_978_944), (416, "114.76", "254.9", 114_763_501_568),
    (512, "215.24", "316.1", 215_241_187_328), (544, "289.76", "377.2", 289_757_106_176),
    (576, "377.28", "438.4", 377_280_307_200),
  ]

  @Test(
    "all seven published FLOPs are multiply-accumulates at the side for tests, to the printed digit", arguments: 0..<7)
  func publishedCosts(index: Int) throws {
    let row = Self.published[index]
    let side = Dimension(row.side)
    for name in ["dm_nfnet_f\(index)", "nfnet_f\(index)"] {
      let total = try NetworkAnalysis(graph(of: name, input: [1, 3, side, side])).total
      let macs = try #require(CountingConvention.macs.count(total.operations).constant)
      #expect(macs == row.macs)
      #expect(decimal(macs, unit: 1_000_000_000, digits: 2) == row.flops)
      // The paper counts no SkipInit gains; they are too few to show.
      #expect(decimal(try #require(total.parameters.constant), unit: 1_000_000, digits: 1) == row.parameters)
    }
  }

  private func decimal(_ value: Int, unit: Int, digits: Int) -> String {
    let scale = digits == 1 ? 10 : 100
    let rounded = (value * scale + unit / 2) / unit
    let fraction = "00\(rounded % scale)".suffix(digits)
    return "\(rounded / scale).\(fraction)"
  }

  @Test("F0's betas follow the variance, which a stage's first block resets")
  func betas() throws {
    let graph = try graph(of: "dm_nfnet_f0")
    var factors: [String: [Double]] = [:]
    for node in graph.nodes {
      if case .affine(let affine) = node.operation {
        factors[graph.path(ofScope: node.scope), default: []].append(affine.factor)
      }
    }
    // timm 1.0.31: `beta` of every block. A block then doubles its attention and takes a fifth of its branch.
    let betas = [
      [1.0], [0.9805806756909201, 0.9805806756909201],
      [
        0.9622504486493761, 0.9805806756909201, 0.9622504486493761, 0.9449111825230679, 0.9284766908852592,
        0.9128709291752768,
      ], [0.8980265101338745, 0.9805806756909201, 0.9622504486493761],
    ]
    for (stage, values) in betas.enumerated() {
      for (block, beta) in values.enumerated() {
        let found = try #require(factors["stages.\(stage).\(block)"])
        #expect(found.count == 3 && abs(found[0] - beta) < 1e-15 && found[1...] == [2, 0.2])
        #expect(factors["stages.\(stage).\(block).act2b"] == [1.7015043497085571])
      }
    }
  }

  @Test("gamma lies in the activations of the authors' networks and in the weights of timm's")
  func gamma() throws {
    func factors(_ model: String) throws -> Set<Double> {
      Set(
        try graph(of: model).nodes.compactMap { node -> Double? in
          guard case .convolution(let convolution) = node.operation else { return nil }
          return convolution.standardization?.factor
        })
    }
    #expect(try factors("dm_nfnet_f0") == [1])
    #expect(try factors("nfnet_f0") == [1.7015043497085571])
    #expect(try factors("nf_resnet50") == [1.7139588594436646])
  }

  @Test("the drop probability grows from 0 by equal steps over all blocks")
  func stochasticDepth() throws {
    let probabilities = try graph(of: "dm_nfnet_f0").nodes.compactMap { node -> Double? in
      guard case .identity(.stochasticDepth(let probability)) = node.operation else { return nil }
      return probability
    }
    #expect(probabilities == (0..<12).map { 0.25 * Double($0) / 12 })
  }
}
