import TensorFormats
import Tensors

/// Where what a command makes goes: standard output, or a file that appears when it is complete.
struct CommandOutput: ~Copyable {
  private var file: FileReplacement?

  /// - Throws: ``CommandFailure``.
  init(path: String?) throws {
    file = try path.map { path in
      do throws(TensorError) {
        return try FileReplacement(path: path)
      } catch {
        throw CommandFailure(.cannotCreate, "\(error)")
      }
    }
  }

  /// Fails where no file can be put at `path`, before anything long is computed for it.
  static func check(_ path: String?) throws {
    guard let path, !FileReplacement.isSpecial(path) else { return }
    _ = try CommandOutput(path: path)
  }

  func write(_ text: String) throws { try write(Array(text.utf8)) }

  func write(_ bytes: [UInt8]) throws {
    guard !bytes.isEmpty else { return }
    if file == nil { return try printToStandardOutput(bytes) }
    let failure: TensorError? = bytes.withUnsafeBytes { bytes in
      do throws(TensorError) {
        try file?.write(bytes)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw CommandFailure(.cannotCreate, "\(failure)") }
  }

  mutating func finish() throws {
    do throws(TensorError) {
      try file?.finish()
    } catch {
      throw CommandFailure(.cannotCreate, "\(error)")
    }
  }
}
