import Foundation
import TestSupport
import Testing

/// The README shows what the executable prints.
@Suite struct ReadmeTests {
  /// Every console block of the README is run and compared; with `CONVSCOPE_RECORD=1` it is written anew instead.
  ///
  /// A block begins with one line `$ convscope ARGUMENTS`; a last line `...` stands for output left out.
  @Test func examplesAreRealOutput() throws {
    let url = Golden.packageRoot.appending(path: "README.md")
    let text = try String(contentsOf: url, encoding: .utf8)
    var blocks = text.components(separatedBy: "```console\n")
    #expect(blocks.count > 5)
    for index in blocks.indices.dropFirst() {
      let end = try #require(blocks[index].range(of: "```\n"))
      let shown = blocks[index][..<end.lowerBound].components(separatedBy: "\n")
      let command = try #require(shown.first)
      #expect(command.hasPrefix("$ convscope "))
      let outcome = try convscope(words(of: command.dropFirst("$ convscope ".count)))
      #expect(outcome.status == 0, "\(command): \(outcome.standardError)")
      var printed = outcome.standardOutput.components(separatedBy: "\n")
      if let cut = shown.dropLast().last, cut == "..." {
        printed = Array(printed.prefix(shown.count - 3)) + ["...", ""]
      }
      if ProcessInfo.processInfo.environment["CONVSCOPE_RECORD"] == "1" {
        blocks[index] = ([command] + printed).joined(separator: "\n") + blocks[index][end.lowerBound...]
      } else {
        #expect(Array(shown.dropFirst()) == printed, "\(command)")
      }
    }
    guard ProcessInfo.processInfo.environment["CONVSCOPE_RECORD"] == "1" else { return }
    try blocks.joined(separator: "```console\n").write(to: url, atomically: true, encoding: .utf8)
    Issue.record("recorded README.md")
  }

  /// The words of a command line; single quotes keep spaces.
  private func words(of line: Substring) -> [String] {
    var words: [String] = []
    for (index, part) in line.components(separatedBy: "'").enumerated() {
      words += index.isMultiple(of: 2) ? part.split(separator: " ").map(String.init) : [part]
    }
    return words
  }
}
