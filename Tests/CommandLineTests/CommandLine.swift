import Foundation
import TestSupport
import Testing

/// What a run of the real executable gave.
struct Outcome {
  var standardOutput: String
  var standardError: String
  var status: Int32
}

/// Runs `convscope`, which the build puts beside the test bundle.
func convscope(_ arguments: [String], environment: [String: String] = [:], in folder: URL? = nil) throws -> Outcome {
  let process = Process()
  process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    .appending(path: "convscope")
  process.arguments = arguments
  process.environment = ["PATH": "/usr/bin:/bin", "COLUMNS": "100"].merging(environment) { $1 }
  process.currentDirectoryURL = folder ?? Golden.packageRoot
  // Files, not pipes: a pipe that fills up while the other is read would hang both sides.
  let scratch = try TemporaryFolder()
  let outputs = try ["out", "err"].map { name in
    let url = scratch.url.appending(path: name)
    try Data().write(to: url)
    return (url, try FileHandle(forWritingTo: url))
  }
  process.standardOutput = outputs[0].1
  process.standardError = outputs[1].1
  try process.run()
  process.waitUntilExit()
  return Outcome(
    standardOutput: try String(contentsOf: outputs[0].0, encoding: .utf8),
    standardError: try String(contentsOf: outputs[1].0, encoding: .utf8), status: process.terminationStatus)
}

/// Runs `convscope` in the package folder.
func convscope(_ arguments: String...) throws -> Outcome { try convscope(arguments) }

/// Compares a text with the committed snapshot of that name.
///
/// With `CONVSCOPE_RECORD=1` the snapshot is written instead, and the test fails: a recording proves nothing.
func expectSnapshot(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
  let url = Golden.folder.appending(path: "snapshots/\(name)")
  if ProcessInfo.processInfo.environment["CONVSCOPE_RECORD"] == "1" {
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: url, atomically: true, encoding: .utf8)
    Issue.record("recorded \(name)", sourceLocation: sourceLocation)
    return
  }
  let expected = try String(contentsOf: url, encoding: .utf8)
  guard text != expected else { return }
  let lines = zip(
    text.split(separator: "\n", omittingEmptySubsequences: false),
    expected.split(separator: "\n", omittingEmptySubsequences: false))
  let difference = lines.first { $0 != $1 }
  Issue.record(
    """
    \(name) differs from its snapshot (CONVSCOPE_RECORD=1 records anew)
    expected: \(difference.map { String($0.1) } ?? "\(expected.count) characters")
    found:    \(difference.map { String($0.0) } ?? "\(text.count) characters")
    """, sourceLocation: sourceLocation)
}
