import Analysis
import NetworkGraph
import SymbolicIntegers
import TestSupport
import Testing

/// One-operator networks against what seven tools measured on the same modules.
@Suite("Conventions on single operators")
struct SingleOperatorTests {
  /// A measured case as a network, with the tools' numbers that are wrong rather than different.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var input: Shape
    /// Convention (or count) to the true number, where the measured one is wrong.
    var corrected: [String: Int]
    var body: @Sendable (Feature) -> Feature

    var testDescription: String { name }

    init(
      _ name: String, _ input: Shape = [1, 8, 16, 16], corrected: [String: Int] = [:],
      _ body: @escaping @Sendable (Feature) -> Feature
    ) {
      (self.name, self.input, self.corrected, self.body) = (name, input, corrected, body)
    }
  }

  static let cases: [Case] = [
    Case("conv3x3 8>12 nobias") { $0.conv("conv", 12, kernel: 3, padding: 1, bias: false) },
    Case("conv3x3 8>12 bias") { $0.conv("conv", 12, kernel: 3, padding: 1) },
    Case("conv3x3 g=4 nobias") { $0.conv("conv", 12, kernel: 3, padding: 1, groups: 4, bias: false) },
    Case("dw3x3 dil2") { $0.conv("conv", 8, kernel: 3, padding: 2, dilation: 2, groups: 8, bias: false) },
    // thop multiplies by the output's elements, as torchinfo does: four times the true count at stride 2.
    Case("convT 3x3 s2 8>12 nobias", corrected: ["thop": 221_184]) {
      $0.apply(
        .transposedConvolution(
          TransposedConvolution(
            outputChannels: 12, window: Window(rank: 2, kernel: 3, stride: 2, padding: 1), outputPadding: 1,
            bias: false)), "conv")
    },
    Case("BN eval") { $0.batchNorm("norm") },
    Case("LN") { $0.apply(.layerNorm(LayerNorm()), "norm") },
    Case("GN") { $0.apply(.groupNorm(GroupNorm(groups: 4)), "norm") },
    Case("ReLU") { $0.relu() },
    Case("SiLU") { $0.activation(.silu, "act") },
    Case("Sigmoid") { $0.activation(.sigmoid, "act") },
    Case("GELU") { $0.activation(.gelu, "act") },
    Case("Hardswish") { $0.activation(.hardSwish, "act") },
    Case("Softmax") { $0.apply(.softmax(Softmax(axis: -1)), "softmax") },
    Case("MaxPool2") { $0.maxPool("pool", kernel: 2, stride: 2) },
    Case("MaxPool3s2") { $0.maxPool("pool", kernel: 3, stride: 2, padding: 1) },
    Case("AvgPool2") { $0.averagePool("pool", kernel: 2, stride: 2) },
    Case("AdaptiveAvg1") { $0.adaptiveAveragePool("pool") },
    Case("Upsample near x2") {
      $0.apply(.resize(Resize(.nearest(.floor), sizes: doubled, coordinates: .asymmetric)), "upsample")
    },
    Case("Upsample bilin x2") { $0.apply(.resize(Resize(.linear, sizes: doubled)), "upsample") },
    Case("Linear 32>10 bias", [1, 32]) { $0.linear("fc", 10) },
    Case("Linear 32>10 nobias", [1, 32]) { $0.linear("fc", 10, bias: false) },
    Case("Linear 3d tok", [1, 5, 32]) { $0.linear("fc", 10, bias: false) },
    Case("add x+x") { $0 + $0 },
    Case("x*sigmoid") { $0 * $0.activation(.sigmoid, "gate", origin: .function) },
    // thop counts modules only and sees no work in a functional convolution or a product.
    Case("functional conv param", corrected: ["thop": 221_184]) {
      $0.function(
        .convolution(
          Convolution(outputChannels: 12, window: Window(rank: 2, kernel: 3, padding: 1), bias: false)), "conv")
    },
    // calflops counts no product of activations either.
    Case("matmul", [8, 16, 16], corrected: ["macs": 32_768, "thop": 32_768]) {
      $0.function(.matrixProduct(MatrixProduct()), "matmul", with: $0)
    },
    // Only FlopCounterMode counts both products of the fused kernel: 2 x 8 x 16 x 16 x 16.
    Case(
      "sdpa (8h,16,16)", [8, 16, 16],
      corrected: ["macs": 65_536, "macs-bias": 65_536, "fvcore": 65_536, "thop": 65_536, "activations": 4096]
    ) { x in attention(x, x, x) },
    // Every tool leaves out the products of queries, keys and values, 2 x 4 x 10 x 10 x 8, and FlopCounterMode's fast
    // path and thop the projections too. fvcore does not see the products' outputs, 4 x 10 x 10 and 10 x 32.
    Case(
      "MHA d32 h4 n10", [1, 10, 32],
      corrected: [
        "macs": 47_360, "macs-bias": 47_360 + 1280, "flops": 94_720, "fvcore": 47_360, "thop": 47_360,
        "activations": 1280 + 400 + 320,
      ]
    ) { x in
      func heads(_ x: Feature, _ name: String) -> Feature {
        x.linear(name, 32).function(.view(.reshape([.size(10), .size(4), .size(8)])), "view")
          .function(.transpose(Transpose([1, 0, 2])), "transpose")
      }
      return attention(heads(x, "query"), heads(x, "key"), heads(x, "value"))
        .function(.transpose(Transpose([1, 0, 2])), "transpose")
        .function(.view(.flatten(from: 1, through: 2)), "merge").linear("out", 32)
    },
    Case("shared conv x2") { x in
      x.conv("conv", 8, kernel: 3, padding: 1, bias: false).conv("conv", 8, kernel: 3, padding: 1, bias: false)
    },
  ]

  private static let doubled: [Resize.Size] = [.factor(1), .factor(1), .factor(2), .factor(2)]

  private static func attention(_ query: Feature, _ key: Feature, _ value: Feature) -> Feature {
    query.function(.matrixProduct(MatrixProduct(transposesRight: true)), "scores", with: key)
      .function(.softmax(Softmax()), "softmax").function(.matrixProduct(MatrixProduct()), "mix", with: value)
  }

  @Test("the cases are those of the measured table")
  func coverage() throws {
    let measured = try Golden.rows("tool_counts.csv").map { $0["case"] }.filter { !$0.contains("@") }
    #expect(Self.cases.map(\.name) == measured)
  }

  @Test("each convention gives what its tool measures, or the true number where the tool is wrong", arguments: cases)
  func measured(_ example: Case) throws {
    let row = try #require(Golden.rows("tool_counts.csv").first { $0["case"] == example.name })
    let total = try analysis(example.input, example.body).total
    for convention in [CountingConvention.macs, .macsBias, .flops, .fvcore, .thop] {
      let expected = example.corrected[convention.name] ?? row.number(convention.name)
      #expect(convention.count(total.operations).constant == expected, "\(convention.name)")
      #expect(example.corrected[convention.name] != row.number(convention.name), "needless correction")
    }
    #expect(total.parameters.constant == row.number("parameters"))
    #expect(total.activations.constant == example.corrected["activations"] ?? row.number("activations"))
  }
}
