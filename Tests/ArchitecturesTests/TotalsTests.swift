import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import TestSupport
import Testing

/// Models and sizes beyond the reference table, against totals that `zoo_totals.py` measured or a paper states.
@Suite("Totals of further models")
struct TotalsTests {
  static let models: [String] = (try? Golden.rows("zoo_totals.csv").map { $0["model"] }) ?? []

  @Test("the table is there and names each model once")
  func tableIsPresent() {
    #expect(Self.models.count >= 40)
    #expect(Set(Self.models).count == Self.models.count)
  }

  @Test("parameters, buffers and multiply-accumulates equal the table", arguments: models)
  func totals(model: String) throws {
    let row = try #require(Golden.rows("zoo_totals.csv").first { $0["model"] == model })
    let total = try NetworkAnalysis(graph(of: model)).total
    #expect(total.parameters.constant == row.number("parameters"))
    #expect(total.buffers.constant == row.number("buffers"))
    #expect(CountingConvention.macs.count(total.operations).constant == row.number("macs"))
  }
}
