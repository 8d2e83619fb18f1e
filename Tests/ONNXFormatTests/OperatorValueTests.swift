import Execution
import Foundation
import NetworkGraph
import SymbolicIntegers
import Tensors
import TestSupport
import Testing

@testable import ONNXFormat

/// Operators read from a file compute what ONNX's reference evaluator and ONNX Runtime do, on both back ends, and so do
/// they after they were written and read back. Tests/Golden/onnx_operators.py makes the cases.
struct OperatorValueTests {
  /// One operator with its inputs, nil where one is left out, and its outputs.
  private struct Case {
    var title: String
    var operation: String
    var opset: Int64
    var attributes: [AttributeProto] = []
    var inputs: [Tensor?]
    var outputs: [Tensor]

    init?(_ object: [String: Any]) throws {
      guard let operation = object["operator"] as? String, let inputs = object["inputs"] as? [Any],
        let outputs = object["outputs"] as? [Any], let opset = object["opset"] as? Int64
      else { return nil }
      self.opset = opset
      self.operation = operation
      self.inputs = try inputs.map { try Self.tensor($0) }
      self.outputs = try outputs.compactMap { try Self.tensor($0) }
      let attributes = object["attributes"] as? [String: Any] ?? [:]
      for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
        switch value {
        case let text as String: self.attributes.append(.text(name, text))
        case let numbers as [Int64]: self.attributes.append(.ints(name, numbers))
        case let number as Int64: self.attributes.append(.int(name, number))
        case let number as Double: self.attributes.append(.float(name, Float(number)))
        default: return nil
        }
      }
      title = "\(operation) \(attributes.sorted { $0.key < $1.key }) \(self.inputs.map { $0?.shape ?? [] })"
    }

    private static func tensor(_ object: Any) throws -> Tensor? {
      guard let object = object as? [String: Any], let shape = object["shape"] as? [Int],
        let values = object["values"] as? [Double], let name = object["type"] as? String,
        let type = ElementType.allCases.first(where: { "\($0)" == name })
      else { return nil }
      return try Tensor(shape, values.map { Float($0) }, type)
    }
  }

  private static let cases: [Case] = {
    let path = Golden.folder.appending(path: "onnx_operators.json")
    let objects = (try? JSONSerialization.jsonObject(with: Data(contentsOf: path))) as? [[String: Any]] ?? []
    return objects.compactMap { try? Case($0) }
  }()

  /// Inputs that say where, not what: shapes, scales, sizes. They are stored, as exporters write them.
  private static let settings: [String: Set<Int>] = ["Resize": [2, 3], "MaxUnpool": [2]]

  private func network(_ item: Case, _ folder: TemporaryFolder) throws -> (graph: Graph, weights: ONNXWeights) {
    var model = NetworkModel(opset: item.opset)
    var names: [String] = []
    for (index, input) in item.inputs.enumerated() {
      names.append(input == nil ? "" : "x\(index)")
      guard let input else { continue }
      if Self.settings[item.operation]?.contains(index) == true {
        if input.elementType == .int64 {
          model.integers("x\(index)", input.values.map { Int64($0) })
        } else {
          model.reals("x\(index)", input.values)
        }
      } else {
        model.input("x\(index)", input.shape.map { .size(Int64($0)) }, type: input.elementType.onnx)
      }
    }
    let results = item.outputs.indices.map { "y\($0)" }
    model.node(item.operation, names, results, item.attributes)
    for result in results { model.output(result) }
    return try folder.network(model)
  }

  /// Expects both back ends to compute the outputs.
  private func expectOutputs(
    of item: Case, _ network: (graph: Graph, weights: ONNXWeights), _ comment: String
  ) throws {
    let fed = item.inputs.enumerated().compactMap { index, input in
      Self.settings[item.operation]?.contains(index) == true ? nil : input
    }
    let state = try ModelState(network.graph, from: network.weights)
    for executor in [
      try ReferenceExecutor(network.graph, state: state), try NativeExecutor(network.graph, state: state),
    ] as [any Executor] {
      let outputs = try executor.run(fed)
      #expect(outputs.map(\.shape) == item.outputs.map(\.shape), "\(comment): \(item.title)")
      #expect(outputs.map(\.elementType) == item.outputs.map(\.elementType), "\(comment): \(item.title)")
      for (output, expected) in zip(outputs, item.outputs) {
        let worst = zip(output.values, expected.values).map { abs($0 - $1) / max(abs($1), 1) }.max() ?? 0
        #expect(worst <= 1e-5, "\(comment): \(item.title): \(output.values) against \(expected.values)")
      }
    }
  }

  @Test func `the cases are there, of every operator`() {
    #expect(Self.cases.count > 300)
    #expect(
      Set(Self.cases.map(\.operation)) == [
        "Resize", "AveragePool", "MaxPool", "MaxUnpool", "LayerNormalization", "ScatterElements", "ScatterND", "Mod",
      ])
  }

  @Test(arguments: [
    "Resize", "AveragePool", "MaxPool", "MaxUnpool", "LayerNormalization", "ScatterElements", "ScatterND", "Mod",
  ])
  func `values are those of other programs, also of what is written and read back`(operation: String) throws {
    let folder = try TemporaryFolder()
    for item in Self.cases where item.operation == operation {
      let read = try network(item, folder)
      try expectOutputs(of: item, read, "read")
      let path = folder.path("written.onnx")
      try ONNXExport(read.graph, weights: read.weights, opset: 22).write(to: path)
      let again = try ONNXModel.network(contentsOf: path)
      try expectOutputs(of: item, again, "read back")
      var normalForm = again.graph.normalForm
      normalForm.name = read.graph.name
      #expect(normalForm == read.graph.normalForm, "\(item.title)")
    }
  }
}
