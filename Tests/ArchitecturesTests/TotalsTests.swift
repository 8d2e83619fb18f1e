import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import TestSupport
import Testing

/// Models measured with the library that owns them, whose layers are not listed one by one.
@Suite("Totals against timm, torchvision and papers")
struct TotalsTests {
  static let models: [String] = (try? Golden.rows("zoo_totals.csv").map { $0["model"] }) ?? []

  @Test("the table is there and names each model once")
  func tableIsPresent() {
    #expect(!Self.models.isEmpty)
    #expect(Set(Self.models).count == Self.models.count)
  }

  @Test("parameters, buffers and multiply-accumulates equal the measured ones", arguments: models)
  func totals(model: String) throws {
    let row = try #require(Golden.rows("zoo_totals.csv").first { $0["model"] == model })
    let analysis = try NetworkAnalysis(graph(of: model))
    #expect((analysis.total.parameters + analysis.trainingOnly.parameters).constant == row.number("parameters"))
    #expect((analysis.total.buffers + analysis.trainingOnly.buffers).constant == row.number("buffers"))
    #expect(CountingConvention.macs.count(analysis.total.operations).constant == row.number("macs"))
  }
}
