import TensorFormats
import Tensors

/// A file that appears under its name only when it is complete.
struct NewFile: ~Copyable, ByteSink {
  private var file: FileReplacement

  init(path: String) throws(ExportError) {
    do throws(TensorError) {
      file = try FileReplacement(path: path)
    } catch {
      throw .file(error)
    }
  }

  mutating func write(_ bytes: UnsafeRawBufferPointer) throws(ExportError) {
    do throws(TensorError) {
      try file.write(bytes)
    } catch {
      throw .file(error)
    }
  }

  /// Gives the file its name, in the place of a file that has it.
  mutating func finish() throws(ExportError) {
    do throws(TensorError) {
      try file.finish()
    } catch {
      throw .file(error)
    }
  }
}
