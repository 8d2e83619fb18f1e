import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import TestSupport
import Testing

/// Models beyond the reference table, in the order of zoo_totals.csv, which zoo_totals.py measures.
private let measuredModels: [String] = (try? Golden.rows("zoo_totals.csv").map { $0["model"] }) ?? []

@Suite("Catalogue against measured totals")
struct TotalsTests {
  @Test("the table is there and has no model twice")
  func tableIsPresent() {
    #expect(!measuredModels.isEmpty)
    #expect(Set(measuredModels).count == measuredModels.count)
  }

  @Test("parameters, buffers and multiply-accumulates equal the measured ones", arguments: measuredModels)
  func totals(model: String) throws {
    let row = try #require(Golden.rows("zoo_totals.csv").first { $0["model"] == model })
    let analysis = try NetworkAnalysis(graph(of: model))
    #expect((analysis.total.parameters + analysis.trainingOnly.parameters).constant == row.number("parameters"))
    #expect((analysis.total.buffers + analysis.trainingOnly.buffers).constant == row.number("buffers"))
    #expect(CountingConvention.macs.count(analysis.total.operations).constant == row.number("macs"))
  }
}
