import Tensors

/// Reads the small texts that stand before binary data: JSON, and the Python literal of an `.npy` file.
///
/// Every fault names the byte of the file where it lies.
struct TextReader {
  let file: String
  /// Offset of the text in the file.
  let origin: Int
  private let bytes: [UInt8]
  private var index = 0

  init(_ bytes: [UInt8], file: String, origin: Int) {
    self.bytes = bytes
    self.file = file
    self.origin = origin
  }

  var count: Int { bytes.count }
  var isAtEnd: Bool { index == bytes.count }

  /// The offset in the file of the next byte.
  var place: Int { origin + index }

  func fault(_ reason: String, at place: Int? = nil) -> TensorError {
    .malformed(file: file, offset: place ?? self.place, reason: reason)
  }

  mutating func skipSpace() {
    while index < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[index]) { index += 1 }
  }

  /// The next byte that is no space, left where it is.
  mutating func peek() -> UInt8? {
    skipSpace()
    return index < bytes.count ? bytes[index] : nil
  }

  /// Steps over `character` if it comes next.
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  mutating func expect(_ character: Unicode.Scalar) throws(TensorError) {
    guard take(character) else { throw unexpected("'\(character)'") }
  }

  /// Steps over `word` if it comes next.
  mutating func take(word: StaticString) -> Bool {
    skipSpace()
    let matches = word.withUTF8Buffer { bytes[index...].starts(with: $0) }
    if matches { index += word.utf8CodeUnitCount }
    return matches
  }

  func unexpected(_ wanted: String) -> TensorError {
    guard index < bytes.count else { return fault("expected \(wanted), but the header ends") }
    let byte = bytes[index]
    let found = 0x20..<0x7F ~= byte ? "'\(Unicode.Scalar(byte))'" : "a byte of value \(byte)"
    return fault("expected \(wanted), but found \(found)")
  }

  /// The members of a JSON object; `body` reads the value of each.
  mutating func object(
    _ body: (_ key: String, _ place: Int, inout TextReader) throws(TensorError) -> Void
  ) throws(TensorError) {
    try expect("{")
    if take("}") { return }
    repeat {
      skipSpace()
      let place = self.place
      let key = try string()
      try expect(":")
      try body(key, place, &self)
    } while take(",")
    try expect("}")
  }

  /// A JSON array of whole numbers that are not negative.
  mutating func integers() throws(TensorError) -> [Int] {
    try expect("[")
    var result: [Int] = []
    if take("]") { return result }
    repeat { result.append(try integer()) } while take(",")
    try expect("]")
    return result
  }

  /// A whole number that is not negative.
  mutating func integer() throws(TensorError) -> Int {
    skipSpace()
    let start = place
    var value: Int?
    while index < bytes.count, 0x30...0x39 ~= bytes[index] {
      let (product, overflow) = (value ?? 0).multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int(bytes[index] - 0x30))
      guard !overflow, !carry else { throw fault("a number exceeds 64 bits", at: start) }
      value = sum
      index += 1
    }
    guard let value else { throw unexpected("a whole number that is not negative") }
    return value
  }

  /// A JSON string, or one in the quotation marks given.
  mutating func string(in quotation: Unicode.Scalar = "\"") throws(TensorError) -> String {
    skipSpace()
    let start = place
    guard take(quotation) else { throw unexpected("a text in \(quotation)") }
    var text: [UInt8] = []
    while index < bytes.count, bytes[index] != UInt8(ascii: quotation) {
      let byte = bytes[index]
      guard byte >= 0x20 else { throw fault("a text holds the control character \(byte)") }
      index += 1
      if byte == UInt8(ascii: "\\") {
        text.append(contentsOf: String(try escaped()).utf8)
      } else {
        text.append(byte)
      }
    }
    guard index < bytes.count else { throw fault("a text does not end", at: start) }
    index += 1
    guard let result = String(validating: text, as: UTF8.self) else { throw fault("a text is not UTF-8", at: start) }
    return result
  }

  /// The character that a backslash introduces.
  private mutating func escaped() throws(TensorError) -> Unicode.Scalar {
    guard index < bytes.count else { throw fault("a text does not end") }
    let byte = bytes[index]
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "'"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{08}"
    case UInt8(ascii: "f"): return "\u{0C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if 0xD800..<0xDC00 ~= code, bytes[index...].starts(with: "\\u".utf8) {
        index += 2
        let low = try hexadecimal()
        guard 0xDC00..<0xE000 ~= low else { throw fault("half of a surrogate pair is missing") }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw fault("half of a surrogate pair is missing") }
      return scalar
    default: throw fault("a backslash before a character that it does not escape")
    }
  }

  private mutating func hexadecimal() throws(TensorError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard index < bytes.count, let digit = Character(Unicode.Scalar(bytes[index])).hexDigitValue else {
        throw unexpected("four hexadecimal digits")
      }
      code = code << 4 | UInt32(digit)
      index += 1
    }
    return code
  }
}
