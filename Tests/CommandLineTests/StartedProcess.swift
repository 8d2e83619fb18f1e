import Foundation

/// Whether tests that take long run in full.
let isThorough = ProcessInfo.processInfo.environment["CONVSCOPE_THOROUGH"] == "1"

/// A run of `convscope` that is still going on.
final class StartedProcess {
  private let process = Process()

  init(_ arguments: [String]) throws {
    process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      .appending(path: "convscope")
    process.arguments = arguments
    process.environment = ["PATH": "/usr/bin:/bin", "COLUMNS": "100"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  var status: Int32 { process.terminationStatus }
  var isRunning: Bool { process.isRunning }

  func wait() { process.waitUntilExit() }
  func interrupt() { process.interrupt() }

  /// Ends it without asking.
  func kill() {
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
}
