import Glibc
import TensorFormats

/// Writes a text to `path` through a temporary file beside it, so that no half-written file is ever seen.
/// - Throws: ``CommandFailure`` with the path and the system's reason.
func writeFile(_ text: String, to path: String) throws {
  func failure() -> CommandFailure {
    CommandFailure(.cannotCreate, "cannot write '\(path)': \(String(cString: strerror(errno)))")
  }
  // A device or a pipe is no file to put another in the place of.
  let isSpecial = FileReplacement.isSpecial(path)
  let written = isSpecial ? path : "\(path).\(getpid()).part"
  guard let file = fopen(written, isSpecial ? "w" : "wx") else { throw failure() }
  var text = text
  let isWhole = text.withUTF8 { fwrite($0.baseAddress, 1, $0.count, file) == $0.count }
  let isClosed = fclose(file) == 0
  guard isWhole, isClosed, isSpecial || rename(written, path) == 0 else {
    let failure = failure()
    if !isSpecial { unlink(written) }
    throw failure
  }
}

/// Writes a text to standard output.
/// - Throws: ``CommandFailure`` when nothing takes it; a closed pipe ends the process quietly, as the system has it.
func printToStandardOutput(_ text: String) throws { try printToStandardOutput(Array(text.utf8)) }

/// Writes bytes to standard output, as a text is.
func printToStandardOutput(_ bytes: [UInt8]) throws {
  guard writeAll(bytes, to: STDOUT_FILENO) else {
    throw CommandFailure(.cannotCreate, "cannot write to standard output: \(String(cString: strerror(errno)))")
  }
}

/// Writes one line to standard error; there is nowhere to report a failure to.
func printToStandardError(_ line: String) {
  _ = writeAll(Array((line + "\n").utf8), to: STDERR_FILENO)
}

private func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    if count < 0 && errno == EINTR { continue }
    guard count > 0 else { return false }
    rest = rest.dropFirst(count)
  }
  return true
}
