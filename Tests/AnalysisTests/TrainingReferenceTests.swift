import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import TestSupport
import Testing

@Suite("Memory against PyTorch")
struct TrainingReferenceTests {
  @Test("table")
  func table() throws {
    for row in try Golden.rows("memory.csv") + Golden.rows("memory_more.csv") {
      let name = row["model"]
      let entry = Catalog.entry(named: row["library"] == "timm" ? "timm/\(name)" : name) ?? Catalog.entry(named: name)
      guard let entry, let batch = row.number("batch"), let side = row.number("h") else {
        print("MISSING", name)
        continue
      }
      let graph = try entry.with(settings: row["settings"].split(separator: " ").map(String.init)).graph(input: [Dimension(batch), 3, Dimension(side), Dimension(side)])
      let saved = try TrainingMemory(graph).savedForBackwardBytes.constant ?? 0
      let eager = try EagerMemory(graph)
      let peak = eager.peakBytes.constant ?? 0
      let (a, b) = (row.number("saved_for_backward_bytes") ?? 0, row.number("peak_eager_inference_bytes") ?? 0)
      print(
        "ROW", name, batch, saved, a, saved == a ? "ok" : "saved \(Double(saved - a) / Double(a) * 100)%", peak, b,
        peak == b ? "ok" : "PEAK \(Double(peak - b) / Double(b) * 100)%",
        eager.peakNode.map { graph.path(of: graph.nodes[$0]) } ?? "")
    }
  }
}
