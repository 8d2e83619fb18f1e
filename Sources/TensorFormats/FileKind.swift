import Tensors

/// What a file holds, by its first bytes, and by its name where these do not tell.
public enum FileKind: Hashable, Sendable {
  case safetensors, onnx, tensorProto, numpy, png, portableMap
  /// Formats that are never read.
  case pickle, numpyArchive, jpeg, webp, hdf5, unknown

  /// - Throws: ``TensorError`` when the file cannot be opened.
  public init(ofFileAt path: String) throws(TensorError) {
    let file = try TensorFile(path: path)
    let start = try file.bytes(0..<Swift.min(file.count, 16))
    let name = path.split(separator: "/").last ?? ""
    let ending = name.lastIndex(of: ".").map { name[$0...].dropFirst().lowercased() } ?? ""
    self = Self.kind(start, ending)
  }

  private static func kind(_ start: [UInt8], _ ending: String) -> FileKind {
    func begins(_ bytes: [UInt8]) -> Bool { start.starts(with: bytes) }
    if begins(NumpyFile.signature) { return .numpy }
    if begins([0x89] + Array("PNG\r\n\u{1A}\n".utf8)) { return .png }
    if begins([0xFF, 0xD8, 0xFF]) { return .jpeg }
    if begins(Array("RIFF".utf8)), start.dropFirst(8).starts(with: "WEBP".utf8) { return .webp }
    if begins([0x89] + Array("HDF\r\n".utf8)) { return .hdf5 }
    if begins(Array("PK\u{03}\u{04}".utf8)) { return ending == "npz" ? .numpyArchive : .pickle }
    // A pickle states its protocol first.
    if start.count > 1, start[0] == 0x80, 2...5 ~= start[1] { return .pickle }
    if start.count > 8, start[8] == UInt8(ascii: "{"), start[4..<8] == [0, 0, 0, 0] { return .safetensors }
    if start.count > 2, start[0] == UInt8(ascii: "P"), 0x31...0x36 ~= start[1] { return .portableMap }
    switch ending {
    case "safetensors": return .safetensors
    case "onnx": return .onnx
    case "pb": return .tensorProto
    case "npy": return .numpy
    case "pth", "pt", "ckpt", "pkl", "bin": return .pickle
    default: return .unknown
    }
  }

  /// Why a file of this kind is not read where `wanted` is, and how to convert it.
  public func refusal(_ path: String, wanted: String) -> TensorError {
    let reason =
      switch self {
      case .safetensors: "holds tensors by name (safetensors); expected \(wanted)"
      case .onnx: "holds an ONNX model; expected \(wanted)"
      case .tensorProto: "holds one tensor (TensorProto); expected \(wanted)"
      case .numpy: "holds one array (.npy); expected \(wanted)"
      case .png, .portableMap: "holds a picture; expected \(wanted)"
      case .pickle:
        """
        looks like a PyTorch file: a pickle, which runs code when it is loaded and is never opened here; where you \
        trust it, convert it once: python3 -c "import torch, safetensors.torch as s; \
        s.save_file(torch.load('FILE', weights_only=True), 'FILE.safetensors')"
        """
      case .numpyArchive:
        "is an archive of arrays (.npz), which is not read; save its arrays one by one with numpy.save"
      case .jpeg: "is a JPEG picture, which is not read; convert it: magick FILE.jpg FILE.png"
      case .webp: "is a WebP picture, which is not read; convert it: magick FILE.webp FILE.png"
      case .hdf5:
        "is an HDF5 file (Keras), which is not read; save its tensors with safetensors.numpy.save_file"
      case .unknown: "is of no known format; expected \(wanted)"
      }
    return .unsupported(file: path, reason: reason)
  }
}
