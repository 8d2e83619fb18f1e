// timing RUNS [MODEL...]
//
// Builds, infers and counts every model RUNS times in this process. Prints one line per model, separated by tabs: name,
// parameters, operations as fvcore counts, and the seconds of every run. Without a model: the whole catalogue, the
// networks that take longest for their size, each by the least of its runs.

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
  let rows = try Catalog.entries.map { entry in
    let row = try measure(entry)
    let least = row.seconds.min() ?? 0
    return (name: entry.name, nodes: row.nodes, seconds: least, perThousand: least * 1000 / Double(row.nodes))
  }
  let total = rows.reduce(0) { $0 + $1.seconds }
  print("Whole catalogue, \(rows.count) networks, least of \(runs) runs each: \(milliseconds(total))")
  print("Longest for 1,000 nodes:")
  for row in rows.sorted(by: { $0.perThousand > $1.perThousand }).prefix(5) {
    print("  \(row.name): \(milliseconds(row.perThousand)) (\(row.nodes) nodes in \(milliseconds(row.seconds)))")
  }
}
