import Analysis
import NetworkGraph
import SwiftProtobuf
import SymbolicIntegers

@testable import ONNXFormat

/// A side of a declared shape: a number, a name, or neither.
enum Side: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
  case size(Int64)
  case named(String)
  case open

  init(integerLiteral value: Int64) { self = .size(value) }
  init(stringLiteral value: String) { self = .named(value) }
}

/// A model built in code, node by node.
struct NetworkModel {
  var proto = ModelProto()

  init(opset: Int64 = 21) {
    proto.irVersion = 9
    var version = OperatorSetIdProto()
    version.version = opset
    proto.opsetImport = [version]
    proto.graph.name = "g"
  }

  mutating func input(_ name: String, _ sides: [Side], type: TensorProto.DataType = .float) {
    var value = ValueInfoProto()
    value.name = name
    value.type.tensorType.elemType = Int32(type.rawValue)
    value.type.tensorType.shape.dim = sides.map { side in
      var dimension = TensorShapeProto.Dimension()
      switch side {
      case .size(let size): dimension.dimValue = size
      case .named(let name): dimension.dimParam = name
      case .open: break
      }
      return dimension
    }
    proto.graph.input.append(value)
  }

  /// A stored tensor of real numbers without values.
  mutating func weight(_ name: String, _ shape: [Int64], type: TensorProto.DataType = .float) {
    var tensor = TensorProto()
    tensor.name = name
    tensor.dims = shape
    tensor.dataType = Int32(type.rawValue)
    proto.graph.initializer.append(tensor)
  }

  /// A stored vector of whole numbers, or a stored scalar.
  mutating func integers(_ name: String, _ values: [Int64], isScalar: Bool = false) {
    proto.graph.initializer.append(.integers(name, values, isScalar: isScalar))
  }

  /// A stored vector of real numbers, or a stored scalar.
  mutating func reals(_ name: String, _ values: [Float], isScalar: Bool = false) {
    var tensor = TensorProto()
    tensor.name = name
    tensor.dims = isScalar ? [] : [Int64(values.count)]
    tensor.dataType = Int32(TensorProto.DataType.float.rawValue)
    tensor.floatData = values
    proto.graph.initializer.append(tensor)
  }

  /// Appends a node called like its first output.
  mutating func node(
    _ operation: String, _ inputs: [String], _ outputs: [String], _ attributes: [AttributeProto] = [],
    domain: String = ""
  ) {
    proto.graph.node.append(.node(operation, inputs, outputs, attributes, domain: domain))
  }

  mutating func output(_ names: String...) {
    for name in names {
      var value = ValueInfoProto()
      value.name = name
      proto.graph.output.append(value)
    }
  }

  func graph(inputShapes: [String: Shape] = [:], defaultShape: Shape? = nil) throws -> Graph {
    let file = try ModelFile(proto.serializedBytes() as [UInt8])
    return try ONNXModel.graph(file, inputShapes: inputShapes, defaultShape: defaultShape)
  }

  /// The sentence that importing and measuring ends in; empty where it succeeds.
  func sentence(inputShapes: [String: Shape] = [:], defaultShape: Shape? = nil) -> String {
    do {
      _ = try NetworkAnalysis(graph(inputShapes: inputShapes, defaultShape: defaultShape))
      return ""
    } catch {
      return "\(error)"
    }
  }
}

extension NodeProto {
  static func node(
    _ operation: String, _ inputs: [String], _ outputs: [String], _ attributes: [AttributeProto] = [],
    domain: String = ""
  ) -> NodeProto {
    var node = NodeProto()
    node.opType = operation
    node.domain = domain
    node.name = outputs.first ?? ""
    node.input = inputs
    node.output = outputs
    node.attribute = attributes
    return node
  }
}

extension TensorProto {
  static func integers(_ name: String, _ values: [Int64], isScalar: Bool = false) -> TensorProto {
    var tensor = TensorProto()
    tensor.name = name
    tensor.dims = isScalar ? [] : [Int64(values.count)]
    tensor.dataType = Int32(TensorProto.DataType.int64.rawValue)
    tensor.int64Data = values
    return tensor
  }
}

extension AttributeProto {
  private init(_ name: String, _ type: AttributeType) {
    self.init()
    self.name = name
    self.type = type
  }

  static func int(_ name: String, _ value: Int64) -> AttributeProto {
    var attribute = AttributeProto(name, .int)
    attribute.i = value
    return attribute
  }

  static func ints(_ name: String, _ values: [Int64]) -> AttributeProto {
    var attribute = AttributeProto(name, .ints)
    attribute.ints = values
    return attribute
  }

  static func float(_ name: String, _ value: Float) -> AttributeProto {
    var attribute = AttributeProto(name, .float)
    attribute.f = value
    return attribute
  }

  static func floats(_ name: String, _ values: [Float]) -> AttributeProto {
    var attribute = AttributeProto(name, .floats)
    attribute.floats = values
    return attribute
  }

  static func text(_ name: String, _ value: String) -> AttributeProto {
    var attribute = AttributeProto(name, .string)
    attribute.s = .init(value.utf8)
    return attribute
  }

  static func tensor(_ name: String, _ value: TensorProto) -> AttributeProto {
    var attribute = AttributeProto(name, .tensor)
    attribute.t = value
    return attribute
  }

  /// A reference to an attribute of the call, for the nodes of functions.
  static func reference(_ name: String, to outer: String, _ type: AttributeType) -> AttributeProto {
    var attribute = AttributeProto(name, type)
    attribute.refAttrName = outer
    return attribute
  }
}

extension Graph {
  /// The shape of an output, as text.
  func shape(_ output: Int = 0) -> String { "\(type(of: outputs[output].value))" }

  /// The names of the operators that compute something, in order.
  var operators: [String] {
    nodes.compactMap { node in
      if case .source = node.operation { nil } else { node.operation.semantics.name }
    }
  }

  /// Trainable tensors by name.
  var trainable: [String: String] { named(.trainable) }
  var buffers: [String: String] { named(.buffer) }

  private func named(_ kind: ParameterSpec.Kind) -> [String: String] {
    let entries = parameters.filter { $0.spec.kind == kind }.map { (name(of: $0), "\($0.spec.shape)") }
    return Dictionary(entries) { "\($0) and \($1)" }
  }

  var unsupported: [String] {
    nodes.compactMap { node in
      if case .opaque(let opaque) = node.operation { "\(opaque.operatorName): \(opaque.reason)" } else { nil }
    }
  }
}
