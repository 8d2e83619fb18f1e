import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import Testing

@Suite("Lint")
struct LintTests {
  private func lint(_ model: String, _ input: Shape? = nil) throws -> Lint {
    Lint(try NetworkAnalysis(#require(Catalog.entry(named: model)).graph(input: input)))
  }

  private func lint(_ shape: Shape, _ body: (Feature) -> Feature) throws -> Lint { Lint(try analysis(shape, body)) }

  private func names(_ lint: Lint, _ rule: LintRule) -> [String] {
    lint.findings(of: rule).map { lint.analysis.graph.path(of: lint.analysis.graph.nodes[$0.node]) }
  }

  // MARK: Known faults of published networks

  @Test("ResNet-50's strided shortcuts drop three quarters of their input; ResNet-D's do not (He et al. 2019)")
  func shortcuts() throws {
    let found = try lint("resnet50")
    #expect(names(found, .droppedInput) == (2...4).map { "layer\($0).0.downsample.0" })
    // A pool before the convolution costs no multiply-add and no parameter.
    #expect(found.findings(of: .droppedInput).allSatisfy { $0.remedy.cost == NetworkDifference.Cost() })
    #expect(found.findings(of: .droppedInput).allSatisfy { $0.message.contains("25 %") })
    #expect(try lint("resnet50d").findings(of: .droppedInput).isEmpty)
  }

  @Test("VGG with batch norm has a useless bias in each of its 13 convolutions, 4,224 parameters")
  func biases() throws {
    let found = try lint("vgg16_bn").findings(of: .biasBeforeNorm)
    #expect(found.count == 13)
    #expect(Dimension.sum(found.compactMap { $0.remedy.cost?.parameters }) == -4224)
    #expect(found.allSatisfy { $0.remedy.cost?.operations == 0 })
    #expect(try lint("resnet50").findings(of: .biasBeforeNorm).isEmpty)
  }

  @Test(
    "the classifiers of AlexNet and VGG hold most parameters; pooling saves what the papers' tables say",
    arguments: [
      // 9216 -> 256 and 25088 -> 512 inputs of 4096 units.
      ("alexnet", 96, (9216 - 256) * 4096), ("vgg16", 89, (25_088 - 512) * 4096),
    ])
  func classifiers(model: String, share: Int, saved: Int) throws {
    let finding = try #require(lint(model).findings(of: .heavyClassifier).first)
    #expect(finding.message.hasSuffix("\(share) % of the parameters"))
    #expect(finding.remedy.cost?.parameters == Dimension(-saved))
    #expect(finding.remedy.cost?.operations == Dimension(-saved))
  }

  @Test(
    "networks that pool globally or are large elsewhere have no heavy classifier",
    arguments: ["resnet50", "vit_b_16", "densenet121"])
  func noHeavyClassifier(model: String) throws {
    #expect(try lint(model).findings(of: .heavyClassifier).isEmpty)
  }

  @Test(
    "AlexNet and VGG-16 do not see their image, 195 and 212 of 224; ResNet-50 does",
    arguments: [
      ("alexnet", 195), ("vgg16", 212), ("resnet50", nil), ("vit_b_16", nil),
    ] as [(String, Int?)])
  func receptiveField(model: String, side: Int?) throws {
    let found = try lint(model).findings(of: .smallReceptiveField)
    #expect(found.map(\.message) == (side.map { ["its units see \($0)x\($0) of 224x224"] } ?? []))
    guard let side else { return }
    let cost = try #require(found.first?.remedy.cost)
    let entry = try #require(Catalog.entry(named: model))
    let macs = try [side, 224].map { side in
      CountingConvention.macs.count(
        try NetworkAnalysis(entry.graph(input: [1, 3, Dimension(side), Dimension(side)])).total.operations)
    }
    #expect(cost.operations == macs[0] - macs[1])
    #expect(cost.operations.constant.map { $0 < 0 } == true)
  }

  // MARK: Each rule alone

  @Test("a stride before a wider convolution moves there, for four times the work of the first")
  func movedStride() throws {
    let found = try lint([1, 16, 32, 32]) {
      $0.conv("a", 16, kernel: 1, stride: 2, bias: false).batchNorm("bn").relu()
        .conv("b", 16, kernel: 3, padding: 1, bias: false)
    }
    let finding = try #require(found.findings(of: .droppedInput).first)
    #expect(finding.remedy.action == "move the stride to b")
    #expect(finding.remedy.cost?.operations == Dimension(16 * 16 * (32 * 32 - 16 * 16)))
    #expect(finding.remedy.cost?.parameters == 0)
  }

  @Test("channels are rounded up together, and each layer's cost includes its wider input")
  func channels() throws {
    let found = try lint([1, 8, 10, 10]) {
      $0.conv("a", 12, kernel: 3, padding: 1, bias: false).conv("b", 20, kernel: 1, bias: false)
        .conv("c", 10, kernel: 1, bias: false)
    }
    // The last layer gives classes.
    #expect(names(found, .channelsOfEight) == ["a", "b"])
    let costs = found.findings(of: .channelsOfEight).compactMap(\.remedy.cost)
    #expect(costs.map(\.parameters) == [Dimension(8 * 4 * 9), Dimension(24 * 16 - 20 * 12)])
    #expect(costs.map(\.operations) == [Dimension(8 * 4 * 9 * 100), Dimension((24 * 16 - 20 * 12) * 100)])
  }

  @Test(
    "depthwise layers and multiples of 8 are not told", arguments: ["mobilenet_v2", "resnet50", "vgg16", "densenet121"])
  func multiplesOfEight(model: String) throws {
    #expect(try lint(model).findings(of: .channelsOfEight).isEmpty)
  }

  @Test("depthwise layers, joins, splits and shuffles follow: ShuffleNet's 58 channels become 64")
  func shuffleNet() throws {
    let found = try lint("shufflenet_v2_x1_0").findings(of: .channelsOfEight)
    #expect(found.count == 26)
    #expect(found.first?.message == "58 channels, 6 short of 64")
    #expect(found.allSatisfy { $0.remedy.cost != nil })
    // stage2.0.branch1.2 reads 24 channels.
    #expect(found.first?.remedy.cost?.parameters == Dimension(6 * 24))
  }

  @Test("a classifier on pooled maps is narrowed: MobileNetV3-Small's 1,024 hidden units to 512")
  func pooledClassifier() throws {
    let finding = try #require(lint("mobilenet_v3_small").findings(of: .heavyClassifier).first)
    #expect(finding.remedy.cost?.parameters == Dimension(-(512 * (576 + 1 + 1000))))
  }

  @Test("where wider channels do not fit the network, the finding stays and says why")
  func channelsThatDoNotFit() throws {
    let found = try lint([1, 8, 4, 4]) {
      $0.conv("a", 12, kernel: 1).reshaped([1, 6, 2, 4, 4]).reshaped([1, 12, 4, 4], "back").conv("b", 8, kernel: 1)
    }
    let finding = try #require(found.findings(of: .channelsOfEight).first)
    #expect(finding.remedy.cost == nil)
    #expect(finding.remedy.action.hasPrefix("16 channels (does not fit: "))
  }

  @Test("a branch that no output needs is found once, with all that leads to it")
  func deadBranch() throws {
    let found = try lint([1, 8, 10, 10]) { x in
      let a = x.conv("a", 8, kernel: 1, bias: false)
      _ = a.conv("dead1", 16, kernel: 3, bias: false).relu().conv("dead2", 8, kernel: 1, bias: false)
      return a.relu("out")
    }
    let finding = try #require(found.findings(of: .deadBranch).first)
    #expect(found.findings(of: .deadBranch).count == 1)
    #expect(names(found, .deadBranch) == ["dead2"])
    #expect(finding.message == "the last of 3 layers whose output is not used")
    #expect(finding.remedy.cost?.parameters == Dimension(-(8 * 16 * 9 + 16 * 8)))
    #expect(finding.remedy.cost?.operations == Dimension(-(8 * 16 * 9 + 16 * 8) * 64))
  }

  @Test("dropout is told only where a batch norm follows")
  func dropout() throws {
    let found = try lint([1, 8, 4, 4]) {
      $0.dropout("early", 0.2).conv("a", 8, kernel: 1, bias: false).batchNorm("bn").dropout("late", 0.5)
        .adaptiveAveragePool("pool")
    }
    #expect(names(found, .dropoutBeforeNorm) == ["early"])
    #expect(try lint([1, 8, 4, 4]) { $0.dropout("none", 0).batchNorm("bn") }.findings(of: .dropoutBeforeNorm).isEmpty)
  }

  @Test("a bias that something else reads too is kept")
  func sharedBias() throws {
    let found = try lint([1, 8, 4, 4]) { x in
      let a = x.conv("a", 8, kernel: 1)
      return a.batchNorm("bn") + a
    }
    #expect(found.findings(of: .biasBeforeNorm).isEmpty)
  }

  @Test("remedies cost what a network built so costs", arguments: [true, false])
  func twins(hasBias: Bool) throws {
    func network(bias: Bool) throws -> NetworkAnalysis {
      try analysis([2, 3, 16, 16]) {
        $0.conv("a", 24, kernel: 3, padding: 1, bias: bias).batchNorm("bn").relu().conv("b", 8, kernel: 1)
      }
    }
    let before = try network(bias: hasBias)
    let finding = Lint(before).findings(of: .biasBeforeNorm).first
    #expect((finding != nil) == hasBias)
    guard let cost = finding?.remedy.cost else { return }
    #expect(try network(bias: false).total.parameters - before.total.parameters == cost.parameters)
  }

  // MARK: Whatever is given

  @Test("every catalogued network can be looked over", arguments: Catalog.entries.map(\.name))
  func catalogue(model: String) throws {
    let found = try lint(model)
    // No published network has layers that nothing uses.
    #expect(found.findings(of: .deadBranch).isEmpty)
    for finding in found.findings {
      #expect(!finding.message.isEmpty && !finding.remedy.action.isEmpty)
      #expect(finding.remedy.cost?.parameters.failure == nil && finding.remedy.cost?.operations.failure == nil)
    }
  }

  @Test("symbolic networks are looked over as far as their numbers go")
  func symbolic() throws {
    let found = try lint("vgg16_bn", [.symbol("N"), 3, 224, 224])
    #expect(found.findings(of: .biasBeforeNorm).count == 13)
    let sides = try lint("resnet50", [1, 3, .symbol("H"), .symbol("W")])
    #expect(sides.findings(of: .droppedInput).count == 3)
  }

  @Test("sizes at the end of the range of integers are refused or looked over, never trap")
  func extremes() throws {
    let found = try lint([1, 1, 1, 1]) { $0.conv("a", 1_000_000_007, kernel: 1, stride: 3).conv("b", 3, kernel: 1) }
    #expect(found.findings(of: .channelsOfEight).first?.remedy.cost != nil)
    let deep = try lint([1, 4, 8, 8]) { x in
      (0..<3000).reduce(x) { x, index in x.conv("c\(index)", 4, kernel: 1, stride: 1).batchNorm("b\(index)") }
    }
    #expect(deep.findings(of: .biasBeforeNorm).count == 3000)
  }
}
