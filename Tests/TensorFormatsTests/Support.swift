import Foundation
import Tensors
import TestSupport

@testable import TensorFormats

/// The tensors that another program put into a file, by the bits of their values.
struct ExpectedTensor: Decodable {
  var shape: [Int]
  var bits: [UInt32]

  /// What each file under Tests/Golden/tensors holds: one array, or tensors by name.
  static let arrays = read { $0 as? [String: Any] }.compactMapValues { ExpectedTensor($0) }
  static let tensors =
    read { $0 as? [String: Any] }["types.safetensors"]?
    .compactMapValues { ($0 as? [String: Any]).flatMap { ExpectedTensor($0) } } ?? [:]

  private static func read(_ entry: (Any) -> [String: Any]?) -> [String: [String: Any]] {
    let path = Golden.folder.appending(path: "tensors/expected.json")
    let object = (try? JSONSerialization.jsonObject(with: Data(contentsOf: path))) as? [String: Any] ?? [:]
    return object.compactMapValues(entry)
  }

  private init?(_ entry: [String: Any]) {
    guard let shape = entry["shape"] as? [Int], let bits = entry["bits"] as? [UInt32] else { return nil }
    self.shape = shape
    self.bits = bits
  }

  /// Whether a tensor is this one; NaN with any bits is NaN.
  func matches(_ tensor: Tensor) -> Bool {
    tensor.shape == shape && tensor.values.count == bits.count
      && zip(tensor.values, bits).allSatisfy { value, bits in
        value.bitPattern == bits || value.isNaN && Float(bitPattern: bits).isNaN
      }
  }
}

func golden(_ name: String) -> String { Golden.folder.appending(path: "tensors/\(name)").path }

/// A safetensors file with a header as given.
func safetensors(_ header: String, dataCount: Int) -> [UInt8] {
  let text = Array(header.utf8)
  return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text
    + Array(repeating: 0, count: dataCount)
}

/// The sentence that `body` ends in; empty where it succeeds.
func sentence(_ body: () throws(TensorError) -> Void) -> String {
  do {
    try body()
    return ""
  } catch {
    return "\(error)"
  }
}

extension SafetensorsFile {
  /// Every tensor of the file.
  func all() throws(TensorError) -> [String: Tensor] {
    var result: [String: Tensor] = [:]
    for name in names ?? [] { result[name] = try tensor(named: name, shape: []) }
    return result
  }
}
