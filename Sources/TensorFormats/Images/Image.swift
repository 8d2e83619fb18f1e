import Tensors

/// A picture: three bytes for each pixel, red, green and blue, row by row from the top left.
public struct Image: Hashable, Sendable {
  /// The most pixels that a picture may have.
  public static let pixelLimit = 1 << 26

  public let width: Int
  public let height: Int
  public let pixels: [UInt8]

  /// - Throws: ``TensorError/elementCount(shape:found:)`` when `pixels` are not three bytes for each pixel.
  public init(width: Int, height: Int, pixels: [UInt8]) throws(TensorError) {
    let shape = [height, width, 3]
    guard width > 0, height > 0 else { throw .size(shape: shape) }
    guard try Tensor.elementCount(of: shape) == pixels.count else {
      throw .elementCount(shape: shape, found: pixels.count)
    }
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// The picture in the file at `path`: PNG, or a binary portable map (PPM, PGM).
  /// - Throws: ``TensorError``; for other formats with a sentence that says how to convert them.
  public init(contentsOf path: String) throws(TensorError) {
    let kind = try FileKind(ofFileAt: path)
    switch kind {
    case .png: self = try PNGReader.read(path)
    case .portableMap: self = try PortableMapReader.read(path)
    default: throw kind.refusal(path, wanted: "a picture in PNG or PPM")
    }
  }

  /// Refuses sizes whose pixels would not be in the file, before anything is allocated.
  static func check(width: Int, height: Int, path: String) throws(TensorError) {
    let (count, overflow) = width.multipliedReportingOverflow(by: height)
    guard width > 0, height > 0, !overflow, count <= pixelLimit else {
      throw .unsupported(
        file: path, reason: "is a picture of \(width)x\(height) pixels; at least one and at most \(pixelLimit) are read"
      )
    }
  }
}
