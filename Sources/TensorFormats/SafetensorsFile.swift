import NetworkGraph
import Tensors

/// The tensors of a safetensors file.
///
/// Opening reads the header and checks it against the file: eight bytes that state its length, at most 100 MB; dtypes;
/// shapes; data that follow each other without overlap or hole up to the end of the file. Tensors are read when they are
/// asked for. F32, F16 and BF16 are exact in float32, F64 is rounded to the nearest float32; NaN and infinities are kept
/// as they are stored. Whole numbers and truth values are read too, as far as float32 holds them exactly.
///
/// Cost: opening reads the header; a tensor of F32 is read straight into its place.
public struct SafetensorsFile: TensorSource {
  /// The most bytes that a header may have: the format's own limit.
  public static let headerLimit = 100_000_000

  public let path: String
  /// What the writer noted beside the tensors.
  public let metadata: [String: String]
  private let file: TensorFile
  /// Offset in the file of the first byte behind the header.
  private let dataStart: Int
  private let entries: [SafetensorsHeader.Entry]
  private let places: [String: Int]

  /// Opens the file at `path`.
  /// - Throws: ``TensorError``, which names the byte where a header goes wrong.
  public init(path: String) throws(TensorError) {
    file = try TensorFile(path: path)
    guard file.count >= 8 else {
      throw .malformed(
        file: path, offset: nil,
        reason: "has \(file.count) bytes; a safetensors file starts with eight that state the header's length")
    }
    let stated = try file.bytes(0..<8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard stated <= UInt64(Self.headerLimit) else {
      throw .malformed(
        file: path, offset: 0,
        reason: "states a header of \(stated) bytes, more than the limit of \(Self.headerLimit); is it safetensors?")
    }
    let length = Int(stated)
    guard length <= file.count - 8 else {
      throw .malformed(
        file: path, offset: 0, reason: "states a header of \(length) bytes, but only \(file.count - 8) follow")
    }
    dataStart = 8 + length
    let header = try SafetensorsHeader(
      file.bytes(8..<dataStart), dataCount: file.count - dataStart, file: path)
    self.path = path
    metadata = header.metadata
    entries = header.entries
    var places: [String: Int] = [:]
    for (index, entry) in entries.enumerated() { places[entry.name] = index }
    self.places = places
  }

  /// In the order of the data.
  public var names: [String]? { entries.map(\.name) }

  /// The shape of a tensor; nil where there is none of that name.
  public func shape(ofTensor name: String) -> [Int]? { places[name].map { entries[$0].shape } }

  public func tensor(named name: String, shape: [Int]) throws(TensorError) -> Tensor? {
    guard let place = places[name] else { return nil }
    let entry = entries[place]
    let type = entry.type.elementType
    guard type != .other else {
      throw .unsupported(
        file: path,
        reason: "tensor '\(name)' has the dtype \(entry.type.rawValue), which is not read; convert it to F32 or F16")
    }
    let values = try StoredElements(
      file, tensor: "tensor '\(name)'", type: type, offset: dataStart + entry.data.lowerBound,
      count: entry.data.count / type.byteCount
    ).values()
    return try Tensor(entry.shape, values, type)
  }
}
