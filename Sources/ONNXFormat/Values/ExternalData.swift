import NetworkGraph
import TensorFormats
import Tensors

/// Where a tensor's values lie in a file beside the model. Source: ONNX, "External Data".
struct ExternalData {
  var location: String
  var offset = 0
  /// Bytes; nil where the file does not say.
  var length: Int?

  /// What `tensor` says.
  /// - Parameter file: what errors call the model's file.
  init(_ tensor: TensorProto, file: String) throws(TensorError) {
    func number(_ entry: StringStringEntryProto) throws(TensorError) -> Int {
      guard let value = Int(entry.value), value >= 0 else {
        throw .malformed(
          file: file, offset: nil,
          reason: "tensor '\(tensor.name)': external data have the \(entry.key) '\(entry.value)', which is no size")
      }
      return value
    }
    var location: String?
    for entry in tensor.externalData {
      switch entry.key {
      case "location": location = entry.value
      case "offset": offset = try number(entry)
      case "length": length = try number(entry)
      default: continue
      }
    }
    guard let location, !location.isEmpty else {
      throw .malformed(file: file, offset: nil, reason: "tensor '\(tensor.name)': external data have no location")
    }
    self.location = location
  }

  /// The elements, in a file within the folder of the model at `path`.
  /// - Throws: ``TensorError`` for a location that leads out of the folder or through a symbolic link, and for values
  ///   that are not as long as the tensor.
  func elements(
    of tensor: TensorProto, type: ElementType, count: Int, model path: String
  ) throws(TensorError) -> StoredElements {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let file = try TensorFile(location, beneath: folder.isEmpty ? "/" : folder)
    // At most 2^36 elements of 8 bytes.
    let needed = count * type.byteCount
    if let length, length != needed {
      throw .malformed(
        file: path, offset: nil,
        reason: "tensor '\(tensor.name)' needs \(needed) bytes, but its external data are \(length) bytes long")
    }
    return StoredElements(file, tensor: "tensor '\(tensor.name)'", type: type, offset: offset, count: count)
  }
}
