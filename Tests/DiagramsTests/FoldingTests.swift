import NetworkGraph
import SymbolicIntegers
import Testing

@testable import Diagrams

@Suite struct FoldingTests {
  private func items(_ graph: Graph) -> [Item] {
    let edges = DrawnEdges(of: graph)
    let outline = Outline(of: graph, edges: edges, naming: Naming(of: graph))
    return Item.blocks(of: graph, outline: outline, edges: edges)
  }

  private func copies(_ graph: Graph) -> [Int] { items(graph).map(\.copies).filter { $0 > 1 } }

  @Test func itemsHoldEveryNodeOnceInOrder() throws {
    for graph in try SampleNetworks.all() {
      #expect(items(graph).flatMap { Array($0.nodes) } == Array(graph.nodes.indices))
    }
  }

  @Test func equalResidualBlocksFoldAndTheFirstOfAStageStaysApart() throws {
    #expect(try copies(SampleNetworks.residual(depths: [3, 4, 6, 3])) == [2, 3, 5, 2])
  }

  @Test func denseBlocksFoldAlthoughTheirInputsGrow() throws {
    let folded = try items(SampleNetworks.dense(depths: [6, 12, 48, 32])).filter { $0.copies > 1 }
    #expect(folded.map(\.copies) == [6, 12, 48, 32])
    #expect(folded.allSatisfy { $0.grows })
  }

  @Test func withoutRolesBlocksAreFoundWhereOneTensorCarriesEverything() throws {
    let plain = try Graph(name: "plain", input: SampleNetworks.image) { x in
      var x = x.conv("stem", 32, kernel: 3)
      for index in 0..<4 {
        let y = x.conv("a\(index)", 32, kernel: 3, padding: 1).relu("r\(index)").conv(
          "b\(index)", 32, kernel: 3, padding: 1)
        x = (y + x).relu("s\(index)")
      }
      return x
    }
    #expect(copies(plain) == [4])
  }

  @Test func equalConvolutionsOfAChainFold() throws {
    // VGG-16: the second and third convolutions of stages 3 and 4 are equal, all three of stage 5.
    #expect(try copies(SampleNetworks.chain()) == [2, 2, 3])
  }

  private func pair(_ first: (Feature) -> Feature, _ second: (Feature) -> Feature) throws -> Graph {
    try Graph(name: "pair", input: TensorType([1, 8, 16, 16])) { x in
      x.scope("stage", .stage) { x in
        x.scope("0", .block, first).scope("1", .block, second)
      }
    }
  }

  @Test func onlyWhatInferenceSeesTellsBlocksApart() throws {
    func block(kernel: PerAxis = 3, padding: PerAxis = 1, rate: Double = 0.1, channels: Dimension = 8) -> (Feature) ->
      Feature
    {
      { $0.conv("c", channels, kernel: kernel, padding: padding).relu().stochasticDepth("d", rate) + $0 }
    }
    #expect(try copies(pair(block(), block())) == [2])
    #expect(try copies(pair(block(rate: 0.1), block(rate: 0.2))) == [2])
    #expect(try copies(pair(block(), block(kernel: 5, padding: 2))).isEmpty)
    #expect(
      try copies(pair(block(), { $0.conv("c", 8, kernel: 3, padding: 1).relu().stochasticDepth("d", 0.1) })).isEmpty)
    #expect(
      try copies(pair({ $0.conv("c", 16, kernel: 3, padding: 1) }, { $0.conv("c", 16, kernel: 3, padding: 1) })).isEmpty
    )
  }

  @Test func equalBranchesSideBySideDoNotFold() throws {
    let graph = try Graph(name: "branches", input: TensorType([1, 8, 16, 16])) { x in
      x.scope("stage", .stage) { x in
        let branches = ["0", "1", "2"].map { name in x.scope(name, .block) { $0.conv("c", 8, kernel: 1).relu() } }
        return Feature.concatenate(branches)
      }
    }
    #expect(copies(graph).isEmpty)
  }

  @Test func summariesNameSqueezeAndExcitation() throws {
    let graph = try Graph(name: "excited", input: TensorType([1, 8, 16, 16])) { x in
      x.scope("stage", .stage) { x in
        x.scope("0", .block) { x in
          let y = x.conv("a", 8, kernel: 3, padding: 1)
          let factors = y.adaptiveAveragePool("pool").conv("down", 2, kernel: 1).relu().conv("up", 8, kernel: 1)
          return (y * factors).conv("b", 8, kernel: 1) + x
        }
      }
    }
    let box = SketchBuilder(of: graph, detail: .block, quantities: [], colors: nil).sketch().sketch.boxes[1]
    #expect(box.lines.map(\.text) == ["stage.0", "Conv 3×3 · squeeze-excite · Conv 1×1 · +", "8×16×16"])
  }
}
