// timing RUNS [MODEL...]
//
// Builds, infers and counts every model RUNS times in this process. Prints one line per model, separated by tabs: name,
// parameters, operations as fvcore counts, and the seconds of every run. Without a model: the whole catalogue, each
// network by the least of its runs: building and counting, then every analysis of a built network.

import Analysis
import Architectures
import NetworkGraph

let arguments = CommandLine.arguments.dropFirst()
guard let runs = arguments.first.flatMap({ Int($0) }), runs > 0 else { preconditionFailure("timing RUNS [MODEL...]") }

/// The first run pays for what the process sets up once; it is not timed.
func measure(_ entry: CatalogEntry) throws -> (parameters: String, operations: String, nodes: Int, seconds: [Double]) {
  var result = ("", "", 0, [Double]())
  for run in 0...runs {
    let clock = ContinuousClock()
    let start = clock.now
    let analysis = try NetworkAnalysis(entry.graph())
    let (parameters, operations) = (
      analysis.total.parameters, CountingConvention.fvcore.count(analysis.total.operations)
    )
    let elapsed = start.duration(to: clock.now)
    if run == 0 {
      result = (parameters.description, operations.description, analysis.graph.nodes.count, [])
    } else {
      result.3.append(elapsed / .seconds(1))
    }
  }
  return result
}

func milliseconds(_ seconds: Double) -> String { "\((seconds * 1e6).rounded() / 1e3) ms" }

if arguments.count > 1 {
  for name in arguments.dropFirst() {
    guard let entry = Catalog.entry(named: name) else { preconditionFailure("the catalogue has no \(name)") }
    let row = try measure(entry)
    print(([name, row.parameters, row.operations] + row.seconds.map { "\($0)" }).joined(separator: "\t"))
  }
} else {
  print("Whole catalogue, \(Catalog.entries.count) networks, least of \(runs) runs each")
  report(
    "build, infer, count",
    try Catalog.entries.map { entry in
      let row = try measure(entry)
      return Row(name: entry.name, nodes: row.nodes, seconds: row.seconds.min() ?? 0)
    })
  let graphs = try Catalog.entries.map { try $0.graph() }
  let analyses: [(name: String, run: (Graph) throws -> Void)] = [
    ("count", { _ = try NetworkAnalysis($0) }),
    ("liveness", { _ = try Liveness($0) }),
    ("planned memory and arena", { _ = Arena(try Liveness($0, .planned)) }),
    ("eager memory", { _ = try EagerMemory($0) }),
    ("training memory", { _ = try TrainingMemory($0) }),
    ("receptive fields", { _ = ReceptiveField($0) }),
    ("fields on the image", { _ = VisibleField($0) }),
    ("reconciliation", { _ = try Reconciliation($0) }),
    ("lint", { _ = Lint(try NetworkAnalysis($0)) }),
  ]
  var sums = graphs.map { Row(name: $0.name, nodes: $0.nodes.count, seconds: 0) }
  for analysis in analyses {
    let rows = try graphs.map { graph in
      Row(name: graph.name, nodes: graph.nodes.count, seconds: try least { try analysis.run(graph) })
    }
    for (index, row) in rows.enumerated() { sums[index].seconds += row.seconds }
    report(analysis.name, rows)
  }
  report("all of these", sums)
}

/// A network and the least time of its runs.
struct Row {
  var name: String
  var nodes: Int
  var seconds: Double

  var perThousand: Double { seconds * 1000 / Double(nodes) }
}

func least(_ body: () throws -> Void) rethrows -> Double {
  var result = Double.infinity
  for _ in 0..<runs {
    let clock = ContinuousClock()
    let start = clock.now
    try body()
    result = min(result, start.duration(to: clock.now) / .seconds(1))
  }
  return result
}

/// The time for all networks together, and for 1,000 nodes: over all, and of the network where that is most.
func report(_ name: String, _ rows: [Row]) {
  let total = rows.reduce(0) { $0 + $1.seconds }
  let nodes = rows.reduce(0) { $0 + $1.nodes }
  guard let worst = rows.max(by: { $0.perThousand < $1.perThousand }) else { return }
  print(
    "  \(name): \(milliseconds(total)); for 1,000 nodes \(milliseconds(total * 1000 / Double(nodes))), most in "
      + "\(worst.name) \(milliseconds(worst.perThousand))")
}
