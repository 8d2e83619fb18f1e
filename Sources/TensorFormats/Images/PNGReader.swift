import CPNG
import Tensors

/// Reads PNG files through libpng's simplified interface.
///
/// Pictures of any depth and kind become 8-bit red, green and blue; transparency is ignored, as Pillow does. A file that
/// states another gamma than sRGB's is converted.
enum PNGReader {
  /// The most pixels that a byte of the file can stand for: deflate packs at most 1,032 bytes into one, and a byte holds
  /// at most eight pixels.
  private static let pixelsPerByte = 8 * 1032

  static func read(_ path: String) throws(TensorError) -> Image {
    let file = try TensorFile(path: path)
    let bytes = try file.bytes(0..<file.count)
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    defer { png_image_free(&image) }
    // libpng keeps the pointer until the picture is read.
    let result: Result<[UInt8], TensorError> = bytes.withUnsafeBytes { bytes in
      do throws(TensorError) {
        return .success(try pixels(&image, bytes, path))
      } catch {
        return .failure(error)
      }
    }
    return try Image(width: Int(image.width), height: Int(image.height), pixels: result.get())
  }

  private static func pixels(
    _ image: inout png_image, _ bytes: UnsafeRawBufferPointer, _ path: String
  ) throws(TensorError) -> [UInt8] {
    guard png_image_begin_read_from_memory(&image, bytes.baseAddress, bytes.count) != 0 else {
      throw failure(image, path)
    }
    let (width, height) = (Int(image.width), Int(image.height))
    try Image.check(width: width, height: height, path: path)
    guard width * height / pixelsPerByte <= bytes.count else {
      throw .malformed(
        file: path, offset: nil, reason: "\(width)x\(height) pixels cannot be packed into \(bytes.count) bytes")
    }
    image.format = png_uint_32(PNG_FORMAT_FLAG_COLOR) | png_uint_32(PNG_FORMAT_FLAG_ALPHA)
    image.flags |= png_uint_32(PNG_IMAGE_FLAG_16BIT_sRGB)
    var rows = [UInt8](repeating: 0, count: 4 * width * height)
    guard png_image_finish_read(&image, nil, &rows, png_int_32(4 * width), nil) != 0 else { throw failure(image, path) }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(3 * width * height)
    for start in stride(from: 0, to: rows.count, by: 4) { pixels.append(contentsOf: rows[start..<start + 3]) }
    return pixels
  }

  private static func failure(_ image: png_image, _ path: String) -> TensorError {
    let message = withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return .malformed(file: path, offset: nil, reason: "not a readable PNG picture: \(message)")
  }
}
