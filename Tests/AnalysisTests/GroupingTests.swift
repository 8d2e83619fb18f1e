import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import Testing

@Suite("Grouping")
struct GroupingTests {
  static let models = [
    "lenet5", "alexnet_grouped", "vgg16_bn", "resnet50", "densenet121", "mobilenet_v2", "efficientnet_b0",
  ]

  @Test("groups partition the nodes and add up to the model, in every measure and convention", arguments: models)
  func sums(model: String) throws {
    let graph = try #require(Catalog.entry(named: model)).graph()
    let analysis = try NetworkAnalysis(graph)
    for grouping in Grouping.allCases {
      let groups = graph.groups(by: grouping)
      let nodes = groups.flatMap(\.nodes)
      #expect(Set(nodes).count == nodes.count)
      #expect(Set(groups.map(\.name)).count == groups.count, "\(grouping)")
      let parts = groups.map { analysis.measures(of: $0.nodes) }
      for convention in CountingConvention.all {
        #expect(
          Dimension.sum(parts.map { convention.count($0.operations) })
            == convention.count(analysis.total.operations), "\(grouping), \(convention.name)")
      }
      #expect(Dimension.sum(parts.map(\.trainable)) == analysis.total.trainable)
      #expect(Dimension.sum(parts.map(\.buffers)) == analysis.total.buffers)
      #expect(Dimension.sum(parts.map(\.activations)) == analysis.total.activations)
      #expect(Dimension.sum(parts.map(\.allOutputs)) == analysis.total.allOutputs)
    }
  }

  @Test("a shared module's parameters are in one group and its work in each")
  func sharedModule() throws {
    let analysis = try analysis([1, 8, 4, 4]) { x in
      x.group("first") { $0.conv("conv", 8, kernel: 1) }.group("second") { $0.conv("conv", 8, kernel: 1) }
    }
    let stages = analysis.graph.groups(by: .stage)
    #expect(stages.map(\.name) == ["first", "second"])
    #expect(stages.map { analysis.measures(of: $0.nodes).trainable } == [72, 0])
    #expect(stages.map { CountingConvention.macs.count(analysis.measures(of: $0.nodes).operations) } == [1024, 1024])
    #expect(analysis.total.trainable == 72)
  }

  @Test("ResNet-50's stages are its table's rows, with the shapes of its paper's figure")
  func stages() throws {
    let graph = try #require(Catalog.entry(named: "resnet50")).graph()
    let stages = graph.groups(by: .stage)
    #expect(stages.map(\.name) == ["stem", "layer1", "layer2", "layer3", "layer4", "head"])
    #expect(
      stages.map { graph.outputType(of: $0)?.description ?? "" } == [
        "1x64x56x56", "1x256x56x56", "1x512x28x28", "1x1024x14x14", "1x2048x7x7", "1x1000",
      ])
  }

  @Test("stages of every family have one name each and no stage is a single node by accident")
  func stageNames() throws {
    for entry in Catalog.entries {
      let names = try entry.graph().groups(by: .stage).map(\.name)
      #expect(names.count >= 1 && names.count <= 12, "\(entry.name): \(names)")
      #expect(Set(names).count == names.count)
    }
  }

  @Test("what only training runs is measured apart and is in no group")
  func trainingOnly() throws {
    let builder = GraphBuilder(name: "auxiliary")
    let x = builder.input("x", TensorType([1, 6]))
    let auxiliary = builder.trainingOnly { x.linear("aux", 3) }
    let graph = try builder.finish(outputs: [("out", x.linear("fc", 4)), ("aux", auxiliary)])
    let analysis = try NetworkAnalysis(graph)
    #expect(analysis.total.trainable == 28)
    #expect(analysis.trainingOnly.trainable == 21)
    #expect(CountingConvention.macs.count(analysis.total.operations) == 24)
    #expect(graph.groups(by: .layer).map(\.name) == ["fc"])
  }
}

@Suite("Whole-network measures")
struct MeasureTests {
  @Test("convention names are unique and each finds its convention")
  func conventions() {
    let names = CountingConvention.all.map(\.name)
    #expect(names == ["macs", "macs-bias", "flops", "fvcore", "thop", "all-operations"])
    for name in names { #expect(CountingConvention.named(name)?.name == name) }
    #expect(CountingConvention.named("FLOPs") == nil)
  }

  @Test("thop counts a norm of the framework's class, and neither a derived class nor a function")
  func origins() throws {
    func count(_ origin: Origin) throws -> Dimension {
      let total = try analysis([1, 8, 4, 4]) { $0.apply(.batchNorm(BatchNorm()), "norm", origin) }.total
      return CountingConvention.thop.count(total.operations)
    }
    #expect(try count(.module) == 512)
    #expect(try count(.derivedModule) == 0)
    #expect(try count(.function) == 0)
  }

  @Test("unknown operators are listed with their number, the most frequent first")
  func unsupported() throws {
    let analysis = try analysis([1, 8]) { x in
      func mystery(_ name: String, _ node: String) -> Operator {
        .opaque(Opaque(name, reason: "not in the standard", types: [TensorType([1, 8])]))
      }
      return x.apply(mystery("Rare", "a"), "a").apply(mystery("Common", "b"), "b").apply(mystery("Common", "c"), "c")
    }
    #expect(analysis.unsupported.map(\.operatorName) == ["Common", "Rare"])
    #expect(analysis.unsupported.map(\.count) == [2, 1])
    #expect(analysis.unsupported.map(\.reason) == ["not in the standard", "not in the standard"])
    #expect(CountingConvention.allOperations.count(analysis.total.operations) == 0)
  }

  @Test("activation bytes follow the element type")
  func activationBytes() throws {
    for (type, bytes) in [(ElementType.float32, 4), (.float16, 2), (.float64, 8)] {
      let graph = try Graph(name: "half", input: TensorType([1, 6], type)) { $0.linear("fc", 5).relu() }
      let total = try NetworkAnalysis(graph).total
      #expect(total.activations == 5)
      #expect(total.activationBytes == Dimension(5 * bytes))
      #expect(total.allOutputs == 10)
    }
  }

  @Test("a total beyond 64 bits is an error that names the quantity")
  func overflow() {
    #expect {
      try analysis([1, 1, 3_000_000_000, 1_000_000_000]) { $0.conv("a", 4, kernel: 1, bias: false) }
    } throws: { error in
      "\(error)".hasPrefix("total of ") && "\(error)".contains("overflows 64-bit integers")
    }
  }
}
