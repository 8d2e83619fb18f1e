import NetworkGraph
import Tensors

/// What the header of a safetensors file says.
///
/// The header is one JSON object: an entry for each tensor, and `__metadata__`, an object of strings. Nothing else is
/// accepted: unknown keys of a tensor, keys that occur twice and data that overlap, leave holes or lie outside the file
/// are refused. Source: huggingface/safetensors, "Format".
struct SafetensorsHeader {
  /// One tensor.
  struct Entry {
    var name: String
    var type: SafetensorsType
    var shape: [Int]
    /// Places in the data, which follow the header.
    var data: Range<Int>
    /// Offset in the file of the entry in the header.
    var place: Int
  }

  /// In the order of the data.
  private(set) var entries: [Entry] = []
  private(set) var metadata: [String: String] = [:]

  /// Reads the header out of its bytes, which start at offset 8 of the file.
  /// - Parameter dataCount: how many bytes follow the header.
  init(_ bytes: [UInt8], dataCount: Int, file: String) throws(TensorError) {
    var reader = TextReader(bytes, file: file, origin: 8)
    var names: Set<String> = []
    try reader.object { name, place, reader throws(TensorError) in
      guard names.insert(name).inserted else { throw reader.fault("'\(name)' occurs twice in the header", at: place) }
      if name == "__metadata__" {
        try reader.object { key, place, reader throws(TensorError) in
          let value = try reader.string()
          guard metadata.updateValue(value, forKey: key) == nil else {
            throw reader.fault("'\(key)' occurs twice in __metadata__", at: place)
          }
        }
      } else {
        entries.append(try Self.entry(name, place, &reader))
      }
    }
    reader.skipSpace()
    guard reader.isAtEnd else { throw reader.fault("expected the end of the header") }
    entries.sort { ($0.data.lowerBound, $0.data.upperBound) < ($1.data.lowerBound, $1.data.upperBound) }
    try checkLayout(dataCount, reader)
  }

  private static func entry(
    _ name: String, _ place: Int, _ reader: inout TextReader
  ) throws(TensorError) -> Entry {
    var type: SafetensorsType?
    var shape: [Int]?
    var offsets: [Int]?
    try reader.object { key, place, reader throws(TensorError) in
      switch key {
      case "dtype" where type == nil:
        let text = try reader.string()
        guard let known = SafetensorsType(rawValue: text) else {
          throw reader.fault("'\(name)' has the dtype '\(text)', which is not known", at: place)
        }
        type = known
      case "shape" where shape == nil: shape = try reader.integers()
      case "data_offsets" where offsets == nil: offsets = try reader.integers()
      default:
        throw reader.fault("'\(name)' has a key '\(key)'; expected dtype, shape and data_offsets once each", at: place)
      }
    }
    guard let type, let shape, let offsets else {
      throw reader.fault("'\(name)' lacks one of dtype, shape and data_offsets", at: place)
    }
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      throw reader.fault("data_offsets of '\(name)' are \(offsets); expected a start and an end behind it", at: place)
    }
    return Entry(name: name, type: type, shape: shape, data: offsets[0]..<offsets[1], place: place)
  }

  private func checkLayout(_ dataCount: Int, _ reader: TextReader) throws(TensorError) {
    var end = 0
    for entry in entries {
      let count = try Tensor.elementCount(of: entry.shape)
      // At most 2^36 elements of 64 bits.
      let bits = count * entry.type.bitCount
      guard bits % 8 == 0, bits / 8 == entry.data.count else {
        throw reader.fault(
          """
          '\(entry.name)' of shape \(Tensor.description(of: entry.shape)) and dtype \(entry.type.rawValue) needs \
          \((bits + 7) / 8) bytes, but data_offsets give it \(entry.data.count)
          """, at: entry.place)
      }
      guard entry.data.lowerBound == end else {
        throw reader.fault(
          """
          data of '\(entry.name)' start at byte \(entry.data.lowerBound) of the data, but what precedes them ends at \
          \(end)
          """, at: entry.place)
      }
      end = entry.data.upperBound
    }
    guard end == dataCount else {
      throw TensorError.malformed(
        file: reader.file, offset: reader.origin + reader.count,
        reason: "the header describes \(end) bytes of data, but \(dataCount) follow it")
    }
  }
}

/// The element types that the format names.
enum SafetensorsType: String {
  case bool = "BOOL"
  case u8 = "U8"
  case i8 = "I8"
  case u16 = "U16"
  case i16 = "I16"
  case u32 = "U32"
  case i32 = "I32"
  case u64 = "U64"
  case i64 = "I64"
  case f16 = "F16"
  case bf16 = "BF16"
  case f32 = "F32"
  case f64 = "F64"
  case f4 = "F4"
  case f6e2m3 = "F6_E2M3"
  case f6e3m2 = "F6_E3M2"
  case f8e5m2 = "F8_E5M2"
  case f8e4m3 = "F8_E4M3"
  case f8e8m0 = "F8_E8M0"
  case c64 = "C64"

  /// The type of the elements; `other` for those that no tensor holds.
  var elementType: ElementType {
    switch self {
    case .bool: .bool
    case .u8: .uint8
    case .i8: .int8
    case .u16: .uint16
    case .i16: .int16
    case .u32: .uint32
    case .i32: .int32
    case .u64: .uint64
    case .i64: .int64
    case .f16: .float16
    case .bf16: .bfloat16
    case .f32: .float32
    case .f64: .float64
    case .f4, .f6e2m3, .f6e3m2, .f8e5m2, .f8e4m3, .f8e8m0, .c64: .other
    }
  }

  var bitCount: Int {
    switch self {
    case .f4: 4
    case .f6e2m3, .f6e3m2: 6
    case .f8e5m2, .f8e4m3, .f8e8m0: 8
    case .c64: 64
    default: 8 * elementType.byteCount
    }
  }
}
