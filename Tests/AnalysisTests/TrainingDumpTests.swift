@testable import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import Testing

@Suite struct TrainingDump {
  @Test func dump() throws {
    for (name, side) in [("dm_nfnet_f0", 192), ("swin_v2_t", 256)] {
      let graph = try Catalog.entry(named: name)!.graph(input: [1, 3, Dimension(side), Dimension(side)])
      let trace = EagerTrace(graph, EagerRules(isTraining: true, precision: nil))
      var seen: Set<Int> = []
      for step in trace.steps {
        for s in step.kept where trace.storages[s].owner != .state && seen.insert(s).inserted {
          print("DUMP", name, trace.storages[s].bytes, graph.path(of: graph.nodes[step.node]))
        }
        for e in step.keptExtra { print("DUMP", name, e, graph.path(of: graph.nodes[step.node]), "extra") }
      }
    }
  }
}
