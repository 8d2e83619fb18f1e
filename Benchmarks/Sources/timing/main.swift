// timing RUNS MODEL...
//
// Builds, infers and counts every model RUNS times in this process. Prints one line per model, separated by tabs: name,
// parameters, operations as fvcore counts, and the seconds of every run.

import Analysis
import Architectures
import NetworkGraph

let arguments = CommandLine.arguments.dropFirst()
guard let runs = arguments.first.flatMap({ Int($0) }), runs > 0 else { preconditionFailure("timing RUNS MODEL...") }

for name in arguments.dropFirst() {
  guard let entry = Catalog.entry(named: name) else { preconditionFailure("the catalogue has no \(name)") }
  var row = [name]
  var seconds: [String] = []
  // The first run pays for what the process sets up once; it is not timed.
  for run in 0...runs {
    let clock = ContinuousClock()
    let start = clock.now
    let total = try NetworkAnalysis(entry.graph()).total
    let (parameters, operations) = (total.parameters, CountingConvention.fvcore.count(total.operations))
    let elapsed = start.duration(to: clock.now)
    if run == 0 {
      row += [parameters.description, operations.description]
    } else {
      seconds.append("\(elapsed / .seconds(1))")
    }
  }
  print((row + seconds).joined(separator: "\t"))
}
