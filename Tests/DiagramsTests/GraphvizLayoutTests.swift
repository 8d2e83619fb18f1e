import Testing

@testable import Diagrams

@Suite struct GraphvizLayoutTests {
  @Test func positionsOfAChainRunDownwards() throws {
    let layout = try GraphvizLayout(
      dot: #"digraph { node [label=""]; a -> b [id=first]; b -> c [id=second]; subgraph cluster_x { label=""; b } }"#)
    let (a, b, c) = (layout.nodes["a"], layout.nodes["b"], layout.nodes["c"])
    #expect(try #require(a).y < #require(b).y)
    #expect(try #require(b).y < #require(c).y)
    #expect(layout.edges.keys.sorted() == ["first", "second"])
    let frame = try #require(layout.clusters["cluster_x"])
    #expect(try frame.origin.y < #require(b).y && frame.bottom > #require(b).y)
    #expect(layout.edges["first"]?.tip != nil)
  }

  @Test(arguments: ["", "no graph", "digraph {", "digraph { a -> ; }", "digraph { a [label=] }", "}", "\u{0}"])
  func badDocumentsAreErrorsAndLeaveGraphvizUsable(_ dot: String) throws {
    #expect(throws: DiagramError.self) { try GraphvizLayout(dot: dot) }
    #expect(try GraphvizLayout(dot: "digraph { node [label=\"\"]; a -> b }").nodes.count == 2)
  }

  @Test func aSyntaxErrorIsReportedInGraphvizsWords() {
    let error = #expect(throws: DiagramError.self) { try GraphvizLayout(dot: "digraph { a -> ; }") }
    guard case .layoutFailed(let message) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    // Graphviz counts lines on from a document that broke off before, so the number is its own.
    #expect(message.hasPrefix("Error: syntax error in line ") && message.hasSuffix(" near ';'"), "\(message)")
  }

  @Test func documentsPrintSortedAndNested() {
    var document = DOTDocument(attributes: ["rankdir": "TB", "label": "a \"b\""])
    document.content = [.cluster(name: "cluster0", [:], [.node(name: "n", ["width": .number(0.5), "height": "1"])])]
    document.edges = [DOTEdge(tail: "n", head: "m", attributes: ["label": .markup("<B>x</B>")])]
    #expect(
      document.text == """
        digraph {
          graph [label="a \\"b\\"", rankdir="TB"];
          subgraph "cluster0" {
            "n" [height="1", width="0.5"];
          }
          "n" -> "m" [label=<<B>x</B>>];
        }

        """)
  }

  /// Random documents of the kind pieces are: nested clusters around arbitrary boxes. Graphviz has assertions that
  /// end the process; none may be within reach.
  @Test func randomNestedDocumentsAreLaidOut() throws {
    for seed in 0..<60 {
      var random = SplitMix(state: UInt64(seed))
      let sketch = Sketch.random(using: &random)
      for direction in Diagram.Direction.allCases {
        let composition = try Composition(of: sketch, direction: direction)
        #expect(composition.boxes.allSatisfy { $0.size.width > 0 })
      }
    }
  }
}

/// A small generator of reproducible random numbers (Steele, Lea and Flood 2014).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

extension Sketch {
  /// Any boxes, any nesting, any links that run forwards.
  static func random(using random: inout SplitMix) -> Sketch {
    var sketch = Sketch()
    let count = Int.random(in: 1...60, using: &random)
    for index in 0..<Int.random(in: 0...8, using: &random) {
      let parent = index > 0 && Bool.random(using: &random) ? Int.random(in: 0..<index, using: &random) : nil
      sketch.groups.append(.init(title: "group \(index)", subtitle: "sub", parent: parent))
    }
    let scattered = Bool.random(using: &random)
    for index in 0..<count {
      let form: Form = [.card, .pill, .addition, .concatenation, .terminal].randomElement(using: &random) ?? .card
      var box = Box(form: form, lines: [.init(text: "box \(index)", style: .title)])
      if !sketch.groups.isEmpty {
        box.group =
          scattered
          ? Int.random(in: -1..<sketch.groups.count, using: &random) : index * sketch.groups.count / count
        if box.group == -1 { box.group = nil }
      }
      sketch.boxes.append(box)
      if index == 0 { continue }
      var sources: Set<Int> = []
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        let reach = Bool.random(using: &random) ? 3 : index
        sources.insert(Int.random(in: max(0, index - reach)..<index, using: &random))
      }
      for source in sources.sorted() {
        sketch.links.append(.init(source: source, target: index, kind: sources.count > 1 ? .shortcut : .flow))
      }
    }
    return sketch
  }
}
