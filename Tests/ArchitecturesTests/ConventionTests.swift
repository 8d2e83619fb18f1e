import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import TestSupport
import Testing

@Suite("Counting conventions on networks")
struct ConventionTests {
  static let networks: [String] =
    (try? Golden.rows("tool_counts.csv").map { $0["case"] }.filter { $0.contains("@") }) ?? []

  @Test("the measured table has networks, all of them of the reference table")
  func tableIsPresent() {
    #expect(!Self.networks.isEmpty)
    #expect(Self.networks.allSatisfy { referenceModels.contains(String($0.prefix { $0 != "@" })) })
  }

  /// What tools leave out: thop sees modules only, so no functional layers and products; of fused attention no tool
  /// sees the products, and FlopCounterMode's fast path nothing at all. From the reference's table of layers.
  static let unseen: [String: [String: Int]] = [
    "swin_t@224": ["thop": 1_387_266_048 + 140_141_568],
    "vit_b_16@224": [
      "macs": 715_327_488, "macs-bias": 715_327_488, "flops": 12_585_406_464, "fvcore": 715_327_488,
      "thop": 12 * 524_391_936, "activations": 12 * (12 * 197 * 197 + 197 * 768),
    ],
  ]

  @Test("each convention gives what its tool measures", arguments: networks)
  func measured(network: String) throws {
    let row = try #require(Golden.rows("tool_counts.csv").first { $0["case"] == network })
    let parts = network.split(separator: "@")
    let side = Dimension(try #require(Int(parts[1])))
    let missing = Self.unseen[network] ?? [:]
    let analysis = try NetworkAnalysis(graph(of: String(parts[0]), input: [1, 3, side, side]))
    for convention in [CountingConvention.macs, .macsBias, .flops, .fvcore, .thop] {
      let expected = try #require(row.number(convention.name)) + (missing[convention.name] ?? 0)
      #expect(convention.count(analysis.total.operations).constant == expected, "\(convention.name)")
    }
    let parameters = analysis.total.parameters + analysis.trainingOnly.parameters
    #expect(parameters.constant == row.number("parameters"))
    let activations = try #require(row.number("activations")) + (missing["activations"] ?? 0)
    #expect(analysis.total.activations.constant == activations)
  }
}
