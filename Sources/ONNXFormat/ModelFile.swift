import SwiftProtobuf

/// An ONNX file decoded without its weights.
///
/// Tensors of more than `PayloadStripper.keptBytes` of data (whole numbers: `keptIndexBytes`) keep name, type and shape
/// but no values; `strippedData(of:)` says where in the file the values lie. External data files are never opened.
///
/// Cost: only the bytes between the weights are read; memory follows the number of nodes.
struct ModelFile: Sendable {
  /// Files that hold more than this besides their weights are refused: decoded, they could take a hundred times as much.
  static let compactByteLimit = 64 << 20

  let path: String
  let byteCount: Int
  /// Always has a graph.
  let model: ModelProto
  /// The tensors without values, in the order in which the file holds them.
  let stripped: [StrippedData]

  /// Opens and decodes the file at `path`.
  init(path: String) throws(ONNXError) {
    var file = try FileBytes(path: path)
    try self.init(&file, path: path)
  }

  /// Decodes a file; `path` is what errors call it.
  init(_ file: inout FileBytes, path: String) throws(ONNXError) {
    let stripper: PayloadStripper
    do {
      stripper = try PayloadStripper(&file)
    } catch {
      throw .malformed(path: path, fault: error)
    }
    guard stripper.compactByteCount <= Self.compactByteLimit else {
      throw .tooLarge(path: path, bytes: stripper.compactByteCount, limit: Self.compactByteLimit)
    }
    let compact: [UInt8]
    do {
      compact = try stripper.compactCopy(of: &file)
    } catch {
      throw .malformed(path: path, fault: error)
    }

    var options = BinaryDecodingOptions()
    options.messageDepthLimit = PayloadStripper.depthLimit
    do {
      model = try ModelProto(serializedBytes: compact, options: options)
    } catch {
      throw .undecodable(path: path, reason: Self.sentence(error))
    }
    guard model.hasGraph else { throw .noGraph(path: path) }
    self.path = path
    byteCount = file.count
    stripped = stripper.stripped
  }

  /// Where the values of a tensor of this model lie in the file, or nil where the tensor was decoded whole.
  func strippedData(of tensor: TensorProto) -> StrippedData? {
    guard let index = PayloadStripper.marker(in: tensor), stripped.indices.contains(index) else { return nil }
    return stripped[index]
  }

  private static func sentence(_ error: any Error) -> String {
    switch error as? BinaryDecodingError {
    case .invalidUTF8: "a name or text in it is not valid UTF-8"
    case .messageDepthLimit: "messages are nested more than \(PayloadStripper.depthLimit) deep"
    case .truncated, .malformedProtobuf, .trailingGarbage:
      "the values of a field do not fill its length, or a number in it does not end"
    default: "the decoder refused it (\(error))"
    }
  }
}
