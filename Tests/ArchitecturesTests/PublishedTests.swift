import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import Testing

/// Networks without a reference implementation in torchvision, against the numbers of their papers.
@Suite("Published totals")
struct PublishedTests {
  @Test("LeNet-5 has the trainable parameters and connections that its paper states for each layer")
  func lenet5() throws {
    let analysis = try NetworkAnalysis(graph(of: "lenet5"))
    // LeCun et al. 1998, section II.B. The output layer's 840 prototypes are fixed.
    let parameters = ["c1": 156, "s2": 12, "c3": 1516, "s4": 32, "c5": 48_120, "f6": 10_164, "output": 0]
    // "Connections" are multiply-adds and bias additions; of convolutions and the full layer here.
    let connections = ["c1": 122_304, "c3": 151_600, "c5": 48_120, "f6": 10_164]
    let shapes = [
      "c1": "1x6x28x28", "s2": "1x6x14x14", "c3": "1x16x10x10", "s4": "1x16x5x5", "c5": "1x120", "f6": "1x84",
      "output": "1x10",
    ]
    let stages = analysis.graph.groups(by: .stage)
    #expect(stages.map(\.name) == ["c1", "s2", "c3", "s4", "c5", "f6", "output"])
    for stage in stages {
      let measures = analysis.measures(of: stage.nodes)
      #expect(measures.trainable.constant == parameters[stage.name], "\(stage.name)")
      #expect(CountingConvention.macsBias.count(measures.operations).constant == connections[stage.name] ?? 0)
      #expect(analysis.graph.outputType(of: stage)?.description == shapes[stage.name])
    }
    #expect(analysis.total.trainable == 60_000)
    #expect(analysis.total.buffers == 840)
  }

  @Test("the rows of LeNet-5's connection table have the fan-in of the paper: six of 3, nine of 4, one of 6")
  func connectionTable() {
    let table = LeNet5.connections
    #expect(table.map(\.count) == Array(repeating: 3, count: 6) + Array(repeating: 4, count: 9) + [6])
    #expect(Set(table).count == 16)
    // Each S2 map feeds ten C3 maps.
    for map in 0..<6 { #expect(table.count { $0.contains(map) } == 10) }
    for row in table { #expect(row == row.sorted() && Set(row).count == row.count) }
  }

  @Test("LeNet-5 as taught today has 61,706 parameters")
  func modernLeNet5() throws {
    let analysis = try NetworkAnalysis(graph(of: "lenet5_modern"))
    #expect(analysis.total.parameters == 61_706)
    #expect(CountingConvention.macs.count(analysis.total.operations) == 416_520)
    #expect(analysis.total.buffers == 0)
  }

  @Test("the original AlexNet has 60,965,224 parameters and its paper's layer sizes")
  func groupedAlexNet() throws {
    let analysis = try NetworkAnalysis(graph(of: "alexnet_grouped"))
    #expect(analysis.total.parameters == 60_965_224)
    // Krizhevsky et al. 2012, section 3.5: neurons of the eight layers after the input.
    let outputs = analysis.graph.nodes.filter { node in
      switch node.operation {
      case .convolution, .linear: true
      default: false
      }
    }.map { $0.outputs[0].shape.elementCount }
    // The paper gives 253440 for the first layer, which 55 x 55 x 96 = 290400 corrects.
    #expect(outputs == [290_400, 186_624, 64_896, 64_896, 43_264, 4096, 4096, 1000])
    let weights = analysis.graph.parameters.filter { $0.spec.name == "weight" }.map { "\($0.spec.shape)" }
    #expect(
      weights == [
        "96x3x11x11", "256x48x5x5", "384x256x3x3", "384x192x3x3", "256x192x3x3", "4096x9216", "4096x4096", "1000x4096",
      ])
  }

  @Test("EfficientNet's drop probability grows from 0 by equal steps over its blocks")
  func stochasticDepth() throws {
    let graph = try graph(of: "efficientnet_b0")
    var found: [String: Double] = [:]
    for node in graph.nodes {
      if case .identity(.stochasticDepth(let probability)) = node.operation {
        found[graph.path(of: node)] = probability
      }
    }
    // torchvision 0.29: block i of 16 has 0.2 * i / 16; only blocks with a shortcut call it.
    #expect(found.count == 9)
    #expect(found["features.2.1.stochastic_depth"] == 0.2 * 2 / 16)
    #expect(found["features.6.3.stochastic_depth"] == 0.2 * 14 / 16)
  }

  @Test("scaling maps B0's table to B4's: channels to multiples of 8 that lose at most a tenth, depths rounded up")
  func compoundScaling() {
    let scaled = EfficientNet(width: 1.4, depth: 1.8).tabulated()
    // Channels and depths of torchvision's efficientnet_b4.
    #expect(scaled.stem == 48)
    #expect(scaled.head == 1792)
    #expect(scaled.stages.map(\.channels) == [24, 32, 56, 112, 160, 272, 448])
    #expect(scaled.stages.map(\.depth) == [2, 4, 4, 6, 6, 8, 2])
    #expect(scaled.stages.map(\.kernel) == EfficientNet.table1.map(\.kernel))
    let wild = EfficientNet(width: .nan, depth: .infinity).tabulated()
    #expect(wild.stem.failure != nil)
    #expect(wild.stages.allSatisfy { $0.depth == 4096 })
  }

  /// Millions of parameters and billions of multiply-accumulates, as printed.
  static let printed: [(model: String, millions: String, billions: String)] = [
    // Liu et al. 2022, tables 1 and 2, and the authors' list of models.
    ("convnext_tiny", "28", "4.5"), ("convnext_small", "50", "8.7"), ("convnext_base", "89", "15.4"),
    ("convnext_large", "198", "34.4"), ("convnext_xlarge", "350", "60.9"), ("convnext_base@384", "89", "45.0"),
    ("convnext_large@384", "198", "101.0"), ("convnext_xlarge@384", "350", "179.0"),
    ("convnext_isotropic_small", "22", "4.3"), ("convnext_isotropic_base", "87", "16.9"),
    ("convnext_isotropic_large", "306", "59.7"),
    // Liu et al. 2021, table 1.
    ("swin_t", "29", "4.5"), ("swin_s", "50", "8.7"), ("swin_b", "88", "15.4"),
    // Guo et al. 2022, table 2 and the authors' list of models; the operations compute with bias additions.
    ("van_b0", "4.1", "0.9"), ("van_b1", "13.9", "2.5"), ("van_b2", "26.6", "5.0"), ("van_b3", "44.8", "9.0"),
    ("van_b4", "60.3", "12.2"), ("van_b5", "90.0", "17.2"), ("van_b6", "200", "38.4"),
  ]

  @Test(
    "published parameters and operations compute to the printed digits, or differ as explained",
    arguments: printed.map(\.model))
  func publishedDigits(model: String) throws {
    let row = try #require(Self.printed.first { $0.model == model })
    let total = try NetworkAnalysis(graph(of: model)).total
    let corrected = Self.differing[model]
    #expect(corrected?.millions != row.millions && corrected?.billions != row.billions, "needless correction")
    let parameters = try #require(total.parameters.constant)
    let convention = model.hasPrefix("van") ? CountingConvention.macsBias : .macs
    let macs = try #require(convention.count(total.operations).constant)
    #expect(rounded(parameters, unit: 1_000_000, like: row.millions) == corrected?.millions ?? row.millions)
    #expect(rounded(macs, unit: 1_000_000_000, like: row.billions) == corrected?.billions ?? row.billions)
  }

  /// Where the exact number rounds to other digits.
  static let differing: [String: (millions: String?, billions: String?)] = [
    // 28.589 million printed as 28, and 28.288 as 29.
    "convnext_tiny": ("29", nil), "swin_t": ("28", nil),
    // 45.12 billion; the authors' list of models prints 45.0 in one place and 47.0 in another.
    "convnext_base@384": (nil, "45.1"),
    // The printed number is a secondary source's, and lower than the 38.71 G of products alone.
    "van_b6": (nil, "38.9"),
  ]

  /// `value` in `unit`s with as many digits behind the point as `text` has.
  private func rounded(_ value: Int, unit: Int, like text: String) -> String {
    guard text.contains(".") else { return "\((value + unit / 2) / unit)" }
    let tenths = (value + unit / 20) / (unit / 10)
    return "\(tenths / 10).\(tenths % 10)"
  }

  @Test("the position embedding of a vision transformer has an element for each patch and the class")
  func positionEmbedding() throws {
    for (model, positions) in [("vit_h_14", 37 * 37 + 1), ("vit_h_14@224", 16 * 16 + 1), ("vit_b_16@384", 577)] {
      let graph = try graph(of: model)
      let embedding = try #require(graph.parameters.first { graph.name(of: $0) == "encoder.pos_embedding" })
      #expect(embedding.spec.shape[1] == Dimension(positions))
    }
  }
}
