import NetworkGraph
import SymbolicIntegers
import Testing

@testable import Diagrams

@Suite(.timeLimit(.minutes(10))) struct DiagramTests {
  private func quantities(_ graph: Graph) -> [Diagram.Quantity] {
    let parameters = graph.nodes.map { node in
      node.parameters.filter { graph.parameters[$0].node == node.id && graph.parameters[$0].spec.kind == .trainable }
        .reduce(Dimension(0)) { $0 + graph.parameters[$1].spec.shape.elementCount }
    }
    return [
      .init(unit: "params", values: parameters),
      .init(unit: "MACs", values: graph.nodes.map { graph.arithmetic(of: $0).multiplyAdds }),
    ]
  }

  private func diagram(
    _ graph: Graph, _ detail: Diagram.Detail, _ direction: Diagram.Direction = .topToBottom
  ) -> Diagram {
    let quantities = quantities(graph)
    return Diagram(of: graph, detail: detail, direction: direction, quantities: quantities, colors: quantities[1])
  }

  @Test func everyPictureIsWellFormed() throws {
    for graph in try SampleNetworks.all() {
      for detail in Diagram.Detail.allCases {
        for direction in Diagram.Direction.allCases {
          let picture = PictureReader(try diagram(graph, detail, direction).svg())
          #expect(picture.error == nil)
          #expect(picture.texts.contains(graph.name))
        }
      }
    }
  }

  @Test func aDividedPictureShowsEveryNodeOnce() throws {
    for graph in try [SampleNetworks.dense(), SampleNetworks.residual(), SampleNetworks.branches()] {
      for direction in Diagram.Direction.allCases {
        let picture = PictureReader(try diagram(graph, .layer, direction).svg())
        #expect(picture.texts.contains("continues in the next part"))
        // A box's tooltip starts with the node's path and goes on with what it does.
        var seen: [String: Int] = [:]
        for tooltip in picture.tooltips {
          let words = tooltip.split(separator: " ")
          if words.count > 1 { seen[String(words[0]), default: 0] += 1 }
        }
        for node in graph.nodes { #expect(seen[graph.path(of: node)] == 1, "\(graph.path(of: node))") }
      }
    }
  }

  @Test func boxesKeepApartAndInsideTheirFramesAndThePage() throws {
    for graph in try SampleNetworks.all() {
      for detail in Diagram.Detail.allCases {
        for direction in Diagram.Direction.allCases {
          let (sketch, _) = SketchBuilder(of: graph, detail: detail, quantities: quantities(graph), colors: nil)
            .sketch()
          let composition = try Composition(of: sketch, direction: direction)
          let page = Rectangle(origin: Point(x: 0, y: 0), size: composition.size)
          for (index, box) in composition.boxes.enumerated() {
            #expect(page.contains(box))
            for other in composition.boxes[(index + 1)...] { #expect(!box.overlaps(other)) }
            for group in sketch.enclosingGroups(of: index) {
              #expect(composition.groups.contains { $0.group == group && $0.frame.contains(box) })
            }
          }
          #expect(composition.links.count >= sketch.links.count)
        }
      }
    }
  }

  @Test func longNetworksAreNoRibbons() throws {
    for graph in try SampleNetworks.all() {
      for detail in [Diagram.Detail.block, .layer] {
        for direction in Diagram.Direction.allCases {
          let size = PictureReader(try diagram(graph, detail, direction).svg()).size
          #expect((0.4...2.6).contains(size.width / size.height), "\(graph.name) \(detail) \(direction) \(size)")
        }
      }
    }
  }

  @Test func equalGraphsGiveEqualPicturesAlsoFromSeveralTasksAtOnce() async throws {
    let expected = try diagram(SampleNetworks.branches(), .layer).svg()
    let pictures = try await withThrowingTaskGroup(of: String.self) { group in
      for index in 0..<8 {
        group.addTask {
          // Other pictures in between leave Graphviz's memory in another state.
          if index % 2 == 0 { _ = try diagram(SampleNetworks.residual(), .layer).svg() }
          return try diagram(SampleNetworks.branches(), .layer).svg()
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(pictures.count == 8)
    #expect(pictures.allSatisfy { $0 == expected })
  }

  @Test func foldedBoxesShowTheSumOfTheirBlocks() throws {
    let graph = try SampleNetworks.residual()
    let texts = PictureReader(try diagram(graph, .block).svg()).texts
    // ResNet-50's stage 3: five equal blocks of 1,117,184 parameters (He et al. 2016, table 1).
    #expect(texts.contains { $0.hasPrefix("5.59 M params") })
    #expect(texts.contains("×5"))
    #expect(texts.contains("1024×14×14"))
    // And all of its multiply-adds, 4,089,184,256, are in the stages' sum.
    #expect(quantities(graph)[1].sum(over: graph.nodes.indices) == 4_089_184_256)
  }

  @Test func dotHoldsEveryBoxAndLinkOnce() throws {
    for graph in try SampleNetworks.all() {
      for detail in Diagram.Detail.allCases {
        let (sketch, _) = SketchBuilder(of: graph, detail: detail, quantities: [], colors: nil).sketch()
        let lines = diagram(graph, detail).dot.split(separator: "\n").map { $0.drop { $0 == " " } }
        #expect(lines.filter { $0.hasPrefix("\"b") && !$0.contains(" -> ") }.count == sketch.boxes.count)
        #expect(lines.filter { $0.contains("\" -> \"") }.count == sketch.links.count)
        #expect(lines.filter { $0.hasPrefix("subgraph \"cluster") }.count == sketch.groups.count)
      }
    }
  }

  @Test func symbolicNetworksShowFormulasAndNoColours() throws {
    let side = Dimension(try #require(Symbol("h"))) * 32
    let graph = try Graph(name: "symbolic", input: TensorType([1, 3, side, side])) {
      $0.conv("conv", 8, kernel: 3, stride: 2, padding: 1).relu()
    }
    let texts = PictureReader(try diagram(graph, .layer).svg()).texts
    #expect(texts.contains("8×(16*h)×(16*h)"))
    #expect(texts.contains("Not coloured: the shares of MACs depend on the symbols"))
  }

  @Test func networksWithoutLayersOrWeightsAreDrawn() throws {
    let graph = try Graph(name: "identity", input: TensorType([1, 3, 8, 8])) { $0 }
    for detail in Diagram.Detail.allCases {
      #expect(PictureReader(try diagram(graph, detail).svg()).texts.contains("output"))
    }
  }

  @Test func hugeNetworksAreDrawnWithLess() throws {
    let chain = try Graph(name: "long", input: TensorType([1, 4, 8, 8])) { x in
      (0..<6000).reduce(x) { x, index in
        x.scope("stage\(index / 1000)", .stage) { $0.scope("\(index)", .block) { $0.conv("c", 4, kernel: 1) } }
      }
    }
    let texts = PictureReader(try diagram(chain, .layer).svg()).texts
    #expect(texts.contains("Drawn by block: too large to draw by layer"))
    #expect(texts.contains("×1000"))
  }

  /// Every node reads thirty of the two hundred before it: nothing can be divided or folded.
  @Test func tangledNetworksEndInTime() throws {
    let tangle = try Graph(name: "tangle", input: TensorType([1, 4, 8, 8])) { x in
      var features = [x]
      for index in 1..<1500 {
        let sources = Set((0..<30).map { (index * 7 + $0 * $0 * 13) % min(index, 200) }).map {
          features[features.count - 1 - $0]
        }
        features.append(x.builder.add(.elementwise(.init(.add)), to: sources, name: "n\(index)")[0])
      }
      return features[features.count - 1]
    }
    for detail in Diagram.Detail.allCases { _ = try diagram(tangle, detail).svg() }
  }
}

extension SampleNetworks {
  static func all() throws -> [Graph] {
    try [chain(), residual(), dense(), dense(depths: [6, 12], roles: false), branches()]
  }
}

extension Rectangle {
  // Half a point: positions come back from Graphviz rounded.
  fileprivate func contains(_ other: Rectangle) -> Bool {
    other.origin.x >= origin.x - 0.5 && other.origin.y >= origin.y - 0.5 && other.right <= right + 0.5
      && other.bottom <= bottom + 0.5
  }

  fileprivate func overlaps(_ other: Rectangle) -> Bool {
    origin.x < other.right - 0.5 && other.origin.x < right - 0.5 && origin.y < other.bottom - 0.5
      && other.origin.y < bottom - 0.5
  }
}
