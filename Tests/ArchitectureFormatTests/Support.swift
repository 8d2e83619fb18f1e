import Analysis
import NetworkGraph
import SymbolicIntegers
import TestSupport

import class Foundation.FileManager

@testable import ArchitectureFormat

/// The path of a file among the examples.
func example(_ name: String) -> String {
  Golden.packageRoot.appending(path: "Examples/architectures/\(name).yaml").path
}

/// Every file among the examples.
func examplePaths() throws -> [String] {
  let folder = Golden.packageRoot.appending(path: "Examples/architectures")
  return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
    folder.appending(path: $0).path
  }
}

/// The network that a text describes.
func network(
  _ text: String, inputShapes: [String: Shape] = [:], assumptions: Assumptions? = nil, settings: [String] = []
) throws -> Graph {
  try ArchitectureFile.graph(
    text: text, name: "network", inputShapes: inputShapes, assumptions: assumptions, settings: settings)
}

/// The shape of the first output.
func outputShape(_ graph: Graph) -> String { "\(graph.type(of: graph.outputs[0].value).shape)" }

/// The layers of a text for an input of 1x3x32x32.
func layers(_ text: String) -> String {
  "input: 1x3x32x32\nlayers:\n" + text.split(separator: "\n").map { "  \($0)\n" }.joined()
}

/// What describing the network ends with; nil for a network.
func failure(of text: String, settings: [String] = []) -> ArchitectureFileError? {
  do throws(ArchitectureFileError) {
    _ = try ArchitectureFile.graph(text: text, name: "network", settings: settings)
    return nil
  } catch {
    return error
  }
}

/// Multiply-accumulates, parameters and buffers.
func totals(_ graph: Graph) throws -> (macs: Dimension, parameters: Dimension, buffers: Dimension) {
  let total = try NetworkAnalysis(graph).total
  return (CountingConvention.macs.count(total.operations), total.parameters, total.buffers)
}
