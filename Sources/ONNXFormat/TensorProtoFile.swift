import NetworkGraph
import SwiftProtobuf
import TensorFormats
import Tensors

/// Single tensors in files of ONNX's `TensorProto`: the inputs and outputs of its back-end tests.
public enum TensorProtoFile {
  /// The most bytes that a file may have: the limit of the encoding.
  static let byteLimit = 1 << 31

  /// The tensor in the file at `path`, and its name.
  ///
  /// Values in other files are never read.
  /// - Throws: ``TensorError``.
  public static func read(_ path: String) throws(TensorError) -> (name: String, tensor: Tensor) {
    let file = try TensorFile(path: path)
    guard file.count > 0, file.count < byteLimit else {
      throw .malformed(file: path, offset: nil, reason: "has \(file.count) bytes; expected a TensorProto")
    }
    let bytes = try file.bytes(0..<file.count)
    let proto: TensorProto
    do {
      proto = try TensorProto(serializedBytes: bytes)
    } catch {
      throw .malformed(file: path, offset: nil, reason: "is not a TensorProto: its fields are not in order")
    }
    guard proto.dataLocation != .external else {
      throw .unsupported(
        file: path, reason: "tensor '\(proto.name)' has its values in another file, which is not opened")
    }
    let values = try proto.values(file: path)
    // Values were read, so that the sides are not negative.
    return (proto.name, try Tensor(proto.dims.map { Int($0) }, values, ElementType(onnx: proto.dataType)))
  }

  /// Writes a tensor in single precision.
  ///
  /// The file appears whole or not at all.
  /// - Throws: ``TensorError``.
  public static func write(_ tensor: Tensor, name: String, to path: String) throws(TensorError) {
    let bytes: [UInt8]
    do {
      bytes = try TensorProto(tensor, name: name).serializedBytes()
    } catch {
      throw .unsupported(file: path, reason: "the tensor '\(name)' cannot be encoded: \(error)")
    }
    var file = try FileReplacement(path: path)
    try file.write(bytes)
    try file.finish()
  }
}
