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

  @Test("the measured table has networks of these families")
  func tableIsPresent() {
    #expect(Self.networks.count == 13)
  }

  @Test("each convention gives what its tool measures", arguments: networks)
  func measured(network: String) throws {
    let row = try #require(Golden.rows("tool_counts.csv").first { $0["case"] == network })
    let parts = network.split(separator: "@")
    let side = Dimension(try #require(Int(parts[1])))
    let analysis = try NetworkAnalysis(graph(of: String(parts[0]), input: [1, 3, side, side]))
    for convention in [CountingConvention.macs, .macsBias, .flops, .fvcore, .thop] {
      #expect(
        convention.count(analysis.total.operations).constant == row.number(convention.name), "\(convention.name)")
    }
    let parameters = analysis.total.parameters + analysis.trainingOnly.parameters
    #expect(parameters.constant == row.number("parameters"))
    #expect(analysis.total.activations.constant == row.number("activations"))
  }
}
