import Glibc

/// Writes a text to `path`, so that no half-written file is ever seen.
/// - Throws: ``CommandFailure`` with the path and the system's reason.
func writeFile(_ text: String, to path: String) throws {
  var output = try CommandOutput(path: path)
  try output.write(text)
  try output.finish()
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
