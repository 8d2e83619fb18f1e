import SwiftProtobuf
import Tensors

/// Writes a model field by field, the values of its tensors one tensor at a time, so that they are never all in memory.
///
/// A message of protocol buffers starts with its length, so the lengths are summed before anything is written. Tensors
/// are the last fields of the graph, and values (`raw_data`) the last field of a tensor.
struct ModelWriting {
  /// The most bytes of a model with its values inside: longer messages are not protocol buffers.
  static let byteLimit = Int(Int32.max)
  /// The fewest bytes of values that leave a model that is too long.
  static let externalThreshold = 1024
  /// Offsets in a file of values are multiples of this, so that it can be mapped.
  static let alignment = 4096

  /// One tensor: the bytes before its values, and the place of these in a file of values.
  private struct Entry {
    var tensor: StoredTensor
    var header: [UInt8]
    /// Bytes of values that follow the header.
    var valueBytes: Int
    var externalOffset: Int?

    var length: Int { header.count + valueBytes }
  }

  private let model: [UInt8]
  private let graph: [UInt8]
  private var entries: [Entry] = []
  private var graphLength: Int
  /// Bytes of the whole model file.
  var byteCount: Int { model.count + 1 + [UInt8].varintSize(graphLength) + graphLength }

  /// - Parameter valuesFile: the name of the file for the values of larger tensors; nil to put all into the model.
  init(_ exporter: Exporter, valuesFile: String?) throws(ExportError) {
    var model = exporter.model
    graph = Self.serialized(model.graph)
    model.clearGraph()
    self.model = Self.serialized(model)
    graphLength = graph.count
    var offset = 0
    for tensor in exporter.tensors {
      let byteCount = try tensor.byteCount()
      var header = tensor.header
      var entry: Entry
      if let valuesFile, byteCount >= Self.externalThreshold {
        header.dataLocation = .external
        header.externalData = [
          StringStringEntryProto("location", valuesFile), StringStringEntryProto("offset", "\(offset)"),
          StringStringEntryProto("length", "\(byteCount)"),
        ]
        entry = Entry(tensor: tensor, header: Self.serialized(header), valueBytes: 0, externalOffset: offset)
        offset += (byteCount + Self.alignment - 1) / Self.alignment * Self.alignment
      } else {
        entry = Entry(tensor: tensor, header: Self.serialized(header), valueBytes: byteCount)
        entry.header.append(Self.tag(field: 9))
        entry.header.append(varint: byteCount)
      }
      graphLength += 1 + [UInt8].varintSize(entry.length) + entry.length
      entries.append(entry)
    }
  }

  /// Writes the model; larger tensors' values go to the other file, where there is one.
  func write(to sink: inout some ByteSink & ~Copyable, from weights: (any TensorSource)?) throws(ExportError) {
    var start = model
    start.append(Self.tag(field: 7))
    start.append(varint: graphLength)
    try sink.write(elements: start)
    try sink.write(elements: graph)
    for entry in entries {
      var field = [Self.tag(field: 5)]
      field.append(varint: entry.length)
      try sink.write(elements: field)
      try sink.write(elements: entry.header)
      if entry.externalOffset == nil { try entry.tensor.write(to: &sink, from: weights) }
    }
  }

  /// Writes the values that are not in the model.
  func writeValues(to sink: inout some ByteSink & ~Copyable, from weights: (any TensorSource)?) throws(ExportError) {
    var position = 0
    for entry in entries {
      guard let offset = entry.externalOffset else { continue }
      try sink.write(elements: [UInt8](repeating: 0, count: offset - position))
      try entry.tensor.write(to: &sink, from: weights)
      position = try offset + entry.tensor.byteCount()
    }
  }

  /// The start of a field that holds bytes.
  private static func tag(field: UInt8) -> UInt8 { field << 3 | 2 }

  private static func serialized(_ message: some Message) -> [UInt8] {
    // Only messages with required fields fail, and ONNX has none.
    (try? message.serializedBytes()) ?? []
  }
}

extension StringStringEntryProto {
  init(_ key: String, _ value: String) {
    self.init()
    self.key = key
    self.value = value
  }
}
