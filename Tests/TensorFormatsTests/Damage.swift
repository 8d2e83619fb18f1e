import Foundation
import Tensors
import TestSupport
import Testing

/// Reads a file with every kind of small damage to its header.
enum Damage {
  struct Outcomes {
    var read = 0
    var refused = 0
  }

  /// Cuts the file after every byte of its header and in the middle and at the end of its data, and changes every byte
  /// of the header: each bit by itself, and the byte to 0 and 255.
  /// - Parameter read: reads the file at a path, and says how many elements it got.
  static func outcomes(
    of bytes: [UInt8], header: Int, in folder: borrowing TemporaryFolder,
    _ read: (String) throws(TensorError) -> Int
  ) throws -> Outcomes {
    var outcomes = Outcomes()
    let path = try folder.file("damaged", bytes)
    let descriptor = open(path, O_RDWR)
    defer { close(descriptor) }
    func attempt() {
      do throws(TensorError) {
        let count = try read(path)
        outcomes.read += 1
        // An element takes at least a bit of the file.
        if count > 8 * bytes.count { Issue.record("\(count) elements out of \(bytes.count) bytes") }
      } catch {
        outcomes.refused += 1
        if "\(error)".isEmpty { Issue.record("an error without a sentence") }
      }
    }
    // One byte is changed in place: thousands of new files take a test minutes on some systems.
    for index in 0..<header {
      for value in (0..<8).map({ bytes[index] ^ 1 << $0 }) + [0, 255] where value != bytes[index] {
        try #require(pwrite(descriptor, [value], 1, off_t(index)) == 1)
        attempt()
      }
      try #require(pwrite(descriptor, [bytes[index]], 1, off_t(index)) == 1)
    }
    let cuts = [bytes.count - 1, (header + bytes.count) / 2] + (0...header).reversed()
    for length in cuts where length < bytes.count {
      try #require(ftruncate(descriptor, off_t(length)) == 0)
      attempt()
    }
    return outcomes
  }
}
