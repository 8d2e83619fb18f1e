import Foundation
import NetworkGraph
import SwiftProtobuf
import SymbolicIntegers
import Tensors
import TestSupport
import Testing

@testable import ONNXFormat

/// Values of parameters and constants, against ONNX's reference implementation (Tests/Golden/onnx_values.py).
struct WeightValueTests {
  struct Expected: Decodable {
    var first: [UInt32]
    var count: Int
    var hash: String
  }

  static let folder = URL(filePath: #filePath).appending(path: "../../Golden/onnx_values").standardizedFileURL
  static let model = folder.appending(path: "values.onnx").path
  static let expected =
    (try? Data(contentsOf: folder.appending(path: "expected.json")))
    .flatMap { try? JSONDecoder().decode([String: Expected].self, from: $0) } ?? [:]

  /// The tensor that an output of the form `x + tensor` adds.
  static func addend(of output: NetworkGraph.Port, in graph: Graph) -> String? {
    for input in graph.nodes[output.value.node].inputs {
      let node = graph.nodes[input.node]
      guard case .source(let source) = node.operation else { continue }
      switch source.kind {
      case .input: continue
      case .constant: return graph.path(of: node)
      case .parameter: return graph.name(of: graph.parameters[node.parameters[0]])
      }
    }
    return nil
  }

  @Test func `stored, quantised and computed tensors have the values that ONNX gives them`() throws {
    let (graph, weights) = try ONNXModel.network(contentsOf: Self.model)
    #expect(graph.outputs.count == Self.expected.count)
    #expect(Self.expected.count == 76)
    for output in graph.outputs {
      let expected = try #require(Self.expected[output.name])
      let name = try #require(Self.addend(of: output, in: graph), "\(output.name)")
      let shape = try #require(graph.type(of: output.value).shape.sizes)
      let tensor = try #require(try weights.tensor(named: name, shape: shape), "\(output.name)")
      #expect(tensor.shape == shape, "\(output.name)")
      let bits = tensor.values.map(\.bitPattern)
      #expect(Array(bits.prefix(4)) == expected.first, "\(output.name)")
      #expect(bits.count == expected.count, "\(output.name)")
      var hash: UInt64 = 0xCBF2_9CE4_8422_2325
      for word in bits {
        for shift: UInt32 in [0, 8, 16, 24] { hash = (hash ^ UInt64(word >> shift & 0xFF)) &* 0x100_0000_01B3 }
      }
      #expect(String(hash, radix: 16) == expected.hash, "\(output.name)")
    }
    #expect(Set(weights.names ?? []) == Set(graph.neededTensors.map(\.name)))
  }

  @Test func `tensors of one file are told apart although one is used raw and quantised`() throws {
    let (graph, _) = try ONNXModel.network(contentsOf: Self.model)
    let quantised = graph.parameters.map { graph.name(of: $0) }.filter { $0 == "q" || $0.hasPrefix("q:") }
    #expect(quantised == ["q", "q:1", "q:2", "q:3", "q:4"])
  }

  @Test func `initializers are found by name in the file's own shapes`() throws {
    let weights = try ONNXWeights(contentsOf: Self.model)
    #expect(weights.shape(ofTensor: "q") == [4, 6, 50])
    #expect(weights.shape(ofTensor: "absent") == nil)
    #expect(try weights.tensor(named: "absent", shape: [1]) == nil)
    #expect(try weights.tensor(named: "scales", shape: [6])?.values == [0.125, 0.25, 0.375, 0.5, 0.625, 0.75])
    #expect(try weights.tensor(named: "zeros", shape: [6])?.elementType == .int8)
    let proto = try ModelProto(serializedBytes: Data(contentsOf: URL(filePath: Self.model)))
    #expect(weights.names == proto.graph.initializer.map(\.name))
  }

  @Test func `views of a stored tensor have its values in the graph's shape`() throws {
    let folder = try TemporaryFolder()
    var model = NetworkModel()
    model.input("x", [1, 2, 4, 4])
    model.reals("w", [1, 2, 3, 4])
    model.integers("sides", [2, 2, 1, 1])
    model.reals("b", [5, 6])
    model.integers("row", [1, 2])
    model.node("Reshape", ["w", "sides"], ["kernel"])
    model.node("Reshape", ["b", "row"], ["view"])
    model.node("Reshape", ["view", "end"], ["bias"])
    model.integers("end", [2])
    model.node("Conv", ["x", "kernel", "bias"], ["y"])
    model.output("y")
    let (graph, weights) = try folder.network(model)
    #expect(graph.trainable == ["w": "2x2x1x1", "b": "2"])
    #expect(try weights.tensor(named: "w", shape: [2, 2, 1, 1]) == Tensor([2, 2, 1, 1], [1, 2, 3, 4]))
    #expect(try weights.tensor(named: "b", shape: [2]) == Tensor([2], [5, 6]))
  }

  @Test func `a matrix that is stored transposed keeps its order, and the layer says so`() throws {
    let folder = try TemporaryFolder()
    var model = NetworkModel()
    model.input("x", [1, 2])
    model.reals("flat", [1, 2, 3, 4, 5, 6])
    model.integers("sides", [3, 2])
    model.node("Reshape", ["flat", "sides"], ["w"])
    model.node("Transpose", ["w"], ["turned"])
    model.node("MatMul", ["x", "turned"], ["y"])
    model.output("y")
    let (graph, weights) = try folder.network(model)
    #expect(try weights.tensor(named: "flat", shape: [3, 2]) == Tensor([3, 2], [1, 2, 3, 4, 5, 6]))
    let layer = try #require(graph.nodes.last)
    guard case .linear(let linear) = layer.operation else {
      Issue.record("\(layer.operation)")
      return
    }
    #expect(!linear.weightIsInputMajor)
  }

  @Test func `statistics of BatchNormalization and factors of Gemm have values`() throws {
    let folder = try TemporaryFolder()
    var model = NetworkModel()
    model.input("x", [1, 2, 1, 1])
    model.reals("scale", [1, 2])
    model.reals("shift", [3, 4])
    model.reals("mean", [5, 6])
    model.reals("var", [7, 8])
    model.node("BatchNormalization", ["x", "scale", "shift", "mean", "var"], ["n"])
    model.node("Flatten", ["n"], ["f"])
    model.reals("flat", [1, 2, 3, 4])
    model.integers("sides", [2, 2])
    model.node("Reshape", ["flat", "sides"], ["w"])
    model.node("Gemm", ["f", "w", "shift"], ["y"], [.float("alpha", 0.5), .float("beta", 2)])
    model.output("y")
    let (graph, weights) = try folder.network(model)
    #expect(graph.buffers == ["mean": "2", "var": "2"])
    #expect(try weights.tensor(named: "mean", shape: [2])?.values == [5, 6])
    #expect(try weights.tensor(named: "var", shape: [2])?.values == [7, 8])
    #expect(try weights.tensor(named: "y/alpha", shape: []) == Tensor(scalar: 0.5))
    #expect(try weights.tensor(named: "y/beta", shape: []) == Tensor(scalar: 2))
    #expect(Set(weights.constants.names ?? []) == ["y/alpha", "y/beta"])
    #expect(try weights.constants.tensor(named: "mean", shape: [2]) == nil)
    #expect(Set(weights.names ?? []) == Set(graph.neededTensors.map(\.name)))
  }

  @Test func `sparse initializers have their zeros`() throws {
    let folder = try TemporaryFolder()
    for isFlat in [true, false] {
      var model = NetworkModel()
      model.input("x", [2, 3])
      var sparse = SparseTensorProto()
      sparse.dims = [2, 3]
      sparse.values.name = "s"
      sparse.values.dataType = 1
      sparse.values.dims = [2]
      sparse.values.floatData = [7, 9]
      sparse.indices = .integers("", isFlat ? [1, 5] : [0, 1, 1, 2])
      sparse.indices.dims = isFlat ? [2] : [2, 2]
      model.proto.graph.sparseInitializer = [sparse]
      model.node("Add", ["x", "s"], ["y"])
      model.output("y")
      let weights = try folder.network(model).weights
      #expect(try weights.tensor(named: "s", shape: [2, 3]) == Tensor([2, 3], [0, 7, 0, 0, 0, 9]))
      model.proto.graph.sparseInitializer[0].indices.int64Data[1] = isFlat ? 6 : 3
      let damaged = try folder.network(model).weights
      let text = sentence { _ = try damaged.tensor(named: "s", shape: [2, 3]) }
      #expect(text.contains("sparse tensor 's' has a value at"), "\(text)")
    }
  }

  @Test func `operators on constants that are not evaluated stay in the graph`() throws {
    let folder = try TemporaryFolder()
    var model = NetworkModel()
    model.input("x", [2, 3])
    var table = TensorProto()
    table.dims = [2, 3]
    table.dataType = 1
    table.floatData = [0, 1, 2, 3, 4, 5]
    model.node("Constant", [], ["c"], [.tensor("value", table)])
    model.node("Softmax", ["c"], ["s"])
    model.node("Neg", ["s"], ["n"])
    model.node("Add", ["x", "n"], ["y"])
    model.output("y")
    let (graph, weights) = try folder.network(model)
    #expect(graph.operators == ["Softmax", "Negate", "Add"])
    #expect(graph.neededTensors.map(\.name) == ["c"])
    #expect(try weights.tensor(named: "c", shape: [2, 3])?.values == [0, 1, 2, 3, 4, 5])
  }

  @Test func `a function called twice has two weights with two names`() throws {
    let folder = try TemporaryFolder()
    var model = NetworkModel()
    model.input("x", [1, 2])
    var function = FunctionProto()
    function.name = "shift"
    function.domain = "local"
    function.input = ["in"]
    function.output = ["out"]
    function.attribute = ["values"]
    var version = OperatorSetIdProto()
    version.version = 21
    function.opsetImport = [version]
    function.node = [
      .node("Constant", [], ["flat"], [.reference("value_floats", to: "values", .floats)]),
      .node("PRelu", ["in", "flat"], ["out"]),
    ]
    model.proto.functions = [function]
    model.node("shift", ["x"], ["a"], [.floats("values", [1, 2])], domain: "local")
    model.node("shift", ["a"], ["y"], [.floats("values", [3, 4])], domain: "local")
    model.output("y")
    let (graph, weights) = try folder.network(model)
    #expect(graph.parameters.map { graph.name(of: $0) } == ["flat", "flat:1"])
    #expect(try weights.tensor(named: "flat", shape: [2])?.values == [1, 2])
    #expect(try weights.tensor(named: "flat:1", shape: [2])?.values == [3, 4])
  }

  @Test func `a constant whose size depends on a symbol is refused by a sentence`() throws {
    let folder = try TemporaryFolder()
    var model = NetworkModel()
    model.input("x", ["n", 3])
    model.node("Shape", ["x"], ["sides"])
    model.reals("one", [1], isScalar: true)
    model.node("Expand", ["one", "sides"], ["ones"])
    model.node("Add", ["x", "ones"], ["y"])
    model.output("y")
    let (graph, weights) = try folder.network(model)
    let name = try #require(graph.neededTensors.first?.name)
    let text = sentence { _ = try weights.tensor(named: name, shape: [1]) }
    #expect(text.contains("depends on symbols"), "\(text)")
  }

  @Test func `computed constants beyond the limit are refused by a sentence`() throws {
    let folder = try TemporaryFolder()
    var model = NetworkModel()
    model.input("x", [1])
    model.reals("one", [1], isScalar: true)
    model.integers("sides", [3000, 3000])
    model.node("Expand", ["one", "sides"], ["ones"])
    model.node("Add", ["x", "ones"], ["y"])
    model.output("y")
    let (graph, weights) = try folder.network(model)
    let name = try #require(graph.neededTensors.first?.name)
    let text = sentence { _ = try weights.tensor(named: name, shape: [3000, 3000]) }
    #expect(text.contains("a computed constant of shape 3000x3000 has more than 4194304 elements"), "\(text)")
  }

  @Test func `inputs with known values configure operators`() throws {
    let folder = try TemporaryFolder()
    var model = NetworkModel()
    model.input("x", [2, 6])
    model.input("sides", [2], type: .int64)
    model.input("shift", [1])
    model.node("Reshape", ["x", "sides"], ["r"])
    model.node("Add", ["r", "shift"], ["y"])
    model.output("y")
    #expect(
      try folder.network(model).graph.unsupported.first == "Reshape: its input 1 is computed while the network runs")
    let known = ["sides": try Tensor([2], [3, -1], .int64), "shift": try Tensor([1], [0.5])]
    let (graph, weights) = try folder.network(model, knownInputs: known)
    #expect(graph.unsupported.isEmpty)
    #expect(graph.shape() == "3x4")
    #expect(graph.inputs.map(\.name) == ["x"])
    #expect(graph.trainable.isEmpty)
    #expect(try weights.tensor(named: "shift", shape: [1])?.values == [0.5])
    #expect(throws: ONNXError.unknownInput(name: "z", inputs: ["x", "sides", "shift"])) {
      try folder.network(model, knownInputs: ["z": Tensor(scalar: 1)])
    }
  }
}
