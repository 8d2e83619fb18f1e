/// Where in the file the values of a tensor lie that were left out of the decoded model.
struct StrippedData: Hashable, Sendable {
  /// The bytes of the whole `TensorProto`, values included.
  let message: Range<Int>
  /// The values, where they are one unbroken run of bytes, as exporters write them; nil for strings and for values
  /// written in several runs, which a loader reads out of `message` instead.
  let piece: Piece?

  /// One run of values.
  struct Piece: Hashable, Sendable {
    let field: TensorDataField
    /// Little-endian elements for `rawData`; for the others packed protocol-buffer values.
    let bytes: Range<Int>
  }
}

/// The fields of a `TensorProto` that hold values, by field number.
enum TensorDataField: Int, Hashable, Sendable {
  case floatData = 4
  case int32Data = 5
  case stringData = 6
  case int64Data = 7
  case rawData = 9
  case doubleData = 10
  case uint64Data = 11
}
