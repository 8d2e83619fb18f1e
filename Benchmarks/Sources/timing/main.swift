// timing RUNS [MODEL...]
//
// Builds, infers and counts every model RUNS times in this process. Prints one line per model, separated by tabs: name,
// parameters, operations as fvcore counts, and the seconds of every run. Without a model: the whole catalogue, each
// network by the least of its runs: building and counting, then every analysis of a built network, and the difference of
// each network and one of another family.

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
  let counted = try graphs.map { try NetworkAnalysis($0) }
  let fields = graphs.map { ReceptiveField($0) }
  // Lint takes the count and the fields that are there already.
  let analyses: [(name: String, run: (Int) throws -> Void)] = [
    ("count", { _ = try NetworkAnalysis(graphs[$0]) }),
    ("liveness", { _ = try Liveness(graphs[$0]) }),
    ("planned memory and arena", { _ = Arena(try Liveness(graphs[$0], .planned)) }),
    ("eager memory", { _ = try EagerMemory(graphs[$0]) }),
    ("training memory", { _ = try TrainingMemory(graphs[$0]) }),
    ("receptive fields", { _ = ReceptiveField(graphs[$0]) }),
    ("fields on the image", { _ = VisibleField(graphs[$0]) }),
    ("reconciliation", { _ = try Reconciliation(graphs[$0]) }),
    ("lint", { _ = Lint(counted[$0], fields[$0]) }),
  ]
  var parts = graphs.map { _ in [String]() }
  var sums = graphs.map { Row(name: $0.name, nodes: $0.nodes.count, seconds: 0) }
  for analysis in analyses {
    let rows = try graphs.indices.map { index in
      Row(
        name: graphs[index].name, nodes: graphs[index].nodes.count, seconds: try least { try analysis.run(index) })
    }
    for (index, row) in rows.enumerated() {
      sums[index].seconds += row.seconds
      parts[index].append("\(analysis.name) \(milliseconds(row.perThousand))")
    }
    report(analysis.name, rows)
  }
  report("all of these", sums)
  let slow = sums.indices.filter { sums[$0].perThousand > 0.005 }.sorted { sums[$0].perThousand > sums[$1].perThousand }
  print("    \(slow.count) networks above 5 ms for 1,000 nodes")
  for index in slow { print("      \(sums[index]): \(parts[index].joined(separator: ", "))") }
  report(
    "difference",
    graphs.indices.compactMap { index in
      let other = (index + graphs.count / 2) % graphs.count
      guard Catalog.entries[index].family != Catalog.entries[other].family else { return nil }
      return Row(
        name: "\(graphs[index].name) and \(graphs[other].name)",
        nodes: graphs[index].nodes.count + graphs[other].nodes.count,
        seconds: least { _ = NetworkDifference(from: counted[index], to: counted[other]) })
    })
}

/// A network and the least time of its runs.
struct Row: CustomStringConvertible {
  var name: String
  var nodes: Int
  var seconds: Double

  var perThousand: Double { seconds * 1000 / Double(nodes) }
  var description: String { "\(name) (\(nodes) nodes) \(milliseconds(perThousand))" }
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

/// The time for all networks together, and for 1,000 nodes: over all, the median, and of the network where it is most.
func report(_ name: String, _ rows: [Row]) {
  let total = rows.reduce(0) { $0 + $1.seconds }
  let nodes = rows.reduce(0) { $0 + $1.nodes }
  let sorted = rows.sorted { $0.perThousand < $1.perThousand }
  guard let worst = sorted.last else { return }
  print(
    "  \(name): \(milliseconds(total)); for 1,000 nodes \(milliseconds(total * 1000 / Double(nodes))), "
      + "median \(milliseconds(sorted[sorted.count / 2].perThousand)), most in \(worst)")
}
