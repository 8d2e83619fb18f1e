/// The last line with something in it of a stream of any length, in bounded memory.
///
/// Lines end at line feeds and at carriage returns, which progress bars rewrite their line with.
struct LastLine {
  /// The most bytes of a line that are kept.
  static let limit = 4096

  private var last: [UInt8] = []
  private var current: [UInt8] = []

  /// Takes the next part of the stream.
  mutating func append(_ part: UnsafeRawBufferPointer) {
    guard let lineEnd = part.lastIndex(where: Self.endsLine) else { return extend(with: part[...]) }
    var rest = part[..<lineEnd]
    // From the end, so that a stream of short lines costs a look at the last ones only.
    while let start = rest.lastIndex(where: Self.endsLine) {
      let line = rest[(start + 1)...]
      if line.contains(where: { !Self.isBlank($0) }) {
        last = Array(line.prefix(Self.limit))
        rest = part[..<part.startIndex]
        current = []
      } else {
        rest = rest[..<start]
      }
    }
    extend(with: rest)
    endLine()
    extend(with: part[(lineEnd + 1)...])
  }

  /// The line so far, without white space around it; empty where there was none.
  var text: String {
    let line = current.contains { !Self.isBlank($0) } ? current : last
    let start = line.firstIndex { !Self.isBlank($0) } ?? line.endIndex
    let end = line.lastIndex { !Self.isBlank($0) } ?? line.startIndex
    return start <= end && start < line.endIndex ? String(decoding: line[start...end], as: UTF8.self) : ""
  }

  private mutating func extend(with part: Slice<UnsafeRawBufferPointer>) {
    current += part.prefix(Self.limit - current.count)
  }

  private mutating func endLine() {
    if current.contains(where: { !Self.isBlank($0) }) { last = current }
    current = []
  }

  private static func endsLine(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }

  private static func isBlank(_ byte: UInt8) -> Bool { byte <= UInt8(ascii: " ") }
}
