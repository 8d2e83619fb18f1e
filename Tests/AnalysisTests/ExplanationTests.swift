import Analysis
import Architectures
import Foundation
import NetworkGraph
import SymbolicIntegers
import Testing

@Suite struct ExplanationTests {
  /// Every network with CONVSCOPE_THOROUGH=1, else one of each kind.
  static let entries: [String] = {
    let isThorough = ProcessInfo.processInfo.environment["CONVSCOPE_THOROUGH"] == "1"
    var families: Set<String> = []
    let some = ["alexnet", "densenet121", "mobilenet_v3_small", "efficientnet_b0", "vit_b_32", "swin_t", "maxvit_t"]
    return Catalog.entries.filter {
      isThorough || some.contains($0.name) || $0.paper.year < 2016 && families.insert($0.family).inserted
    }
    .map(\.name)
  }()

  @Test(arguments: entries) func whatIsExplainedIsWhatIsMeasured(name: String) throws {
    let entry = try #require(Catalog.entry(named: name))
    try expectExplained(entry.graph())
  }

  @Test(arguments: ["resnet50", "densenet121", "vit_b_16", "googlenet"])
  func formulasAreExplainedToo(name: String) throws {
    let entry = try #require(Catalog.entry(named: name))
    try expectExplained(entry.graph(input: [.symbol("N"), 3, .symbol("H"), .symbol("W")]))
  }

  private func expectExplained(_ graph: Graph) throws {
    let analysis = try NetworkAnalysis(graph)
    let fields = ReceptiveField(graph)
    let memory = try? EagerMemory(graph)
    for node in graph.nodes {
      let path = graph.path(of: node)
      let measures = analysis.measures(of: node)
      let shape = graph.explainShape(of: node)
      #expect(shape.shapes == node.outputs.map(\.shape), "\(path)")
      let parameters = graph.explainParameters(of: node)
      #expect(parameters.value == measures.parameters, "\(path)")
      let work = graph.explainMultiplyAdds(of: node)
      #expect(work.value == CountingConvention.macs.count(measures.operations), "\(path)")
      for explanation in [shape, parameters, work] {
        #expect(!explanation.rule.isEmpty && !explanation.steps.isEmpty, "\(path)")
        // The last line says the result.
        let last = try #require(explanation.steps.last?.forms.last)
        if let value = explanation.value { #expect(last == value.formatted(.text.grouped), "\(path)") }
      }
      let field = fields.explain(node)
      let axes = fields.field(of: node.id)?.axes ?? []
      for (axis, letter) in zip(axes, [["L"], ["H", "W"], ["D", "H", "W"]][max(0, axes.count - 1)]) where axis.isLocal {
        let step = field.steps.first { $0.name == "r_\(letter)" }
        // The sum over the window is worked out from the input's field.
        let told = step.flatMap { $0.forms.count == 3 ? $0.forms[2] : nil }
        if let told { #expect(told == axis.size?.formatted(.text.grouped), "\(path)") }
        #expect(step != nil, "\(path)")
      }
      guard let memory else { continue }
      let alive = memory.steps.filter { $0.node == node.id }.map(\.liveBytes)
      let told = memory.explain(node, in: graph).value
      if alive.count == 1 { #expect(told == alive[0], "\(path)") } else if alive.isEmpty { #expect(told == nil) }
    }
  }

  private func explained(
    _ input: Shape, _ body: (Feature) -> Feature
  ) throws -> (shape: Explanation, parameters: Explanation, work: Explanation) {
    let graph = try Graph(name: "one", input: TensorType(input), body)
    let node = graph.nodes[graph.outputs[0].value.node]
    try expectExplained(graph)
    return (graph.explainShape(of: node), graph.explainParameters(of: node), graph.explainMultiplyAdds(of: node))
  }

  /// The first convolution of AlexNet as CS231n works it out: (227 - 11) / 4 + 1 = 55, 34,848 weights and 96 biases,
  /// 55 * 55 * 96 outputs of 11 * 11 * 3 multiplications.
  @Test func aConvolutionIsWorkedOutAsInTextbooks() throws {
    let found = try explained([1, 3, 227, 227]) { $0.conv("conv1", 96, kernel: 11, stride: 4) }
    #expect(
      found.shape.steps[0].forms == [
        "floor((H + before + after - k) / s) + 1", "floor((227 + 0 + 0 - 11) / 4) + 1", "55",
      ])
    #expect(found.parameters.value == 34_944)
    #expect(found.work.value == Dimension(55 * 55 * 96 * 11 * 11 * 3))
    #expect(found.work.steps[0].forms[1] == "1 * 96 * 55 * 55 * 3 * 11 * 11")
  }

  @Test func aDepthwiseConvolutionSeesOneChannel() throws {
    let found = try explained([1, 32, 112, 112]) { $0.conv("dw", 32, kernel: 3, padding: 1, groups: 32, bias: false) }
    #expect(found.work.rule.contains("Depthwise"))
    #expect(found.parameters.value == 288)
    #expect(found.work.value == 3_612_672)
  }

  /// PyTorch: `MaxPool2d(3, 2, ceil_mode=True)` gives 56 for 112, `MaxPool2d(2, 2, padding=1, ceil_mode=True)` 4 for 5.
  @Test func ceilModeDropsAWindowBehindTheInput() throws {
    let kept = try explained([1, 1, 112, 112]) { $0.maxPool("p", kernel: 3, stride: 2, ceilMode: true) }
    #expect(kept.shape.shapes == [[1, 1, 56, 56]])
    let dropped = try explained([1, 1, 5, 5]) { $0.maxPool("p", kernel: 2, stride: 2, padding: 1, ceilMode: true) }
    #expect(dropped.shape.shapes == [[1, 1, 3, 3]])
    #expect(dropped.shape.steps[0].forms.last == "4")
    #expect(dropped.shape.steps[1].forms.last == "3")
  }

  /// TensorFlow: SAME over 224 with kernel 3 and stride 2 gives 112 and pads 0 before, 1 after.
  @Test func samePaddingRoundsUp() throws {
    let window = Window([.init(kernel: 3, stride: 2), .init(kernel: 3, stride: 2)], padding: .sameUpper)
    let found = try explained([1, 3, 224, 224]) {
      $0.apply(.convolution(Convolution(outputChannels: 8, window: window)), "conv")
    }
    #expect(found.shape.steps[0].forms == ["ceil(H / s)", "ceil(224 / 2)", "112"])
    #expect(found.shape.steps[1].forms.last == "1")
  }

  @Test func everyKindOfOperatorHasARule() throws {
    _ = try explained([2, 6, 7, 9]) {
      $0.apply(
        .transposedConvolution(
          TransposedConvolution(
            outputChannels: 4, window: Window(rank: 2, kernel: 3, stride: 2, padding: 1, dilation: 2), outputPadding: 1,
            groups: 2)), "up")
    }
    _ = try explained([2, 6, 8, 8]) { $0.apply(.spaceDepth(SpaceDepth(.spaceToDepth, block: 2)), "down") }
    _ = try explained([2, 8, 8, 8]) { $0.apply(.spaceDepth(SpaceDepth(.pixelShuffle, block: 2)), "up") }
    _ = try explained([2, 6, 8, 8]) { $0.apply(.groupNorm(GroupNorm(groups: 3)), "norm") }
    _ = try explained([2, 6, 8, 8]) { $0.apply(.localResponseNorm(LocalResponseNorm(size: 5)), "norm") }
    _ = try explained([2, 6, 8, 8]) { $0.apply(.activation(Activation(.preLU(slope: [6]))), "slope") }
    _ = try explained([2, 6, 8, 8]) { $0.apply(.tile(Tile(repeats: [1, 2, 3, 1])), "tile") }
    _ = try explained([2, 6, 8, 8]) {
      $0.apply(.resize(Resize(.linear, sizes: [.factor(1), .factor(1), .factor(2), .size(5)])), "resize")
    }
    _ = try explained([2, 6, 9, 8]) {
      $0.apply(
        .slice(Slice([.init(axis: 2, start: -1, end: 0, step: -2), .init(axis: 3, start: 2, end: -1, step: 3)])), "cut")
    }
    _ = try explained([2, 6, 8, 8]) {
      $0.apply(.pad(Pad(before: [0, 0, 1, -2], after: [0, 1, 2, 0], mode: .reflect)), "pad")
    }
    _ = try explained([2, 6, 8, 8]) { $0.apply(.gather(Gather(axis: 1, indices: [0, 2, 5])), "pick") }
    _ = try explained([2, 6, 8, 8]) { $0.apply(.reduction(Reduction(.mean, axes: [2, -1], keepsAxes: false)), "mean") }
    _ = try explained([2, 6, 8, 8]) { $0.apply(.view(.reshape([.sameAs(axis: 0), .inferred, .size(16)])), "view") }
    _ = try explained([2, 6, 1, 8]) { $0.apply(.view(.squeeze(axes: [])), "squeeze") }
    _ = try explained([2, 6, 12]) {
      $0.apply(.convolution(Convolution(outputChannels: 4, window: Window(rank: 1, kernel: 3, dilation: 2))), "conv1d")
    }
    _ = try explained([2, 3, 8, 9, 10]) {
      $0.apply(
        .convolution(
          Convolution(
            outputChannels: 4, window: Window(rank: 3, kernel: [1, 2, 3], stride: [1, 2, 1], padding: [0, 1, 0]))),
        "conv3d")
    }
  }

  @Test func anUnknownOperatorIsNamedAsSuch() throws {
    let graph = try Graph(name: "one", input: TensorType([1, 3, 8, 8])) { x in
      x.builder.add(.opaque(Opaque("Foo", reason: "unknown", types: [x.type])), to: [x], name: "foo")[0]
    }
    let node = try #require(graph.node(named: "foo"))
    #expect(graph.explainMultiplyAdds(of: node).rule.contains("not known"))
    #expect(graph.explainShape(of: node).shapes == [[1, 3, 8, 8]])
  }

  @Test func sharedWeightsAreCountedOnce() throws {
    let graph = try Graph(name: "one", input: TensorType([1, 3, 8, 8])) {
      $0.conv("conv", 3, kernel: 3, padding: 1).conv("conv", 3, kernel: 3, padding: 1)
    }
    let second = try #require(graph.node(named: "conv:1"))
    let explanation = graph.explainParameters(of: second)
    #expect(explanation.value == 0)
    #expect(explanation.steps.first?.forms.first?.contains("counted at conv") == true)
  }

  @Test func unknownNamesSuggestNearOnes() throws {
    let graph = try #require(Catalog.entry(named: "resnet50")).graph()
    #expect(graph.nodes(like: "layer1.0.con1").first == "layer1.0.conv1")
    #expect(graph.nodes(like: "CONV1").first == "conv1")
    #expect(graph.nodes(like: "downsample").allSatisfy { $0.contains("downsample") })
    #expect(graph.nodes(like: String(repeating: "x", count: 100_000)).isEmpty)
    #expect(graph.nodes(like: "").isEmpty)
  }
}
