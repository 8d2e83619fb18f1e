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
    case .negativeSide(let tensor, let shape): "\(Self.title(tensor)): shape \(shape) has a negative side"
    case .elementCountOverflow(let tensor, let shape):
      "\(Self.title(tensor)): the element count of shape \(shape) exceeds 64 bits"
    case .dataLength(let tensor, let shape, let expected, let found, let unit):
      "\(Self.title(tensor)): shape \(shape) asks for \(expected) \(unit.rawValue) of data, but there are \(found)"
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
