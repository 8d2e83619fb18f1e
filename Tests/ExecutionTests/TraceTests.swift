import Architectures
import Execution
import Foundation
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// What each layer computes against what the module of the same name computed in PyTorch in float64.
@Suite("Traces")
struct TraceTests {
  static let files: [String] = {
    let folder = Golden.folder.appending(path: "numeric/traces")
    let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []).sorted()
    if ProcessInfo.processInfo.environment["CONVSCOPE_THOROUGH"] != nil { return files }
    let quick = LogitsTests.Expectation.chosen.map(\.model)
    return files.filter { file in quick.contains { file.hasSuffix("__\($0).csv") } }
  }()

  @Test func thereAreTraces() {
    #expect(TraceTests.files.count >= 10)
  }

  @Test("every layer = its module", arguments: files)
  func everyLayerComputesWhatItsModuleDoes(file: String) throws {
    let trace = try Trace(file)
    let executor = try ReferenceExecutor(trace.graph, state: trace.state)
    let compared = try trace.compare(executor, bound: max(2e-5, 3 * trace.expected.error))
    #expect(compared >= trace.count / 3, "\(compared) of \(trace.count) rows have a node")
  }

  /// Layers that are fused with others have no output of their own.
  @Test("every layer that vector kernels store = its module", arguments: files)
  func storedLayersAreWhatTheirModulesCompute(file: String) throws {
    let trace = try Trace(file)
    for set in InstructionSet.available {
      let executor = try NativeExecutor(trace.graph, state: trace.state, instructionSet: set)
      let compared = try trace.compare(executor, bound: 1e-4)
      #expect(compared >= trace.count / 10, "\(set): \(compared) of \(trace.count) rows have a node")
    }
  }
}

/// What every module of a network computed in PyTorch.
private struct Trace {
  let expected: LogitsTests.Expectation
  let graph: Graph
  let state: ModelState
  let count: Int
  private let rows: [String: [Golden.Row]]

  /// - Parameter file: `library__model.csv`.
  init(_ file: String) throws {
    let model = String(file.dropLast(4).split(separator: "_", maxSplits: 1)[1].dropFirst())
    expected = try #require(LogitsTests.Expectation.all.first { $0.model == model })
    graph = try #require(Catalog.entry(named: model)).graph(input: [1, 3, .init(expected.side), .init(expected.side)])
    state = try ModelState(graph, from: SyntheticTensors(gain: expected.gain))
    let rows = try Golden.rows("numeric/traces/\(file)")
    count = rows.count
    self.rows = Dictionary(grouping: rows) { "\($0["name"]):\($0["call_index"])" }
  }

  /// Holds every layer that the executor tells of to its row.
  /// - Parameter bound: of errors relative to the layer's root mean square, or to the value where that is larger.
  /// - Returns: how many layers have one.
  func compare(_ executor: any Executor, bound: Double) throws -> Int {
    var compared = 0
    _ = try executor.run([SyntheticTensors.input([1, 3, expected.side, expected.side])]) { node, tensors in
      guard let row = rows["\(graph.modulePath(of: node)):\(node.call)"]?.first, let tensor = tensors().first else {
        return
      }
      // A module that our graph splits (an attention's projections) has another output than the node of its name.
      guard Tensor.description(of: tensor.shape) == row["shape"] else { return }
      // A norm that includes its activation: the node of its name is the norm alone.
      guard row["type"] != "BatchNormAct2d" else { return }
      compared += 1
      let values = tensor.values.map(Double.init)
      let mean = values.reduce(0, +) / Double(values.count)
      let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let scale = norm / Double(values.count).squareRoot()
      func isNear(_ found: Double, _ column: String, _ scale: Double) -> Bool {
        Double(row[column]).map { abs(found - $0) <= bound * max(scale, abs($0)) } ?? false
      }
      #expect(isNear(norm, "l2", norm), "\(graph.path(of: node)): norm \(norm), not \(row["l2"])")
      #expect(isNear(mean, "mean", scale), "\(graph.path(of: node)): mean \(mean), not \(row["mean"])")
      for index in 0..<4 {
        #expect(isNear(values[index], "v\(index)", scale), "\(graph.path(of: node)): element \(index)")
      }
    }
    return compared
  }
}
