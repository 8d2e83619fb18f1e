/// Steps over the fields of one protocol-buffer message without looking into them.
///
/// Offsets count from the start of the file. Every read is checked against the message's end.
struct WireReader {
  private let end: Int
  private let message: MessageKind
  private var offset: Int

  /// One field: where it starts (its tag), and its contents: the payload of a length-delimited field, else the number.
  struct Field {
    let number: Int
    let wireType: WireType
    let start: Int
    /// Where the length prefix starts; equal to the contents' start for a number.
    let prefix: Int
    let contents: Range<Int>
    /// The number itself where the wire type is `varint`, else 0.
    let value: UInt64
  }

  enum WireType: UInt8 {
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case fixed32 = 5
  }

  /// A reader of the message that fills `range` of the file.
  init(_ message: MessageKind, in range: Range<Int>) {
    self.message = message
    offset = range.lowerBound
    end = range.upperBound
  }

  /// The next field, or nil at the end of the message.
  mutating func next(in file: inout FileBytes) throws(WireFault) -> Field? {
    guard offset < end else { return nil }
    let start = offset
    let tag = try varint(in: &file)
    let number = tag >> 3
    guard 1...0x1FFF_FFFF ~= number else { throw fault(.fieldNumber(number), at: start) }
    guard let wireType = WireType(rawValue: UInt8(tag & 7)) else {
      throw fault(.wireType(Int(tag & 7)), at: start)
    }

    let prefix = offset
    var value: UInt64 = 0
    var length: UInt64 = 0
    switch wireType {
    case .varint: value = try varint(in: &file)
    case .fixed32: length = 4
    case .fixed64: length = 8
    case .lengthDelimited: length = try varint(in: &file)
    }
    guard length <= UInt64(end - offset) else {
      let isNumber = wireType != .lengthDelimited
      throw fault(isNumber ? .endsInsideField : .lengthBeyondEnd(length: length, available: end - offset), at: prefix)
    }
    let contents = (wireType == .varint ? prefix : offset)..<offset + Int(length)
    offset = contents.upperBound
    return Field(
      number: Int(number), wireType: wireType, start: start, prefix: prefix, contents: contents, value: value)
  }

  private mutating func varint(in file: inout FileBytes) throws(WireFault) -> UInt64 {
    let start = offset
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while offset < end {
      guard let byte = file.byte(at: offset) else { throw fault(.unreadable(file.failure), at: offset) }
      offset += 1
      // The tenth byte has room for one bit; like every protocol-buffer decoder, drop what it holds beyond that.
      if shift == 63 && byte >= 0x80 { throw fault(.overlongNumber, at: start) }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    throw fault(.endsInsideField, at: start)
  }

  private func fault(_ problem: WireFault.Problem, at offset: Int) -> WireFault {
    WireFault(offset: offset, message: message.rawValue, problem: problem)
  }
}
