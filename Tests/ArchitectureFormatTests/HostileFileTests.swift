import Foundation
import TestSupport
import Testing

@testable import ArchitectureFormat

@Suite("Hostile descriptions", .serialized)
struct HostileFileTests {
  private static let wide = "(a+b+c+d)"
  private static let product = (0..<9).map { _ in "*\(wide)" }.joined()

  /// Texts that stand for far more work than they look like.
  static let bombs: [String] = [
    "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n? *c\n: 1\n",
    "input: 1x3x8x8\nlayers: " + String(repeating: "[", count: 100_000),
    "input: 1x3x8x8\nlayers: " + String(repeating: "{a: ", count: 20_000),
    "input: 1x3x8x8\nlayers:\n  " + String(repeating: "- ", count: 50_000) + "relu",
    "input: 1x3x8x8\nlayers: " + String(repeating: "[", count: 900) + String(repeating: "]", count: 900),
    layers("- repeat: {count: 99999, layers: [{repeat: {count: 99999, layers: []}}]}"),
    layers("- repeat: {count: 99999999999, layers: [relu]}"),
    layers("- repeat: {count: 60000, layers: [relu]}\n- repeat: {count: 60000, layers: [relu]}"),
    layers("- conv: {channels: \(String(repeating: "(", count: 100_000)), kernel: 1}"),
    "input: 1x3xax(b*c*d)\nlayers:\n  - repeat: {count: 90000, layers: [{upsample: {size: [\(wide)^9, 1]}}]}",
    "input: 1x3xax(b*c*d)\nlayers:\n  - repeat: {count: 90000, layers: [{upsample: {size: [\(wide)^4, 1]}}]}",
    "input: 1x3xax(b*c*d)\nlayers:\n  - repeat: {count: 90000, layers: [{upsample: {size: [7+0*\(wide)^9, 1]}}]}",
    "input: 1x3xax(b*c*d)\nlayers:\n  - repeat: {count: 90000, layers: [{upsample: {size: [7+0\(product), 1]}}]}",
    "input: 1x3xax(b*c*d)\nlayers:\n  - repeat: {count: 90000, layers: [{upsample: {size: [a+b, c//2]}}]}",
    "input: 1x1xax(b*c*d)\nlayers:\n  - repeat: {count: 90000, layers: [{split: {parts: 1, axis: 2}}, {upsample: 2}]}",
    layers("- repeat: {count: 99999, layers: [{split: {parts: 1025, axis: 0}}]}"),
    layers("- scale: {trailing_axes: 99999999999}"),
    layers("- unsqueeze: [\((0..<500).map(String.init).joined(separator: ","))]"),
    (0..<70).reduce("input: 1x3x8x8\nlayers: [{block: b0}]\nblocks:\n  b70: {layers: [relu]}\n") {
      $0 + "  b\($1): {layers: [{block: b\($1 + 1)}, {block: b\($1 + 1)}]}\n"
    },
    (0..<30).reduce("input: 1x3x8x8\nlayers: [{block: b0}]\nblocks:\n  b30: {layers: [relu]}\n") {
      $0 + "  b\($1): {layers: [{block: b\($1 + 1)}, {block: b\($1 + 1)}]}\n"
    },
  ]

  @Test(
    "a small text that stands for enormous work ends soon with an error", .timeLimit(.minutes(10)),
    arguments: bombs.indices)
  func bombsAreRefused(index: Int) throws {
    #expect(failure(of: Self.bombs[index]) != nil, "\(Self.bombs[index].prefix(120))")
  }

  @Test("mutated files end with a network or an error", arguments: 0..<8 as Range<UInt64>)
  func mutations(seed: UInt64) throws {
    var random = SplitMix(state: seed &* 0x9E37_79B9 &+ 1)
    var seeds = try examplePaths().map { try String(contentsOfFile: $0, encoding: .utf8) }
    seeds += try DocumentationTests.files()
    let words = [
      "-1", "0", "1", "9223372036854775807", "99999", "0.5", "true", "null", "~", "relu", "conv", "channels", "H", "w",
      "in_channels", "same", "[]", "{}", "[1, 2]", "{a: 1}", "name: x", "- ", ": ", ", ", "\n", "\n  ", "\t", "*x",
      "&x ",
      "!!int ", "|", ">", "\"", "'", "#", "%", "---", "...", "\u{FEFF}", "é", "\u{0}", "//0", "^99", "*9999999999", "(",
    ].map { Array($0.utf8) }
    var networks = 0
    var errors = 0
    for _ in 0..<300 {
      var bytes = Array(seeds[Int(random.next() % UInt64(seeds.count))].utf8)
      for _ in 0..<(1 + random.next() % 2) {
        let position = Int(random.next() % UInt64(bytes.count + 1))
        let end = min(bytes.count, position + Int(random.next() % 12))
        switch random.next() % 5 {
        case 0: bytes.removeSubrange(position..<end)
        case 1: bytes.insert(contentsOf: words[Int(random.next() % UInt64(words.count))], at: position)
        case 2: bytes.replaceSubrange(position..<end, with: words[Int(random.next() % UInt64(words.count))])
        case 3: bytes.insert(contentsOf: Array(bytes[position..<end]), at: position)
        default: if position < bytes.count { bytes[position] = UInt8(0x20 + random.next() % 0x61) }
        }
        if bytes.isEmpty { bytes = [0x61] }
      }
      do throws(ArchitectureFileError) {
        _ = try ArchitectureFile.graph(text: SourceText.text(bytes[...]), name: "mutant")
        networks += 1
      } catch {
        errors += 1
        #expect(!"\(error)".isEmpty && !"\(error)".contains("\n"), "\(error)")
      }
    }
    // Mutations that never break a file, or always do, would test little.
    #expect(networks > 10 && errors > 10, "\(networks) networks, \(errors) errors")
  }
}

/// A small seeded generator; Steele, Lea and Flood 2014.
private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
