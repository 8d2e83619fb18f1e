import Tensors

extension SafetensorsFile {
  /// Writes tensors to a safetensors file, each as `format`, in the order given; header and data are what the format
  /// asks for, with data from a multiple of 8 bytes on.
  ///
  /// The file appears whole or not at all.
  /// - Throws: ``TensorError``; also for a name that occurs twice.
  public static func write(
    _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:], as format: StoredFloat = .float32,
    to path: String
  ) throws(TensorError) {
    var parts: [String] = []
    if !metadata.isEmpty {
      let entries = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
      parts.append("\"__metadata__\":{\(entries.joined(separator: ","))}")
    }
    var names: Set<String> = ["__metadata__"]
    var offset = 0
    for (name, tensor) in tensors {
      guard names.insert(name).inserted else {
        throw .unsupported(file: path, reason: "cannot hold two tensors called '\(name)'")
      }
      let end = offset + tensor.values.count * format.byteCount
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      parts.append(
        "\(quoted(name)):{\"dtype\":\"\(format.dtype)\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var header = Array("{\(parts.joined(separator: ","))}".utf8)
    header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - header.count % 8) % 8))
    guard header.count <= headerLimit else {
      throw .unsupported(
        file: path, reason: "its header would have \(header.count) bytes, more than the limit of \(headerLimit)")
    }
    var file = try FileReplacement(path: path)
    try file.write((0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header)
    for (_, tensor) in tensors { try file.write(tensor.values, as: format) }
    try file.finish()
  }

  /// A text as JSON.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\u{00}"..<"\u{20}":
        let code = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - code.count) + code
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension StoredFloat {
  fileprivate var dtype: String {
    switch self {
    case .float32: "F32"
    case .float16: "F16"
    case .bfloat16: "BF16"
    }
  }
}
