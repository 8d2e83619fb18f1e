import Tensors

/// Reads binary portable maps: P6 (colours) and P5 (greys), with samples of one or two bytes.
///
/// Samples are scaled to 0...255, and rounded to the nearest even number where two are as near; samples beyond the largest
/// stated are 255. Further pictures behind the first are left alone. Source: netpbm, "ppm" and "pgm".
enum PortableMapReader {
  /// Bytes within which the header must end, comments included.
  static let headerLimit = 65_536

  static func read(_ path: String) throws(TensorError) -> Image {
    let file = try TensorFile(path: path)
    let head = try file.bytes(0..<Swift.min(file.count, headerLimit))
    guard head.count > 2, head[0] == UInt8(ascii: "P"), head[1] == UInt8(ascii: "5") || head[1] == UInt8(ascii: "6")
    else {
      throw .unsupported(
        file: path,
        reason: "is no binary portable map of colours or greys (P6 or P5); convert it: pnmtopnm FILE > NEW.ppm")
    }
    let isColour = head[1] == UInt8(ascii: "6")
    var header = Header(bytes: head, index: 2, path: path)
    let width = try header.number("width")
    let height = try header.number("height")
    let largest = try header.number("largest sample")
    guard 1...65_535 ~= largest else { throw header.fault("the largest sample is \(largest); expected 1 to 65535") }
    guard header.index < head.count, Header.isSpace(head[header.index]) else {
      throw header.fault("expected a space behind the largest sample")
    }
    let start = header.index + 1
    try Image.check(width: width, height: height, path: path)
    let isWide = largest > 255
    let needed = width * height * (isColour ? 3 : 1) * (isWide ? 2 : 1)
    guard needed <= file.count - start else {
      throw .malformed(
        file: path, offset: start,
        reason: "\(width)x\(height) pixels need \(needed) bytes, but \(file.count - start) follow")
    }
    var samples = try file.bytes(start..<start + needed)
    if isWide {
      samples = stride(from: 0, to: samples.count, by: 2).map {
        scaled(Int(samples[$0]) << 8 | Int(samples[$0 + 1]), largest)
      }
    } else if largest < 255 {
      let table = (0...255).map { scaled($0, largest) }
      for index in samples.indices { samples[index] = table[Int(samples[index])] }
    }
    guard !isColour else { return try Image(width: width, height: height, pixels: samples) }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(3 * samples.count)
    for sample in samples { pixels.append(contentsOf: repeatElement(sample, count: 3)) }
    return try Image(width: width, height: height, pixels: pixels)
  }

  private static func scaled(_ sample: Int, _ largest: Int) -> UInt8 {
    UInt8(Swift.min(255, (Double(sample) / Double(largest) * 255).rounded(.toNearestOrEven)))
  }

  /// Steps through the numbers before the samples.
  private struct Header {
    let bytes: [UInt8]
    var index: Int
    let path: String

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || 0x09...0x0D ~= byte }

    func fault(_ reason: String) -> TensorError { .malformed(file: path, offset: index, reason: reason) }

    mutating func number(_ title: String) throws(TensorError) -> Int {
      while index < bytes.count {
        if bytes[index] == UInt8(ascii: "#") {
          while index < bytes.count, bytes[index] != 0x0A, bytes[index] != 0x0D { index += 1 }
        } else if Self.isSpace(bytes[index]) {
          index += 1
        } else {
          break
        }
      }
      var value: Int?
      while index < bytes.count, 0x30...0x39 ~= bytes[index] {
        value = (value ?? 0) * 10 + Int(bytes[index] - 0x30)
        guard let value, value < 1 << 31 else { throw fault("the \(title) has more than nine digits") }
        index += 1
      }
      guard let value else { throw fault("expected the \(title)") }
      return value
    }
  }
}
