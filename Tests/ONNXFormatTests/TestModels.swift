import Foundation
import SwiftProtobuf

@testable import ONNXFormat

/// Builders of models for the tests, and the slow twin of the stripper.
enum TestModels {
  /// A float tensor with `count` values in `raw_data`.
  static func weights(_ name: String, count: Int, byte: UInt8 = 0xAB) -> TensorProto {
    var tensor = TensorProto()
    tensor.name = name
    tensor.dataType = Int32(TensorProto.DataType.float.rawValue)
    tensor.dims = [Int64(count)]
    tensor.rawData = Data(repeating: byte, count: 4 * count)
    return tensor
  }

  static func node(_ kind: String, _ attributes: [AttributeProto] = []) -> NodeProto {
    var node = NodeProto()
    node.opType = kind
    node.name = "\(kind)/ü \"1\""
    node.input = ["x", ""]
    node.output = ["y"]
    node.attribute = attributes
    return node
  }

  static func attribute(_ name: String, _ fill: (inout AttributeProto) -> Void) -> AttributeProto {
    var attribute = AttributeProto()
    attribute.name = name
    fill(&attribute)
    return attribute
  }

  static func graph(_ name: String, nodes: [NodeProto] = [], constants: [TensorProto] = []) -> GraphProto {
    var graph = GraphProto()
    graph.name = name
    graph.node = nodes
    graph.initializer = constants
    return graph
  }

  static func model(_ graph: GraphProto) -> ModelProto {
    var model = ModelProto()
    model.irVersion = 9
    model.producerName = "test"
    model.graph = graph
    var operators = OperatorSetIdProto()
    operators.version = 21
    model.opsetImport = [operators]
    return model
  }

  /// A model with a tensor of `count` floats in every place where ONNX allows one, and every other kind of message.
  static func everywhere(count: Int) -> ModelProto {
    var sparse = SparseTensorProto()
    sparse.values = weights("sparse.values", count: count)
    sparse.indices = weights("sparse.indices", count: count)
    sparse.dims = [Int64(count)]
    let inner = graph(
      "inner", nodes: [node("Constant", [attribute("value") { $0.t = weights("inner.value", count: count) }])],
      constants: [weights("inner.constant", count: count)])
    let attributes = [
      attribute("t") { $0.t = weights("t", count: count) },
      attribute("tensors") { $0.tensors = [weights("tensors.0", count: 1), weights("tensors.1", count: count)] },
      attribute("g") { $0.g = inner },
      attribute("graphs") { $0.graphs = [inner, graph("empty"), inner] },
      attribute("sparse") { $0.sparseTensor = sparse },
      attribute("sparses") { $0.sparseTensors = [sparse, sparse] },
      attribute("ints") { $0.ints = [1, -1, 1 << 40] },
      attribute("floats") { $0.floats = [0.5, 2] },
    ]
    var function = FunctionProto()
    function.name = "f"
    function.node = [node("If", attributes)]
    function.attributeProto = attributes

    var main = graph(
      "main", nodes: [node("Conv", attributes), node("Relu")],
      constants: [weights("w", count: count), weights("small", count: 2), weights("v", count: count, byte: 1)])
    main.sparseInitializer = [sparse]
    main.input = [typedValue("x")]
    var result = model(main)
    var training = TrainingInfoProto()
    training.algorithm = inner
    training.initialization = inner
    result.trainingInfo = [training]
    result.functions = [function]
    return result
  }

  /// A value whose type nests every kind of type.
  private static func typedValue(_ name: String) -> ValueInfoProto {
    var batch = TensorShapeProto.Dimension()
    batch.dimParam = "N"
    var side = TensorShapeProto.Dimension()
    side.dimValue = 224
    var tensor = TypeProto()
    tensor.tensorType.elemType = 1
    tensor.tensorType.shape.dim = [batch, side, TensorShapeProto.Dimension()]
    var map = TypeProto()
    map.mapType.keyType = 7
    map.mapType.valueType = tensor
    var sequence = TypeProto()
    sequence.sequenceType.elemType = map
    var value = ValueInfoProto()
    value.name = name
    value.type.optionalType.elemType = sequence
    return value
  }

  /// Applies `edit` to every tensor of a model: the recursion through decoded messages that mirrors the walk of bytes.
  static func forEveryTensor(in model: inout ModelProto, _ edit: (inout TensorProto) -> Void) {
    forEveryTensor(in: &model.graph, edit)
    for index in model.functions.indices {
      for node in model.functions[index].node.indices {
        forEveryTensor(in: &model.functions[index].node[node].attribute, edit)
      }
      forEveryTensor(in: &model.functions[index].attributeProto, edit)
    }
    for index in model.trainingInfo.indices {
      if model.trainingInfo[index].hasInitialization {
        forEveryTensor(in: &model.trainingInfo[index].initialization, edit)
      }
      if model.trainingInfo[index].hasAlgorithm { forEveryTensor(in: &model.trainingInfo[index].algorithm, edit) }
    }
  }

  private static func forEveryTensor(in graph: inout GraphProto, _ edit: (inout TensorProto) -> Void) {
    for index in graph.initializer.indices { edit(&graph.initializer[index]) }
    for index in graph.sparseInitializer.indices { forEveryTensor(in: &graph.sparseInitializer[index], edit) }
    for index in graph.node.indices { forEveryTensor(in: &graph.node[index].attribute, edit) }
  }

  private static func forEveryTensor(in sparse: inout SparseTensorProto, _ edit: (inout TensorProto) -> Void) {
    if sparse.hasValues { edit(&sparse.values) }
    if sparse.hasIndices { edit(&sparse.indices) }
  }

  private static func forEveryTensor(in attributes: inout [AttributeProto], _ edit: (inout TensorProto) -> Void) {
    for index in attributes.indices {
      if attributes[index].hasT { edit(&attributes[index].t) }
      for tensor in attributes[index].tensors.indices { edit(&attributes[index].tensors[tensor]) }
      if attributes[index].hasSparseTensor { forEveryTensor(in: &attributes[index].sparseTensor, edit) }
      for tensor in attributes[index].sparseTensors.indices {
        forEveryTensor(in: &attributes[index].sparseTensors[tensor], edit)
      }
      if attributes[index].hasG { forEveryTensor(in: &attributes[index].g, edit) }
      for graph in attributes[index].graphs.indices { forEveryTensor(in: &attributes[index].graphs[graph], edit) }
    }
  }
}

extension ModelFile {
  /// Reads a file held in memory.
  init(_ bytes: [UInt8]) throws(ONNXError) {
    self = try Self.outcome(reading: bytes).get()
  }

  /// The model in `bytes`, or why there is none.
  static func outcome(reading bytes: [UInt8]) -> Result<ModelFile, ONNXError> {
    Result { () throws(ONNXError) in
      var file = FileBytes(bytes)
      return try ModelFile(&file, path: "test.onnx")
    }
  }

  /// The error that reading `bytes` ends in, or nil.
  static func error(reading bytes: [UInt8]) -> ONNXError? {
    guard case .failure(let error) = outcome(reading: bytes) else { return nil }
    return error
  }
}

/// Protocol-buffer fields written by hand, independent of the generated code.
enum Wire {
  static func varint(_ number: UInt64) -> [UInt8] {
    number < 0x80 ? [UInt8(number)] : [UInt8(number & 0x7F) | 0x80] + varint(number >> 7)
  }

  static func number(_ field: UInt64, _ value: UInt64) -> [UInt8] { varint(field << 3) + varint(value) }

  static func bytes(_ field: UInt64, _ contents: [UInt8]) -> [UInt8] {
    varint(field << 3 | 2) + varint(UInt64(contents.count)) + contents
  }
}

/// A reproducible generator (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
