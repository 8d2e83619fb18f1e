import Foundation
import Tensors
import TestSupport
import Testing

@testable import TensorFormats

private func picture(_ name: String) -> String { Golden.folder.appending(path: "images/\(name)").path }

struct ImageTests {
  @Test(arguments: ["rgb", "rgba", "grey", "grey-alpha", "palette", "bit", "grey16"])
  func `every kind of PNG has the pixels that Pillow sees`(name: String) throws {
    let image = try Image(contentsOf: picture("\(name).png"))
    #expect(image.width == 9)
    #expect(image.height == 7)
    #expect(try image == Image(contentsOf: picture("\(name).ppm")))
  }

  @Test(arguments: ["range15.pgm", "range999.ppm"])
  func `samples of other ranges are scaled as Pillow scales them`(name: String) throws {
    #expect(try Image(contentsOf: picture(name)) == Image(contentsOf: picture("\(name)-scaled.ppm")))
  }

  @Test func `bytes are pixels row by row`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("x.ppm", Array("P6 2 1 255\n".utf8) + [1, 2, 3, 4, 5, 6, 99])
    #expect(try Image(contentsOf: path) == Image(width: 2, height: 1, pixels: [1, 2, 3, 4, 5, 6]))
    let grey = try folder.file("x.pgm", Array("P5 2 1 255\n".utf8) + [7, 8])
    #expect(try Image(contentsOf: grey).pixels == [7, 7, 7, 8, 8, 8])
  }

  @Test(arguments: [Image.Interpolation.bilinear, .bicubic])
  func `resizing gives Pillow's bytes`(interpolation: Image.Interpolation) throws {
    let image = try Image(contentsOf: picture("picture.ppm"))
    for (width, height) in [(23, 17), (7, 43), (61, 5), (80, 50), (30, 60), (1, 1)] {
      let resized = try image.resized(width: width, height: height, interpolation)
      let expected = try Image(contentsOf: picture("\(interpolation)-\(width)x\(height).ppm"))
      #expect(resized == expected, "\(width)x\(height)")
    }
    #expect(try image.resized(width: 61, height: 43, interpolation) == image)
  }

  @Test func `inputs are those that torchvision prepares, bit for bit`() throws {
    let cases = [
      ("picture", "reduced", ImagePreprocessing(side: 24)),
      ("portrait", "portrait", ImagePreprocessing(side: 23, resizedSide: 28, interpolation: .bicubic)),
      ("picture", "enlarged", ImagePreprocessing(side: 31, resizedSide: 50, interpolation: .bicubic)),
    ]
    for (source, name, preprocessing) in cases {
      let tensor = try preprocessing.tensor(Image(contentsOf: picture("\(source).ppm")))
      #expect(try tensor == NumpyFile.read(picture("input-\(name).npy")), "\(name)")
    }
  }

  @Test func `the usual crop is seven eighths of the shorter side`() {
    // Numbers that timm and torchvision publish for these sides.
    for (side, resized) in [(224, 256), (299, 341), (192, 219), (288, 329), (380, 434)] {
      #expect(ImagePreprocessing(side: side).resizedSide == resized)
    }
  }

  @Test func `sides that cannot be are refused`() throws {
    let image = try Image(contentsOf: picture("picture.ppm"))
    let wide = try Image(width: 100_000, height: 1, pixels: Array(repeating: 0, count: 300_000))
    for (image, preprocessing) in [
      (image, ImagePreprocessing(side: 0)), (image, ImagePreprocessing(side: -5)),
      (image, ImagePreprocessing(side: .max)),
      (image, ImagePreprocessing(side: 30, resizedSide: 20)), (image, ImagePreprocessing(side: 30, resizedSide: .max)),
      (wide, ImagePreprocessing(side: 224)),
    ] {
      #expect(throws: TensorError.self) { try preprocessing.tensor(image) }
    }
  }

  static let hostile: [(bytes: [UInt8], says: String)] = [
    (Array("P6".utf8), "of no known format"), (Array("P6 ".utf8), "byte 3: expected the width"),
    (Array("P6 1".utf8), "byte 4: expected the height"), (Array("P6 1 1".utf8), "expected the largest sample"),
    (Array("P6 1 1 255".utf8), "expected a space behind the largest sample"),
    (Array("P6 1 1 0\n123".utf8), "the largest sample is 0; expected 1 to 65535"),
    (Array("P6 1 1 65536\n123".utf8), "the largest sample is 65536"),
    (Array("P6 1 1 255\n12".utf8), "byte 11: 1x1 pixels need 3 bytes, but 2 follow"),
    (Array("P6 0 1 255\n".utf8), "is a picture of 0x1 pixels"),
    (Array("P6 999999999 999999999 255\n".utf8), "is a picture of 999999999x999999999 pixels"),
    (Array("P6 8000 8000 65535\n".utf8), "8000x8000 pixels need 384000000 bytes, but 0 follow"),
    (Array("P6 99999999999 1 255\n".utf8), "the width has more than nine digits"),
    (Array("P6 -1 1 255\n".utf8), "expected the width"), (Array("P3 1 1 255 1 2 3".utf8), "is no binary portable map"),
    (Array("P6 #".utf8), "expected the width"),
    ([0xFF, 0xD8, 0xFF, 0xE0], "is a JPEG picture, which is not read; convert"),
    ([], "is of no known format; expected a picture in PNG or PPM"),
    ([0x89] + Array("PNG\r\n\u{1A}\n".utf8), "not a readable PNG picture"),
  ]

  @Test(arguments: hostile) func `a wrong picture gets a sentence`(bytes: [UInt8], says: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("x", bytes)
    let text = sentence { () throws(TensorError) in _ = try Image(contentsOf: path) }
    #expect(text.contains(says), "\(text)")
  }

  @Test func `a PNG that promises more than it can hold is refused before it is unpacked`() throws {
    let folder = try TemporaryFolder()
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: picture("bit.png"))))
    // Width and height are big-endian words behind the first chunk's name; its checksum follows 13 bytes of content.
    bytes.replaceSubrange(16..<24, with: [0, 0, 0x1F, 0xFF, 0, 0, 0x1F, 0xFF])
    var checksum: UInt32 = 0xFFFF_FFFF
    for byte in bytes[12..<29] {
      checksum ^= UInt32(byte)
      for _ in 0..<8 { checksum = checksum & 1 == 1 ? checksum >> 1 ^ 0xEDB8_8320 : checksum >> 1 }
    }
    checksum = ~checksum
    bytes.replaceSubrange(29..<33, with: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: checksum >> $0) })
    let path = try folder.file("x.png", bytes)
    let text = sentence { () throws(TensorError) in _ = try Image(contentsOf: path) }
    #expect(text.contains("8191x8191 pixels cannot be packed into \(bytes.count) bytes"), "\(text)")
  }

  @Test(arguments: ["palette.png", "grey16.png", "rgba.png", "range999.ppm", "range15.pgm"])
  func `a damaged picture is a picture or a sentence`(name: String) throws {
    let folder = try TemporaryFolder()
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: picture(name))))
    let outcomes = try Damage.outcomes(of: bytes, header: bytes.count, in: folder) { path throws(TensorError) in
      // Bits of a PNG's pixels may take less than a byte once they are packed.
      try Image(contentsOf: path).pixels.count / 600
    }
    #expect(outcomes.refused > 20)
  }
}

struct FileKindTests {
  @Test func `files are known by their first bytes, then by their names`() throws {
    let folder = try TemporaryFolder()
    let zip = Array("PK\u{03}\u{04}".utf8)
    let cases: [(String, [UInt8], FileKind)] = [
      ("a", safetensors("{}", dataCount: 0), .safetensors), ("a.safetensors", [], .safetensors),
      ("a.bin", safetensors("{}", dataCount: 0), .safetensors), ("model.onnx", [8, 7], .onnx),
      ("input_0.pb", [8, 1], .tensorProto), ("x", NumpyFile.signature, .numpy), ("x.npy", [], .numpy),
      ("net.pth", zip, .pickle), ("net.PT", zip, .pickle), ("pytorch_model.bin", [0x80, 2, 0x8A], .pickle),
      ("net.pt", [], .pickle), ("arrays.npz", zip, .numpyArchive), ("photo.jpeg", [0xFF, 0xD8, 0xFF, 0xE0], .jpeg),
      ("x.webp", Array("RIFF1234WEBP".utf8), .webp), ("k.h5", [0x89] + Array("HDF\r\n".utf8), .hdf5),
      ("notes.txt", Array("hello".utf8), .unknown), ("noending", [], .unknown), (".pth", [], .pickle),
    ]
    for (name, bytes, kind) in cases {
      #expect(try FileKind(ofFileAt: folder.file(name, bytes)) == kind, "\(name)")
    }
  }

  @Test func `a pickle is never opened, and how to convert it is said`() throws {
    let text = "\(FileKind.pickle.refusal("net.pth", wanted: "weights"))"
    #expect(text.hasPrefix("net.pth: looks like a PyTorch file: a pickle, which runs code when it is loaded"))
    #expect(text.contains("save_file"))
    for kind in [FileKind.safetensors, .numpyArchive, .jpeg, .hdf5, .unknown] {
      #expect("\(kind.refusal("f", wanted: "w"))".hasPrefix("f: "))
    }
  }
}
