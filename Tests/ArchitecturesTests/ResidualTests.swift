import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import Testing

@Suite("Residual networks and their relatives")
struct ResidualTests {
  private func macs(_ model: String, side: Dimension = 224) throws -> Int? {
    CountingConvention.macs.count(
      try NetworkAnalysis(graph(of: model, input: [1, 3, side, side])).total.operations
    ).constant
  }

  @Test("the paper's FLOPs are multiply-accumulates with the stride in the first 1x1")
  func paper() throws {
    // He et al. 2016, table 1: 3.8, 7.6 and 11.3 billion, of which the first is cut and not rounded; 1.8 and 3.6 for 18
    // and 34 layers, whose shortcuts there have no parameters. The exact numbers are torchvision's with strides moved.
    #expect(try macs("resnet50_paper") == 3_857_973_248)
    #expect(try macs("resnet101_paper") == 7_570_194_432)
    #expect(try macs("resnet152_paper") == 11_282_415_616)
    #expect(try macs("plain18") == 1_794_805_760)
    #expect(try macs("plain34") == 3_644_493_824)
  }

  @Test("the stride's place changes the work but neither parameters nor output shapes of stages")
  func stridePlacement() throws {
    let (paper, later) = (try graph(of: "resnet50_paper"), try graph(of: "resnet50"))
    #expect(paper.parameters.map { paper.name(of: $0) } == later.parameters.map { later.name(of: $0) })
    #expect(paper.parameters.map(\.spec) == later.parameters.map(\.spec))
    for (left, right) in zip(paper.groups(by: .stage), later.groups(by: .stage)) {
      #expect(paper.outputType(of: left) == later.outputType(of: right))
    }
  }

  @Test("a plain network has its residual twin's parameters but for the shortcuts' projections")
  func plain() throws {
    let (plain, residual) = (try graph(of: "plain34"), try graph(of: "resnet34"))
    let kept = residual.parameters.map { residual.name(of: $0) }.filter { !$0.contains("downsample") }
    #expect(plain.parameters.map { plain.name(of: $0) } == kept)
    #expect(!plain.nodes.contains { if case .elementwise = $0.operation { true } else { false } })
  }

  @Test("SE-ResNet-50 has the published cost, and each reduction the published parameters")
  func squeezeAndExcitation() throws {
    // Hu et al. 2018, table 2 (3.87 GFLOPs, stride in the first 1x1) and table 10 (parameters by reduction).
    #expect(try macs("legacy_seresnet50") == 3_860_488_192)
    let published = [4: 35.7, 8: 30.7, 16: 28.1, 32: 26.9]
    let entry = try #require(Catalog.entry(named: "legacy_seresnet50")?.architecture as? SENet)
    for (reduction, millions) in published {
      var network = entry
      network.reduction = reduction
      let graph = try Graph(name: "se", input: TensorType([1, 3, 224, 224])) { network($0) }
      let parameters = try #require(NetworkAnalysis(graph).total.parameters.constant)
      // 35.64, 30.60, 28.09 and 26.83: the table rounds up.
      #expect((Double(parameters) / 100_000).rounded(.up) == (millions * 10).rounded(), "reduction \(reduction)")
    }
    #expect(try macs("legacy_senet154") == 20_688_363_520)
    let senets = try ["legacy_senet154", "senet154"].map { try NetworkAnalysis(graph(of: $0)).total.parameters }
    #expect(senets == [115_088_984, 115_088_984])
  }

  @Test("negative and huge depths build an empty or a bounded stage, never a trap")
  func depths() throws {
    func nodes(_ first: Int) throws -> Int {
      let network = ResNet(.basic, depths: [first, 1, 1, 1], shortcuts: false)
      return try Graph(name: "plain", input: TensorType([1, 3, 64, 64])) { network($0) }.nodes.count
    }
    #expect(try nodes(-1) == nodes(0))
    #expect(try nodes(.max) == nodes(4096))
  }

  @Test("the network of 1989 has its paper's parameters and connections, layer by layer")
  func lecun1989() throws {
    let analysis = try NetworkAnalysis(graph(of: "lecun1989"))
    // LeCun et al. 1989, section 3.3: units, free parameters and connections, which count biases.
    let published = [
      "h1": (768, 1068, 19_968), "h2": (192, 2592, 38_592), "h3": (30, 5790, 5790), "output": (10, 310, 310),
    ]
    let stages = analysis.graph.groups(by: .stage)
    #expect(stages.map(\.name) == ["h1", "h2", "h3", "output"])
    var connections = 0
    for stage in stages {
      let (units, parameters, expected) = try #require(published[stage.name])
      let measures = analysis.measures(of: stage.nodes)
      #expect(analysis.graph.outputType(of: stage)?.shape.elementCount.constant == units)
      #expect(measures.trainable.constant == parameters)
      // Biases of single units are additions of a tensor.
      let untied = stage.nodes.reduce(0) { sum, id in
        guard case .elementwise = analysis.graph.nodes[id].operation else { return sum }
        return sum + (analysis.graph.arithmetic(of: analysis.graph.nodes[id]).additions.constant ?? 0)
      }
      let found = (CountingConvention.macsBias.count(measures.operations).constant ?? 0) + untied
      #expect(found == expected, "\(stage.name)")
      connections += found
    }
    #expect(connections == 64_660)
    #expect(analysis.total.parameters == 9760)
    // Every H1 map feeds eight H2 maps: two of the three groups of four.
    for map in 0..<12 { #expect(LeCun1989.connections.count { $0.contains(map) } == 2) }
  }

  @Test("the timeline begins with the Neocognitron, runs forward and names models of the catalogue")
  func timeline() {
    let milestones = Timeline.milestones
    #expect(milestones.first?.name == "Neocognitron" && milestones.first?.paper.year == 1980)
    #expect(milestones.first?.model == nil && milestones.first?.contribution != nil)
    #expect(milestones.map(\.paper.year) == milestones.map(\.paper.year).sorted())
    #expect(milestones.dropFirst().allSatisfy { $0.model.flatMap(Catalog.entry(named:)) != nil })
    #expect(Set(milestones.dropFirst().map(\.name)) == Set(Catalog.entries.map(\.family)))
  }
}
