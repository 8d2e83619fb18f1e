import NetworkGraph
import Testing

@testable import Diagrams

/// Names an adversary would choose: markup, quotes, escapes, control and direction characters, and great length.
private let hostileNames = [
  "plain", "\"quoted\"", "back\\slash\\", "<script>alert(1)</script>", "a&b;&amp;", "line\nbreak\r\ttab",
  "]]>", "-->", "<B>bold</B>", "\u{0}nul\u{1}\u{1B}[31m", "emoji 🧠👩‍👩‍👧 flag 🇸🇪", "\u{202E}reversed\u{2066}", "שלום",
  "\u{FFFE}\u{FFFF}", "}; digraph { a -> b", "%3 \\N \\G", "", " ", String(repeating: "long", count: 50_000),
  "e" + String(repeating: "\u{301}", count: 2000),
]

@Suite struct EscapingTests {
  @Test func xmlSurvivesAParserUnchangedButForControlCharacters() {
    for name in hostileNames {
      let picture = PictureReader("<svg><text>\(Escaping.xml(name))</text></svg>")
      #expect(picture.error == nil)
      let unchanged = name.unicodeScalars.allSatisfy {
        $0.value >= 0x20 && !"\u{202E}\u{2066}\u{FFFE}\u{FFFF}".unicodeScalars.contains($0)
      }
      if unchanged { #expect(picture.texts == [name]) }
    }
  }

  @Test func dotStringsEndWhereTheyShould() {
    #expect(Escaping.dotString("a\"b") == #""a\"b""#)
    #expect(Escaping.dotString("end\\") == #""end\\""#)
    #expect(Escaping.dotString("a\nb\u{0}c") == #""a\nbc""#)
  }

  @Test func graphvizReadsHostileNamesAsOneNodeEach() throws {
    // Tabs and line ends would break the lines positions come back in; ids never hold them, labels may.
    for (index, name) in hostileNames.enumerated() {
      let document = DOTDocument(
        nodeDefaults: ["fixedsize": "true", "label": ""],
        content: [.node(name: "n\(index)", ["tooltip": .text(name), "comment": .text(name)])])
      #expect(try GraphvizLayout(dot: document.text).nodes.count == 1)
    }
  }

  @Test(arguments: hostileNames) func picturesOfHostileNamesAreWellFormed(_ name: String) throws {
    let graph = try Graph(name: name, inputName: name, input: TensorType([1, 3, 8, 8])) { input in
      input.scope(name, .stage) { input in
        let x = input.scope(name, .block) { $0.conv(name, 4, kernel: 3, padding: 1).relu(name) }
        return x.builder.add(.opaque(Opaque(name, reason: name, types: [x.type])), to: [x], name: name)[0]
      }
    }
    for detail in Diagram.Detail.allCases {
      let diagram = Diagram(of: graph, detail: detail, subtitle: [name])
      let picture = PictureReader(try diagram.svg())
      #expect(picture.error == nil)
      #expect(picture.texts.allSatisfy { $0.count <= 200 })
      #expect(picture.size.width < 4000)
    }
  }
}
