import NetworkGraph
import Tensors

/// What is wrong with an ONNX file or with a tensor inside it; one sentence that says where.
public enum ONNXError: Error, Hashable, Sendable {
  /// The file cannot be opened; `reason` is the operating system's.
  case cannotOpen(path: String, reason: String)
  /// The path leads to a directory, a pipe or a device.
  case notAFile(path: String)
  /// The file has zero bytes.
  case empty(path: String)
  /// The bytes are not a sequence of protocol-buffer fields nested as ONNX nests them.
  case malformed(path: String, fault: WireFault)
  /// The fields are in order, but one of them holds what its type does not allow.
  case undecodable(path: String, reason: String)
  /// What is left of the file without its weights exceeds what a network's description needs.
  case tooLarge(path: String, bytes: Int, limit: Int)
  /// The file is a sequence of fields, but none of them is a graph.
  case noGraph(path: String)
  /// A side of a constant is negative.
  case negativeSide(tensor: String, shape: [Int64])
  /// The number of elements of a constant does not fit in 64 bits.
  case elementCountOverflow(tensor: String, shape: [Int64])
  /// A constant's data are longer or shorter than its shape and type ask for; `unit` says what is counted.
  case dataLength(tensor: String, shape: [Int64], expected: Int, found: Int, unit: DataUnit)

  /// The file does not say in which version of the default operator set it is written.
  case noOperatorSet(path: String)
  /// A shape is given for an input that the model does not have.
  case unknownInput(name: String, inputs: [String])
  /// A shape without a name is given, and the model has no input or several.
  case ambiguousInput(inputs: [String])
  /// A shape given for an input has another number of axes than the file declares.
  case inputRank(name: String, given: Shape, declared: Int)
  /// A value is computed twice, or by a node although it is an input or an initializer.
  case duplicateValue(name: String, place: String)
  /// Something reads a value that nothing computes.
  case missingValue(name: String, reader: String)
  /// A value depends on itself.
  case cycle(value: String, place: String)
  /// A tensor has more axes than any network needs.
  case rank(value: String, Int, limit: Int)
  /// An attribute of an operator has a wrong type or value.
  case attribute(node: String, operatorName: String, attribute: String, String)
  /// A function inside the file calls itself, or calls are nested too deep.
  case functionDepth(function: String, limit: Int)
  /// The functions inside the file come to too many nodes once they stand where they are called.
  case functionSize(function: String, limit: Int)
  /// The graph's operators and shapes do not fit together.
  case graph(GraphError)
  /// Values cannot be read.
  case tensor(TensorError)

  /// What the length of a constant's data is counted in.
  public enum DataUnit: String, Hashable, Sendable {
    case bytes = "bytes"
    case values = "values"
  }
}

/// The place and kind of a break in the protocol-buffer encoding.
public struct WireFault: Error, Hashable, Sendable {
  /// Offset in the file of the first byte that cannot be read as it should.
  public let offset: Int
  /// The ONNX message around that byte, by its name in the specification.
  public let message: String
  public let problem: Problem

  public enum Problem: Hashable, Sendable {
    /// The message ends in the middle of a number.
    case endsInsideField
    /// A field states more bytes than its message has left.
    case lengthBeyondEnd(length: UInt64, available: Int)
    /// A variable-length number goes on past ten bytes.
    case overlongNumber
    /// A field's number is outside 1 ... 536,870,911.
    case fieldNumber(UInt64)
    /// A field has wire type 3 or 4 (group), which ONNX does not use, or 6 or 7, which nothing uses.
    case wireType(Int)
    /// Messages lie in messages beyond the limit.
    case tooDeep(limit: Int)
    /// The operating system does not give the byte.
    case unreadable(String)
  }
}

extension ONNXError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .cannotOpen(let path, let reason): "\(path): cannot be opened: \(reason)"
    case .notAFile(let path): "\(path): is not a regular file; expected an ONNX model"
    case .empty(let path): "\(path): is empty (0 bytes); expected an ONNX model"
    case .malformed(let path, let fault): "\(path): not a readable ONNX model: \(fault)"
    case .undecodable(let path, let reason): "\(path): not a readable ONNX model: \(reason)"
    case .tooLarge(let path, let bytes, let limit):
      "\(path): holds \(bytes) bytes besides its weights, more than the limit of \(limit) bytes"
    case .noGraph(let path): "\(path): has no graph: not an ONNX model"
    case .noOperatorSet(let path): "\(path): states no version of the ONNX operator set"
    case .unknownInput(let name, let inputs): "no input is called '\(name)'; \(Self.list(inputs))"
    case .ambiguousInput(let inputs): "a shape without an input's name needs exactly one input; \(Self.list(inputs))"
    case .inputRank(let name, let given, let declared):
      "input '\(name)' has \(declared) axes in the file, but is given as \(given)"
    case .duplicateValue(let name, let place): "value '\(name)' is defined twice in \(place)"
    case .missingValue(let name, let reader): "value '\(name)', read by \(reader), is computed nowhere"
    case .cycle(let value, let place): "value '\(value)' depends on itself in \(place)"
    case .rank(let value, let rank, let limit): "\(value) has \(rank) axes, more than the limit of \(limit)"
    case .attribute(let node, let operatorName, let attribute, let problem):
      "\(node) (\(operatorName)): attribute '\(attribute)' \(problem)"
    case .functionDepth(let function, let limit):
      "function '\(function)' is called within more than \(limit) calls; does it call itself?"
    case .functionSize(let function, let limit):
      "with function '\(function)' in place of its call the model has more than \(limit) nodes"
    case .graph(let error): error.description
    case .tensor(let error): error.description
    case .negativeSide(let tensor, let shape): "\(Self.title(tensor)): shape \(shape) has a negative side"
    case .elementCountOverflow(let tensor, let shape):
      "\(Self.title(tensor)): the element count of shape \(shape) exceeds 64 bits"
    case .dataLength(let tensor, let shape, let expected, let found, let unit):
      "\(Self.title(tensor)): shape \(shape) asks for \(expected) \(unit.rawValue) of data, but there are \(found)"
    }
  }

  private static func list(_ inputs: [String]) -> String {
    switch inputs.count {
    case 0: "the model has none"
    case 1: "the model's input is '\(inputs[0])'"
    default: "the model's inputs are " + inputs.map { "'\($0)'" }.joined(separator: ", ")
    }
  }

  private static func title(_ tensor: String) -> String {
    tensor.isEmpty ? "an unnamed tensor" : "tensor '\(tensor)'"
  }
}

extension WireFault: CustomStringConvertible {
  public var description: String { "at byte \(offset), in \(message): \(problem)" }
}

extension WireFault.Problem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .endsInsideField: "expected the rest of a field, but the message ends (is the file cut short?)"
    case .lengthBeyondEnd(let length, let available):
      "expected a field of \(length) bytes, but only \(available) are left (is the file cut short?)"
    case .overlongNumber: "expected a number of at most ten bytes"
    case .fieldNumber(let number): "expected a field number from 1 to 536870911, not \(number)"
    case .wireType(let type): "expected wire type 0, 1, 2 or 5, not \(type)"
    case .tooDeep(let limit): "messages are nested more than \(limit) deep"
    case .unreadable(let reason): "the file cannot be read further: \(reason)"
    }
  }
}
