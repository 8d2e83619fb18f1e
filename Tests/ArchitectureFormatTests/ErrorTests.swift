import Foundation
import TestSupport
import Testing

@testable import ArchitectureFormat

@Suite("Errors of a description")
struct ErrorTests {
  /// A text, the line and column of its fault, and part of the sentence.
  static let cases: [(text: String, place: String, sentence: String)] = [
    ("", "1:1", "needs the key 'layers'"),
    ("- relu", "1:1", "must be a mapping"),
    ("layers: [relu]", "1:1", "needs the key 'input'"),
    ("input: 1x3x8x8\nlayer: []", "2:1", "no key 'layer': did you mean 'layers'?"),
    ("input: 1x3x8x8\nlayers: relu", "2:9", "must be a list of layers"),
    ("input: 1x3x8x8\ninput: 1x3x8x8\nlayers: []", "1:1", "'input' occurs twice"),
    ("input: 1x3x8x8\nlayers: [relu", "3:1", "this is not YAML"),
    ("input: 1x3x8x8\nlayers:\n\t- relu", "3:1", "this is not YAML"),
    ("input: 1x3x\u{1}8\nlayers: []", "1:12", "U+0001"),
    ("input: 1x3x0x8\nlayers: [relu]", "1:8", "every axis must be positive"),
    ("input: true\nlayers: [relu]", "1:8", "must be a shape"),
    ("input: 1x3x8x(8\nlayers: [relu]", "1:8", "expected"),
    ("input: 1x3x8x8\nparameters: {true: 3}\nlayers: []", "2:14", "cannot be a name"),
    ("input: 1x3x8x8\nparameters: {a: }\nlayers: []", "2:14", "needs the key"),
    ("input: 1x3x8x8\nparameters: {a: b+1}\nlayers: []", "2:17", "'b' is neither a parameter nor a symbol"),
    ("input: 1x3x8x8\nsymbols: [a]\nparameters: {a: 1}\nlayers: []", "3:14", "taken by line 2"),
    ("input: 1x3x8x8\nlayers: []\noutputs: [x]", "3:11", "no tensor was saved as 'x'"),
    ("input: {a: 1x3x8x8, b: 1x3x8x8}\nlayers: [{conv: {channels: 1, kernel: 1, name: a}}]", "2:48", "taken by line 1"),
    (layers("- konv: {}"), "3:5", "no layer 'konv': did you mean 'conv'?"),
    (layers("- conv: {chanels: 3, kernel: 1}"), "3:12", "no key 'chanels': did you mean 'channels'?"),
    (layers("- conv: {channels: 3}"), "3:5", "conv needs the key 'kernel'"),
    (layers("- conv: 3"), "3:11", "must be a mapping"),
    (layers("- conv: {channels: [3], kernel: 1}"), "3:22", "must be a whole number or a formula"),
    (layers("- conv: {channels: true, kernel: 1}"), "3:22", "but is true"),
    (layers("- conv: {channels: 0.5, kernel: 1}"), "3:22", "but is 0.5"),
    (layers("- conv: {channels: 3, kernel: 1, bias: 3}"), "3:42", "must be true or false"),
    (layers("- conv: {channels: 3, kernel: 1, padding: sane}"), "3:45", "one of same, same_lower"),
    (layers("- conv: {channels: 3, kernel: [1, 1, 1]}"), "3:33", "each of the 2 spatial axes"),
    (layers("- conv: {channels: 4, kernel: 3, groups: 2}"), "3:5", "divisible by groups"),
    (layers("- relu\n- conv: {channels: 4, kernel: 35}"), "4:5", "does not fit"),
    (layers("- flatten\n- conv: {channels: 4, kernel: 1}"), "4:5", "at least 3 axes"),
    (layers("- conv: {channels: 1+, kernel: 1}"), "3:22", "expected a number"),
    (layers("- conv: {channels: 9999999999*9999999999, kernel: 1}"), "3:22", "overflows"),
    (layers("- conv: {channels: 7//0, kernel: 1}"), "3:22", "divided by zero"),
    (layers("- conv: {channels: 4, kernel: 1}\n  name: x"), "4:5", "a mapping with 2 keys"),
    (layers("- [relu]"), "3:5", "but this is a list"),
    (layers("-"), "3:4", "but this is nothing"),
    (layers("- ? [relu]\n  : 1"), "3:7", "a key is a word"),
    (layers("- relu: {name: a.b}"), "3:18", "cannot be a name"),
    (layers("- relu: {name: a}\n- relu: {name: a}"), "4:18", "taken by line 3"),
    (layers("- relu: {from: [input, input]}"), "3:26", "must be one name"),
    (layers("- relu: {when: 3}"), "3:18", "true, false or a comparison"),
    (layers("- relu: {when: a > 3}"), "3:18", "'a' is neither"),
    (layers("- activation: rely"), "3:17", "must be one of relu"),
    (layers("- upsample: {factor: 2, size: 4}"), "3:5", "exactly one of factor, size"),
    (layers("- branches: {layers: [[relu]]}"), "3:15", "needs the key 'join'"),
    (layers("- branches: {join: sum, layers: [[relu]]}"), "3:22", "one of concat, add, multiply"),
    (layers("- branches: {join: add, layers: [[], [{conv: {channels: 4, kernel: 1}}]]}"), "3:5", "must broadcast"),
    (layers("- residual: {layers: [], optional: true, shortcut: []}"), "3:15", "exactly one of"),
    (layers("- repeat: {layers: [relu]}"), "3:13", "needs the key 'count'"),
    (layers("- repeat: {count: -1, layers: [relu]}"), "3:21", "a whole number from 0"),
    (layers("- repeat: {each: {a: [1], b: [1, 2]}, layers: [relu]}"), "3:29", "'a' has 1 values and 'b' has 2"),
    (layers("- block: nope"), "3:12", "there is no block 'nope'"),
    (layers("- block: b") + "blocks: {b: {parameters: {n: }, layers: []}}", "3:12", "block 'b' needs the key 'n'"),
    (layers("- block: {use: b, m: 1}") + "blocks: {b: {layers: []}}", "3:21", "block 'b' has no key 'm'"),
    (
      layers("- relu") + "blocks:\n  a: {layers: [{block: b}]}\n  b: {layers: [{block: a}]}", "6:24",
      "blocks use one another in a circle: a uses b uses a"
    ),
    (
      layers("- block: b") + "blocks:\n  b:\n    layers:\n      - max_pool: 64\n", "7:9",
      "in block 'b' used at line 3"
    ),
  ]

  @Test("a fault is one sentence with the line and column it is at", arguments: cases.indices)
  func located(index: Int) throws {
    let (text, place, sentence) = Self.cases[index]
    let error = try #require(failure(of: text), "\(text)")
    #expect("\(error)".hasPrefix("\(place): "), "\(text)\n\(error)")
    #expect("\(error)".contains(sentence), "\(text)\n\(error)")
    #expect(!"\(error)".contains("\n"))
  }

  @Test("files that are missing, folders, too large or no text are refused with their path")
  func files() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "architecture-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data([0x61, 0xFF, 0xFE]).write(to: folder.appending(path: "bytes.yaml"))
    try Data(repeating: 0x20, count: ArchitectureFileLimits.bytes + 1).write(to: folder.appending(path: "large.yaml"))
    let expected = [
      ("missing.yaml", "cannot be read"), ("", "is not a file"), ("bytes.yaml", "is not UTF-8"),
      ("large.yaml", "bytes"),
    ]
    for (name, sentence) in expected {
      let path = name.isEmpty ? folder.path : folder.appending(path: name).path
      do {
        _ = try ArchitectureFile.graph(contentsOf: path)
        Issue.record("\(name) was read")
      } catch {
        #expect("\(error)".hasPrefix("\(path): ") && "\(error)".contains(sentence), "\(error)")
      }
    }
    #expect(throws: ArchitectureFileError.self) { try ArchitectureFile.graph(contentsOf: "/dev/zero") }
  }
}
