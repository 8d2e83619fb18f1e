import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import TestSupport
import Testing

/// Training against PyTorch: `training_flops.csv` and `training_memory.csv`, by the script beside them.
@Suite("Training against PyTorch")
struct TrainingCostReferenceTests {
  private func graph(_ row: Golden.Row) throws -> Graph {
    let side = Dimension(try #require(row.number("h")))
    let batch = Dimension(try #require(row.number("batch")))
    return try #require(Catalog.entry(named: row["model"])).graph(input: [batch, 3, side, side])
  }

  private func frozen(_ row: Golden.Row, _ graph: Graph) throws -> FrozenPart {
    row["freeze"].isEmpty ? .none : try FrozenPart(graph, parsing: row["freeze"])
  }

  @Test("operations of both passes equal FlopCounterMode's, with any part frozen")
  func operations() throws {
    let rows = try Golden.rows("training_flops.csv")
    #expect(rows.count { $0["freeze"].isEmpty } >= 12 && rows.count { !$0["freeze"].isEmpty } >= 12)
    for row in rows {
      let graph = try graph(row)
      let pass = try TrainingPass(graph, frozen: frozen(row, graph))
      let name = Comment(rawValue: "\(row["model"]) \(row["freeze"])")
      #expect(pass.trainableElements.constant == row.number("trainable"), name)
      #expect(
        CountingConvention.flops.count(pass.total.forward.operations).constant == row.number("forward_flops"), name)
      let backward = pass.total.backwardOperations(.flops).constant
      #expect(backward == row.number("backward_flops_corrected"), name)
      // What torch prints counts the weight gradient of a grouped convolution once for each group.
      var excess: Dimension = 0
      for (node, step) in zip(graph.nodes, pass.steps) {
        guard case .convolution(let convolution) = node.operation else { continue }
        for gradient in step.gradients {
          guard case .parameter(let index) = gradient.target, graph.parameters[index].spec.name == "weight" else {
            continue
          }
          excess += gradient.kernel.work.multiplyAdds * 2 * (convolution.groups - 1)
        }
      }
      #expect((pass.total.backwardOperations(.flops) + excess).constant == row.number("backward_flops"), name)
    }
  }

  @Test("with a part frozen, what training keeps equals autograd's to the byte")
  func memory() throws {
    let rows = try Golden.rows("training_memory.csv")
    #expect(rows.count >= 12)
    for row in rows {
      let graph = try graph(row)
      let saved = try TrainingMemory(graph, frozen: frozen(row, graph)).savedForBackwardBytes
      #expect(saved.constant == row.number("saved_for_backward_bytes"), "\(row["model"]) \(row["freeze"])")
    }
  }
}
