import Analysis
import Architectures
import Benchmark
import Diagrams
import Glibc
import NetworkGraph
import ONNXFormat
import SymbolicIntegers

/// Everything the suite measures, in wall-clock time within one process.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock], warmupIterations: 3, maxDuration: .seconds(2), maxIterations: 5000)

  networkBenchmarks()
  importBenchmark()
  dimensionBenchmarks()
  diagramBenchmarks()
}

/// Building a network, inferring its shapes, counting.
private func networkBenchmarks() {
  let resnet50 = entry("resnet50")

  Benchmark("resnet50: build, infer, count") { _ in blackHole(try analyze(resnet50)) }
  Benchmark("resnet50: build and infer") { _ in blackHole(try resnet50.graph()) }
  Benchmark("resnet50: count") { benchmark in
    let graph = try resnet50.graph()
    benchmark.startMeasurement()
    blackHole(try NetworkAnalysis(graph))
  }
  Benchmark("resnet50: build, infer, count at free H, W") { _ in
    blackHole(try analyze(resnet50, [1, 3, .symbol("H"), .symbol("W")]))
  }
  Benchmark("resnet50: build, infer, count at 32h, 32w") { _ in
    blackHole(try analyze(resnet50, [1, 3, 32 * .symbol("h"), 32 * .symbol("w")]))
  }
  let densenet201 = entry("densenet201")
  Benchmark("densenet201: build, infer, count") { _ in blackHole(try analyze(densenet201)) }
  Benchmark("whole catalogue: build, infer, count") { _ in
    for entry in Catalog.entries { blackHole(try analyze(entry)) }
  }
}

/// Reading the ONNX file that the environment variable `CONVSCOPE_ONNX` names, and counting it; nothing without one.
private func importBenchmark() {
  guard let path = getenv("CONVSCOPE_ONNX").map({ String(cString: $0) }) else { return }
  let name = path.split(separator: "/").last ?? path[...]
  Benchmark("\(name): import") { _ in blackHole(try ONNXModel.graph(contentsOf: path)) }
  Benchmark("\(name): import, count") { _ in
    blackHole(try NetworkAnalysis(ONNXModel.graph(contentsOf: path)))
  }
}

/// Integers that may hold symbols; a figure is the time of one operation.
private func dimensionBenchmarks() {
  let perOperation = Benchmark.Configuration(metrics: [.wallClock], scalingFactor: .kilo, maxDuration: .seconds(1))

  Benchmark("Dimension: add and multiply constants", configuration: perOperation) { benchmark in
    var sum: Dimension = 0
    for index in benchmark.scaledIterations { sum += Dimension(index) * 3 }
    blackHole(sum)
  }
  Benchmark("Dimension: add and multiply symbols", configuration: perOperation) { benchmark in
    let (height, width) = (Dimension.symbol("H"), Dimension.symbol("W"))
    for index in benchmark.scaledIterations { blackHole((height + index) * width) }
  }
  Benchmark("Dimension: halve a side five times", configuration: perOperation) { benchmark in
    for _ in benchmark.scaledIterations {
      var side = Dimension.symbol("H")
      for _ in 0..<5 { side = (side - 1).floorDivided(by: 2) + 1 }
      blackHole(side)
    }
  }
}

/// Drawing, from the analysed network to the SVG text: the slowest built-in networks by block and by layer.
private func diagramBenchmarks() {
  for name in ["densenet201", "efficientnet_b6"] {
    let entry = entry(name)
    for detail in [Diagram.Detail.block, .layer] {
      Benchmark("\(name): diagram by \(detail.rawValue)") { benchmark in
        let analysis = try NetworkAnalysis(entry.graph())
        benchmark.startMeasurement()
        let measures = analysis.graph.nodes.map { analysis.measures(of: $0) }
        let parameters = Diagram.Quantity(unit: "params", values: measures.map(\.parameters))
        let macs = Diagram.Quantity(unit: "MACs", values: measures.map { CountingConvention.macs.count($0.operations) })
        let diagram = Diagram(of: analysis.graph, detail: detail, quantities: [parameters, macs], colors: macs)
        blackHole(try diagram.svg())
      }
    }
  }
}

/// The totals that a report prints: what "build, infer, count" stands for.
private func analyze(_ entry: CatalogEntry, _ input: Shape? = nil) throws -> (Dimension, Dimension) {
  let total = try NetworkAnalysis(entry.graph(input: input)).total
  return (total.parameters, CountingConvention.macs.count(total.operations))
}

private func entry(_ name: String) -> CatalogEntry {
  guard let entry = Catalog.entry(named: name) else { preconditionFailure("the catalogue has no \(name)") }
  return entry
}
