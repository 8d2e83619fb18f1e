import NetworkGraph
import SymbolicIntegers
import Testing

@Suite("Backbones")
struct BackboneTests {
  /// A stem at stride 4 and three stages that halve, with a head.
  private func pyramid(_ input: Shape = [1, 3, 64, 64], poolsAtEnds: Bool = false) throws -> Graph {
    try Graph(name: "pyramid", input: TensorType(input)) { image in
      var x = image.group("stem") { $0.conv("stem", 8, kernel: 4, stride: 4) }
      for (index, channels) in [16, 32, 64].enumerated() {
        x = x.scope("stage\(index)", .stage) {
          let map = $0.conv("conv", Dimension(channels), kernel: 3, stride: poolsAtEnds ? 1 : 2, padding: 1).relu()
          return poolsAtEnds ? map.maxPool("pool", kernel: 2, stride: 2) : map
        }
      }
      return x.head { $0.adaptiveAveragePool("pool").flatten().linear("fc", 10) }
    }
  }

  private func maps(_ graph: Graph) -> [String] {
    graph.outputs.map { "\($0.name) \(graph.type(of: $0.value).shape)" }
  }

  @Test("outputs are the stages' last maps from stride 4 to 32, and the head is gone")
  func outputs() throws {
    let graph = try pyramid()
    let backbone = try graph.backbone()
    #expect(maps(backbone) == ["stride4 1x8x16x16", "stride8 1x16x8x8", "stride16 1x32x4x4", "stride32 1x64x2x2"])
    #expect(backbone.name == "pyramid features")
    #expect(backbone.nodes.count == graph.nodes.count - 3)
    #expect(
      backbone.parameters.map { backbone.name(of: $0) } == graph.parameters.dropLast(2).map { graph.name(of: $0) })
    #expect(backbone.nodes.map { backbone.path(of: $0) } == graph.nodes.dropLast(3).map { graph.path(of: $0) })
  }

  @Test("a pooling that ends a stage belongs to the next, except at the end")
  func poolings() throws {
    let backbone = try pyramid(poolsAtEnds: true).backbone()
    // The first stage's map at stride 4 has more channels than the stem's.
    #expect(maps(backbone) == ["stride4 1x16x16x16", "stride8 1x32x8x8", "stride16 1x64x4x4", "stride32 1x64x2x2"])
  }

  @Test("strides are those of windows, whatever borders the maps lose")
  func borders() throws {
    let graph = try Graph(name: "unpadded", input: TensorType([1, 3, 75, 75])) { image in
      image.group("a") { $0.conv("a", 8, kernel: 5, stride: 2).conv("b", 8, kernel: 5, stride: 2) }
        .group("b") { $0.conv("c", 16, kernel: 3, stride: 2) }
        .head { $0.adaptiveAveragePool("pool").flatten() }
    }
    #expect(maps(try graph.backbone()) == ["stride4 1x8x16x16", "stride8 1x16x7x7"])
  }

  @Test("slices with a step and space-to-depth count as strides, with channels at either end")
  func slices() throws {
    let graph = try Graph(name: "merging", input: TensorType([1, 3, 32, 32])) { image in
      image.group("patches") {
        $0.conv("patch", 8, kernel: 4, stride: 4).apply(.transpose(Transpose([0, 2, 3, 1])), "permute", .function)
      }
      .group("merged") { x in
        let even = x.apply(.slice(Slice([Slice.Bounds(axis: 1, step: 2)])), "rows", .function)
          .apply(.slice(Slice([Slice.Bounds(axis: 2, step: 2)])), "columns", .function)
        return Feature.concatenate([even, even], axis: 3).linear("reduction", 16)
      }
      .head { $0.linear("fc", 4) }
    }
    #expect(maps(try graph.backbone()) == ["stride4 1x8x8x8", "stride8 1x4x4x16"])
    let shuffled = try Graph(name: "depth", input: TensorType([1, 3, 32, 32])) { image in
      image.group("a") { $0.apply(.spaceDepth(SpaceDepth(.spaceToDepth, block: 4)), "move", .function) }
        .head { $0.flatten() }
    }
    #expect(maps(try shuffled.backbone()) == ["stride4 1x48x8x8"])
  }

  @Test("symbolic sides keep their maps")
  func symbols() throws {
    let backbone = try pyramid([batch, 3, height, width]).backbone()
    #expect(backbone.outputs.map(\.name) == ["stride4", "stride8", "stride16", "stride32"])
    #expect(maps(backbone)[0] == "stride4 Nx8xfloor(H/4)xfloor(W/4)")
  }

  @Test("without maps at such strides the output is what the body ends with")
  func tokens() throws {
    let graph = try Graph(name: "tokens", input: TensorType([1, 3, 32, 32])) { image in
      image.group("patches") { $0.conv("patch", 8, kernel: 4, stride: 4).flatten(from: 2) }
        .group("encoder") { $0.linear("mix", 64) }
        .head { $0.flatten().linear("fc", 4) }
    }
    #expect(maps(try graph.backbone()) == ["features 1x8x64"])
  }

  @Test("training heads and what only they read are gone")
  func trainingHeads() throws {
    let graph = try Graph(name: "auxiliary", input: TensorType([1, 3, 32, 32])) { image in
      let body = image.group("body") { $0.conv("conv", 8, kernel: 4, stride: 4) }
      let builder = image.builder
      builder.trainingOnly { _ = body.conv("aux", 4, kernel: 1) }
      return body.head { $0.flatten().linear("fc", 4) }
    }
    let backbone = try graph.backbone()
    #expect(backbone.parameters.map { backbone.name(of: $0) } == ["conv.weight", "conv.bias"])
  }

  @Test("a network that marks neither stages nor a head is refused with a reason")
  func flat() throws {
    let graph = try Graph(name: "flat", input: TensorType([1, 3, 32, 32])) { $0.conv("conv", 8, kernel: 4, stride: 4) }
    #expect(throws: GraphError.noFeatures(graph: "flat")) { try graph.backbone() }
    let headOnly = try Graph(name: "head", input: TensorType([1, 8])) { $0.head { $0.linear("fc", 4) } }
    #expect(throws: GraphError.noFeatures(graph: "head")) { try headOnly.backbone() }
    #expect("\(GraphError.noFeatures(graph: "flat"))".hasPrefix("flat marks no stages and no head"))
  }

  @Test("a description beyond the limits fails with a sentence and keeps no more than the limits")
  func limits() {
    let nodes = failure([1, 4]) { input in
      var x = input
      for _ in 0..<(2 * GraphBuilder.maximumNodes) { x = x.relu() }
      return x
    }
    #expect(nodes == "test has more than \(GraphBuilder.maximumNodes) nodes: too large for a graph")
    let edges = failure([1, 4]) { input in
      var x = input
      for _ in 0..<1100 { x = Feature.concatenate(Array(repeating: input, count: 1000)) }
      return x
    }
    #expect(edges == "test has more than \(GraphBuilder.maximumEdges) inputs of nodes: too large for a graph")
  }
}
