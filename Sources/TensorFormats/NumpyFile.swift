import NetworkGraph
import Tensors

/// Arrays in NumPy's `.npy` files: format versions 1, 2 and 3.
///
/// Read are half, single and double precision, whole numbers of every width as far as float32 holds them exactly, and
/// truth values; in either byte order, row by row or column by column. Source: numpy/lib/format.py.
public enum NumpyFile {
  /// The most bytes that a header may have; those that NumPy writes for plain arrays have 118.
  static let headerLimit = 65_536
  static let signature: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// The array in the file at `path`, in row-major order.
  /// - Throws: ``TensorError``, which names the byte where a header goes wrong.
  public static func read(_ path: String) throws(TensorError) -> Tensor {
    let file = try TensorFile(path: path)
    let preamble = try file.bytes(0..<Swift.min(file.count, 12))
    guard preamble.starts(with: signature) else {
      throw .malformed(file: path, offset: 0, reason: "does not start as an .npy file does")
    }
    guard preamble.count >= 10 else {
      throw .malformed(file: path, offset: preamble.count, reason: "the file ends before its header")
    }
    let version = preamble[6]
    guard 1...3 ~= version else {
      throw .malformed(file: path, offset: 6, reason: "is of format version \(version); 1 to 3 are known")
    }
    let start = version == 1 ? 10 : 12
    guard preamble.count >= start else {
      throw .malformed(file: path, offset: preamble.count, reason: "the file ends before its header")
    }
    let length = preamble[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= headerLimit, length <= file.count - start else {
      throw .malformed(
        file: path, offset: 8,
        reason:
          "states a header of \(length) bytes; the limit is \(headerLimit), and \(file.count - start) bytes follow")
    }
    let header = try NumpyHeader(file.bytes(start..<start + length), file: path, origin: start)
    return try tensor(header, in: file, at: start + length)
  }

  private static func tensor(
    _ header: NumpyHeader, in file: TensorFile, at offset: Int
  ) throws(TensorError) -> Tensor {
    let count = try Tensor.elementCount(of: header.shape)
    // At most 2^36 elements of 8 bytes.
    let needed = count * header.type.byteCount
    guard needed == file.count - offset else {
      throw .malformed(
        file: file.path, offset: offset,
        reason: """
          shape \(Tensor.description(of: header.shape)) and type \(header.type) need \(needed) bytes of data, but \
          \(file.count - offset) follow
          """)
    }
    let values = try StoredElements(
      file, tensor: "the array", type: header.type, offset: offset, count: count, isBigEndian: header.isBigEndian
    ).values()
    guard header.isColumnMajor, header.shape.count > 1 else { return try Tensor(header.shape, values, header.type) }
    return try Tensor(header.shape, rowMajor(values, header.shape), header.type)
  }

  /// The values of an array whose first axis varies fastest, in the order in which the last one does.
  private static func rowMajor(_ values: [Float], _ shape: [Int]) -> [Float] {
    // Strides of the axes in `values`.
    var strides: [Int] = []
    var step = 1
    for side in shape {
      strides.append(step)
      step *= side
    }
    var result: [Float] = []
    result.reserveCapacity(values.count)
    var coordinates = shape.map { _ in 0 }
    var position = 0
    for _ in values.indices {
      result.append(values[position])
      var axis = shape.count - 1
      while axis >= 0 {
        coordinates[axis] += 1
        position += strides[axis]
        if coordinates[axis] < shape[axis] { break }
        position -= strides[axis] * shape[axis]
        coordinates[axis] = 0
        axis -= 1
      }
    }
    return result
  }

  /// Writes a tensor as an array of single precision, row by row, in format version 1.
  ///
  /// The file appears whole or not at all.
  /// - Throws: ``TensorError``.
  public static func write(_ tensor: Tensor, to path: String) throws(TensorError) {
    let axes = tensor.shape.map(String.init)
    let shape = axes.count == 1 ? "(\(axes[0]),)" : "(\(axes.joined(separator: ", ")))"
    let text = Array("{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }".utf8)
    // Data start at a multiple of 64 bytes.
    let preamble = 10
    let total = (preamble + text.count + 1 + 63) / 64 * 64
    let length = total - preamble
    // A shape has too few axes for a length beyond 16 bits.
    var bytes = signature + [1, 0, UInt8(truncatingIfNeeded: length), UInt8(truncatingIfNeeded: length >> 8)] + text
    bytes += repeatElement(UInt8(ascii: " "), count: length - text.count - 1)
    bytes.append(UInt8(ascii: "\n"))
    var file = try FileReplacement(path: path)
    try file.write(bytes)
    try file.write(tensor.values, as: .float32)
    try file.finish()
  }
}

/// The dictionary before the data: a Python literal with the keys `descr`, `fortran_order` and `shape`.
struct NumpyHeader {
  let type: ElementType
  let isBigEndian: Bool
  let isColumnMajor: Bool
  let shape: [Int]

  init(_ bytes: [UInt8], file: String, origin: Int) throws(TensorError) {
    var reader = TextReader(bytes, file: file, origin: origin)
    var description: (type: ElementType, isBigEndian: Bool)?
    var order: Bool?
    var shape: [Int]?
    try reader.expect("{")
    while !reader.take("}") {
      let place = reader.place
      let key = try reader.pythonString()
      try reader.expect(":")
      switch key {
      case "descr" where description == nil: description = try Self.description(&reader)
      case "fortran_order" where order == nil:
        order = reader.take(word: "True")
        if order == false, !reader.take(word: "False") { throw reader.unexpected("True or False") }
      case "shape" where shape == nil: shape = try reader.tuple()
      default:
        throw reader.fault("has a key '\(key)'; expected descr, fortran_order and shape once each", at: place)
      }
      if !reader.take(",") {
        try reader.expect("}")
        break
      }
    }
    reader.skipSpace()
    guard reader.isAtEnd else { throw reader.fault("expected the end of the header") }
    guard let description, let order, let shape else {
      throw reader.fault("the header lacks one of descr, fortran_order and shape", at: origin)
    }
    (type, isBigEndian) = description
    isColumnMajor = order
    self.shape = shape
  }

  /// A byte order, a kind and a width: `<f4`.
  private static func description(
    _ reader: inout TextReader
  ) throws(TensorError) -> (ElementType, isBigEndian: Bool) {
    reader.skipSpace()
    let place = reader.place
    if reader.peek() == UInt8(ascii: "[") {
      throw reader.fault("holds records of several fields, not plain numbers", at: place)
    }
    let text = try reader.pythonString()
    let type: ElementType? =
      switch text.dropFirst() {
      case "f2": .float16
      case "f4": .float32
      case "f8": .float64
      case "i1": .int8
      case "i2": .int16
      case "i4": .int32
      case "i8": .int64
      case "u1": .uint8
      case "u2": .uint16
      case "u4": .uint32
      case "u8": .uint64
      case "b1": .bool
      default: nil
      }
    guard let type, let order = text.first, "<>|=".contains(order) else {
      let isObject = text.dropFirst() == "O" ? " (Python objects, which are never loaded)" : ""
      throw reader.fault(
        "holds elements of type '\(text)'\(isObject); read are f2, f4, f8, i1 to i8, u1 to u8 and b1", at: place)
    }
    return (type, order == ">")
  }
}

extension TextReader {
  /// A text in single or double quotation marks.
  fileprivate mutating func pythonString() throws(TensorError) -> String {
    try string(in: peek() == UInt8(ascii: "\"") ? "\"" : "'")
  }

  /// Whole numbers in parentheses; a single one is followed by a comma.
  fileprivate mutating func tuple() throws(TensorError) -> [Int] {
    try expect("(")
    var result: [Int] = []
    while !take(")") {
      result.append(try integer())
      if !take(",") {
        try expect(")")
        break
      }
    }
    return result
  }
}
