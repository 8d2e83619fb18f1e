/// The type of one tensor element.
public enum ElementType: UInt8, Hashable, Sendable, CaseIterable {
  case float32, float16, bfloat16, float64
  case int8, int16, int32, int64
  case uint8, uint16, uint32, uint64
  case bool
  /// A type this library does not compute with (strings, complex numbers, 4- and 8-bit floats).
  case other

  /// Storage of one element in bytes; 0 for ``other``, whose storage is not known.
  public var byteCount: Int {
    switch self {
    case .int8, .uint8, .bool: 1
    case .float16, .bfloat16, .int16, .uint16: 2
    case .float32, .int32, .uint32: 4
    case .float64, .int64, .uint64: 8
    case .other: 0
    }
  }

  /// Whether values are real numbers: a tensor of such a type can be a trained weight.
  public var isFloatingPoint: Bool {
    switch self {
    case .float32, .float16, .bfloat16, .float64: true
    default: false
    }
  }
}

extension ElementType: CustomStringConvertible {
  public var description: String {
    switch self {
    case .float32: "float32"
    case .float16: "float16"
    case .bfloat16: "bfloat16"
    case .float64: "float64"
    case .int8: "int8"
    case .int16: "int16"
    case .int32: "int32"
    case .int64: "int64"
    case .uint8: "uint8"
    case .uint16: "uint16"
    case .uint32: "uint32"
    case .uint64: "uint64"
    case .bool: "bool"
    case .other: "other"
    }
  }
}
