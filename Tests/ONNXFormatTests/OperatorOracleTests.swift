import Foundation
import NetworkGraph
import SwiftProtobuf
import Testing

@testable import ONNXFormat

/// The operator tests of the ONNX project: models of one or a few nodes, their inputs, and the tensors that they must
/// produce.
@Suite(.enabled(if: !tests.isEmpty, "no operator tests in \(ReferenceFiles.folder.path)/node; see ReferenceFiles"))
struct OperatorOracleTests {
  /// Inputs without elements, which no network has: refused.
  private static let emptyInputs: Set = [
    "test_reduce_sum_empty_set_non_reduced_axis_zero", "test_reduce_sum_square_empty_set",
    "test_reshape_allowzero_reordered", "test_split_zero_size_splits_opset13",
  ]
  /// Settings without elements, which are inputs here.
  private static let emptySettings: Set = [
    "test_reduce_mean_default_axes_keepdims_example", "test_reduce_sum_default_axes_keepdims_example",
    "test_reduce_sum_default_axes_keepdims_random", "test_reduce_sum_empty_axes_input_noop_example",
    "test_reduce_sum_square_default_axes_keepdims_example",
  ]
  /// Operators, and uses of them, without a counterpart in the graph, by how the tests' names begin: whole-number
  /// convolution and optional values.
  private static let opaque = ["test_convinteger", "test_identity_opt"]

  @Test(arguments: tests) func `outputs have the shapes and types that ONNX expects where they are known`(
    test: String
  ) throws {
    let model = try OracleModel(test)
    guard !Self.emptyInputs.union(Self.emptySettings).contains(test) else {
      #expect(throws: ONNXError.self) { try model.graph() }
      return
    }
    try model.expectOutputs(of: model.graph())
  }

  @Test(arguments: tests) func `with all operands stored but the first, outputs have the shapes that ONNX expects`(
    test: String
  ) throws {
    var model = try OracleModel(test)
    try model.storeFurtherInputs()
    guard !Self.emptyInputs.contains(test) else {
      #expect(throws: ONNXError.self) { try model.graph() }
      return
    }
    let graph = try model.graph()
    try model.expectOutputs(of: graph)
    #expect(graph.hasOpaqueNodes == Self.opaque.contains { test.hasPrefix($0) })
  }
}

/// One operator test.
private struct OracleModel {
  let folder: URL
  var model: ModelProto

  init(_ test: String) throws {
    folder = ReferenceFiles.folder.appending(path: "node/\(test)")
    model = try ModelProto(serializedBytes: Data(contentsOf: folder.appending(path: "model.onnx")))
  }

  func graph() throws -> Graph { try ONNXModel.graph(ModelFile(model.serializedBytes() as [UInt8])) }

  private func tensor(_ name: String) throws -> TensorProto {
    try TensorProto(serializedBytes: Data(contentsOf: folder.appending(path: "test_data_set_0/\(name).pb")))
  }

  /// Turns all inputs but the first into initializers with the values of the test.
  mutating func storeFurtherInputs() throws {
    let stored = Set(model.graph.initializer.map { $0.name })
    let inputs = model.graph.input.filter { !stored.contains($0.name) }
    for (index, input) in inputs.enumerated().dropFirst() {
      var tensor = try tensor("input_\(index)")
      tensor.name = input.name
      model.graph.initializer.append(tensor)
    }
  }

  func expectOutputs(of graph: Graph) throws {
    #expect(graph.outputs.count == model.graph.output.count)
    for (index, output) in graph.outputs.enumerated() {
      let type = graph.type(of: output.value)
      guard type.isKnown else {
        #expect(graph.hasOpaqueNodes)
        continue
      }
      let expected = try tensor("output_\(index)")
      #expect(type.elementType == ElementType(onnx: expected.dataType))
      // The file's declaration, all there is of an opaque operator, may leave sides open.
      guard type.shape.isConstant || !graph.hasOpaqueNodes else { continue }
      #expect(type.shape.dimensions.map { $0.description } == expected.dims.map { $0.description })
    }
  }
}

extension Graph {
  fileprivate var hasOpaqueNodes: Bool {
    nodes.contains { if case .opaque = $0.operation { true } else { false } }
  }
}

private let tests = ReferenceFiles.paths.filter { $0.hasPrefix("node/") && $0.hasSuffix("/model.onnx") }
  .map { String($0.dropFirst("node/".count).dropLast("/model.onnx".count)) }
