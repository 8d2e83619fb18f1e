/// Copies a model's bytes without the values of its large tensors.
///
/// A protocol-buffer decoder copies every byte field, so a file of weights would be held in memory once more. The
/// stripper walks the fields, notes which ranges to leave out, shortens the length prefix of every message around
/// them, and joins what is left. Weights are stepped over: their bytes are never read.
///
/// Cost: time and memory follow the number of fields, not the size of the weights.
struct PayloadStripper {
  /// Messages nested deeper than this are refused, as swift-protobuf does.
  static let depthLimit = 100
  /// Bytes of data that a tensor keeps: enough for the scales and paddings that shape arithmetic reads.
  static let keptBytes = 1024
  /// Bytes of data that a tensor of whole numbers or truth values keeps: index tables of 8,192 elements.
  static let keptIndexBytes = 65_536
  /// The field added to a stripped tensor: its place in `stripped`. Outside the numbers that ONNX uses, so that it
  /// decodes as an unknown field.
  static let markerField = 200_001

  private var edits: [Edit] = []
  private(set) var stripped: [StrippedData] = []
  /// Size of `compactCopy()`.
  private(set) var compactByteCount = 0

  /// A range of the file and the number that takes its place.
  private struct Edit {
    var range: Range<Int>
    var replacement: Replacement

    enum Replacement {
      case nothing
      case length(Int)
      case marker(Int)
    }
  }

  /// Walks the whole file.
  ///
  /// - Throws: the first place where the bytes are not fields nested as ONNX nests them.
  init(_ file: inout FileBytes) throws(WireFault) {
    let removed = try walk(.model, 0..<file.count, in: &file, depth: 1)
    compactByteCount = file.count - removed
  }

  /// The file's bytes less the stripped data.
  func compactCopy(of file: inout FileBytes) throws(WireFault) -> [UInt8] {
    var copy: [UInt8] = []
    copy.reserveCapacity(compactByteCount)
    var source = 0
    for edit in edits {
      try append(source..<edit.range.lowerBound, of: &file, to: &copy)
      switch edit.replacement {
      case .nothing: break
      case .length(let length): copy.append(varint: length)
      case .marker(let index):
        copy.append(varint: Self.markerField << 3)
        copy.append(varint: index)
      }
      source = edit.range.upperBound
    }
    try append(source..<file.count, of: &file, to: &copy)
    return copy
  }

  private func append(_ range: Range<Int>, of file: inout FileBytes, to copy: inout [UInt8]) throws(WireFault) {
    guard file.append(range, to: &copy) else {
      throw WireFault(
        offset: range.lowerBound, message: MessageKind.model.rawValue, problem: .unreadable(file.failure))
    }
  }

  /// The place in `stripped` that a decoded tensor's marker names, or nil where it has none.
  static func marker(in tensor: TensorProto) -> Int? {
    var fields = FileBytes([UInt8](tensor.unknownFields.data))
    var reader = WireReader(.tensor, in: 0..<fields.count)
    var index: Int?
    while let field = try? reader.next(in: &fields) {
      if field.number == markerField, field.wireType == .varint { index = Int(exactly: field.value) }
    }
    return index
  }

  /// Notes the edits within one message and returns by how many bytes they shorten it.
  private mutating func walk(
    _ kind: MessageKind, _ range: Range<Int>, in file: inout FileBytes, depth: Int
  ) throws(WireFault) -> Int {
    guard depth <= Self.depthLimit else {
      throw WireFault(
        offset: range.lowerBound, message: kind.rawValue, problem: .tooDeep(limit: Self.depthLimit))
    }
    var reader = WireReader(kind, in: range)
    var data = DataTally()
    var removed = 0
    while let field = try reader.next(in: &file) {
      if kind == .tensor { data.count(field) }
      guard field.wireType == .lengthDelimited, let child = kind.child(field.number) else { continue }

      let prefix = field.prefix..<field.contents.lowerBound
      let place = edits.count
      edits.append(Edit(range: prefix, replacement: .nothing))
      let shortened = try walk(child, field.contents, in: &file, depth: depth + 1)
      if shortened == 0 {
        edits.removeLast()
      } else {
        let length = field.contents.count - shortened
        edits[place].replacement = .length(length)
        removed += shortened + prefix.count - [UInt8].varintSize(length)
      }
    }
    if data.isStripped {
      removed += try strip(range, in: &file)
    }
    return removed
  }

  /// Notes the data fields of one tensor as left out, with a marker in place of the first.
  private mutating func strip(_ range: Range<Int>, in file: inout FileBytes) throws(WireFault) -> Int {
    var reader = WireReader(.tensor, in: range)
    let firstEdit = edits.count
    var pieces = 0
    var piece: StrippedData.Piece?
    var removed = 0
    while let field = try reader.next(in: &file) {
      guard let dataField = TensorDataField(rawValue: field.number) else { continue }
      pieces += 1
      if field.wireType == .lengthDelimited && dataField != .stringData {
        piece = StrippedData.Piece(field: dataField, bytes: field.contents)
      }
      let cut = field.start..<field.contents.upperBound
      removed += cut.count
      if edits.count > firstEdit, edits[edits.count - 1].range.upperBound == cut.lowerBound {
        edits[edits.count - 1].range = edits[edits.count - 1].range.lowerBound..<cut.upperBound
      } else {
        edits.append(Edit(range: cut, replacement: .nothing))
      }
    }
    edits[firstEdit].replacement = .marker(stripped.count)
    removed -= [UInt8].varintSize(Self.markerField << 3) + [UInt8].varintSize(stripped.count)
    stripped.append(StrippedData(message: range, piece: pieces == 1 ? piece : nil))
    return removed
  }
}

/// How many bytes of data a tensor holds, and of what type.
private struct DataTally {
  private var byteCount = 0
  private var isIndex = false

  mutating func count(_ field: WireReader.Field) {
    if TensorDataField(rawValue: field.number) != nil {
      byteCount += field.contents.upperBound - field.start
    } else if field.number == 2, field.wireType == .varint {
      switch TensorProto.DataType(rawValue: Int(truncatingIfNeeded: field.value)) {
      case .int32, .int64, .uint32, .uint64, .bool: isIndex = true
      default: isIndex = false
      }
    }
  }

  var isStripped: Bool {
    byteCount > (isIndex ? PayloadStripper.keptIndexBytes : PayloadStripper.keptBytes)
  }
}

extension [UInt8] {
  /// Appends a number that is not negative in the variable-length encoding.
  mutating func append(varint number: Int) {
    var rest = number
    while rest > 0x7F {
      append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }

  /// The number of bytes `append(varint:)` adds.
  static func varintSize(_ number: Int) -> Int {
    number < 0x80 ? 1 : (number.bitWidth - number.leadingZeroBitCount + 6) / 7
  }
}
