import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import TestSupport
import Testing

/// Receptive fields that papers and tables print.
@Suite("Published receptive fields")
struct ReceptiveFieldPublishedTests {
  private func graph(_ name: String, side: Int? = nil) throws -> Graph {
    let entry = try #require(Catalog.entry(named: name))
    return try entry.graph(input: side.map { [1, 3, Dimension($0), Dimension($0)] })
  }

  /// Araujo, Norris and Sim 2019, table 1; ResNet v1 of the paper's strides from the table of their tool. ResNet-50 of
  /// torchvision, 427, follows from its strides in the 3x3 convolutions; GoogLeNet's 5x5 branches are 3x3 in torchvision.
  @Test(
    "the last map before the first operator that sees the whole map",
    arguments: [
      ("vgg16", 212, "features.30"), ("alexnet", 195, "features.12"), ("alexnet_grouped", 195, "pool5"),
      ("inception_v3", 1311, "Mixed_7c.cat:2"), ("inception_v4", 2071, "features.21.cat:2"),
      ("inception_resnet_v2", 3039, "conv2d_7b.bn.act"), ("mobilenetv1_100", 315, "blocks.4.1.bn2.act"),
      ("resnet50", 427, "layer4.2.relu:2"), ("resnet50_paper", 483, "layer4.2.relu:2"),
      ("resnet101_paper", 1027, "layer4.2.relu:2"), ("resnet152_paper", 1507, "layer4.2.relu:2"),
      ("googlenet_paper", 715, "inception5b.cat"), ("googlenet", 379, "inception5b.cat"),
      // Squeeze-excite does not end the maps: the networks with and without have one field.
      ("seresnet50", 427, "layer4.2.act3"), ("legacy_seresnet50", 483, "layer4.2.relu:2"),
    ])
  func features(name: String, size: Int, node: String) throws {
    let graph = try graph(name)
    let features = try #require(ReceptiveField(graph).features)
    #expect(graph.path(of: graph.nodes[features.node]) == node)
    for axis in features.axes {
      #expect(axis.size == Dimension(size))
      #expect(axis.stride?.description == "32")
      #expect(axis.misalignedAt == nil)
    }
  }

  @Test(
    "GoogLeNet after its average pool, 7x7 in the paper", arguments: [("googlenet_paper", 907), ("googlenet", 571)])
  func afterAveragePool(name: String, size: Int) throws {
    let graph = try graph(name)
    let pool = try #require(graph.nodes.first { graph.path(of: $0) == "avgpool" })
    #expect(ReceptiveField(graph).field(of: pool.id)?.axes.map(\.size) == [Dimension(size), Dimension(size)])
  }

  /// He et al. 2016 place a stage's stride in its first 1x1 convolution.
  @Test(
    "MACs of ResNet v1 with the paper's stride placement",
    arguments: [
      ("resnet50_paper", 3_857_973_248), ("resnet101_paper", 7_570_194_432), ("resnet152_paper", 11_282_415_616),
    ])
  func paperStrides(name: String, macs: Int) throws {
    let analysis = try NetworkAnalysis(graph(name))
    #expect(CountingConvention.macs.count(analysis.total.operations).constant == macs)
  }

  /// How far a network of the catalogue agrees with the one of the table.
  private enum Agreement {
    case sizeStridePadding, sizeStride, size
  }

  /// The rows of a table's network, by endpoint, at a side.
  private func expectRows(
    _ model: String, _ name: String, at side: Int, _ agreement: Agreement, _ nodes: [(endpoint: String, node: String)]
  ) throws {
    let graph = try graph(name, side: side)
    let field = ReceptiveField(graph)
    let rows = try Golden.rows("receptive_field.csv").filter { $0["model"] == model && $0["resolution"] == "\(side)" }
    #expect(!rows.isEmpty)
    for (endpoint, path) in nodes {
      let row = try #require(rows.first { $0["endpoint"].split(separator: "/").last.map(String.init) == endpoint })
      let node = try #require(graph.nodes.first { graph.path(of: $0) == path }, "\(name) has no \(path)")
      for axis in try #require(field.field(of: node.id)).axes {
        #expect(axis.size?.constant == row.number("rf"), "\(path)")
        if agreement != .size { #expect(axis.stride?.description == row["eff_stride"], "\(path)") }
        if agreement == .sizeStridePadding { #expect(axis.padding == row.number("eff_padding"), "\(path)") }
      }
    }
  }

  @Test("VGG: every endpoint of the table", arguments: [224, 321])
  func vgg(side: Int) throws {
    try expectRows(
      "vgg_16", "vgg16", at: side, .sizeStridePadding,
      [
        ("conv1_1", "features.0"), ("pool1", "features.4"), ("conv2_1", "features.5"), ("pool2", "features.9"),
        ("conv3_1", "features.10"), ("conv3_2", "features.12"), ("pool3", "features.16"), ("conv4_1", "features.17"),
        ("conv4_2", "features.19"), ("pool4", "features.23"), ("conv5_1", "features.24"), ("conv5_2", "features.26"),
        ("pool5", "features.30"),
      ])
    try expectRows(
      "vgg_a", "vgg11", at: side, .sizeStridePadding,
      [
        ("conv1_1", "features.0"), ("pool1", "features.2"), ("conv2_1", "features.3"), ("pool2", "features.5"),
        ("conv3_1", "features.6"), ("conv3_2", "features.8"), ("pool3", "features.10"), ("conv4_1", "features.11"),
        ("conv4_2", "features.13"), ("pool4", "features.15"), ("conv5_1", "features.16"), ("conv5_2", "features.18"),
        ("pool5", "features.20"),
      ])
  }

  /// torchvision pads the first convolution by 2, which slim and the paper's network do not: its paddings are 2 larger.
  @Test("AlexNet: every endpoint of the table", arguments: [224, 321])
  func alexNet(side: Int) throws {
    let endpoints = ["conv1", "pool1", "conv2", "conv3", "conv4", "conv5", "pool5"]
    if side == 224 {
      // The grouped network takes 227 pixels or more; only its classifier fixes the side.
      let field = ReceptiveField(try graph("alexnet_grouped"))
      let rows = try Golden.rows("receptive_field.csv").filter {
        $0["model"] == "alexnet_v2" && $0["resolution"] == "224"
      }
      for endpoint in endpoints {
        let node = try #require(field.graph.nodes.first { field.graph.path(of: $0) == endpoint })
        let row = try #require(rows.first { $0["endpoint"] == "alexnet_v2/\(endpoint)" })
        let axis = try #require(field.field(of: node.id)?.axes.first)
        #expect(axis.size?.constant == row.number("rf"))
        #expect(axis.stride?.description == row["eff_stride"])
        #expect(axis.padding == row.number("eff_padding"))
      }
    }
    let places = ["features.0", "features.2", "features.3", "features.6", "features.8", "features.10", "features.12"]
    try expectRows("alexnet_v2", "alexnet", at: side, .sizeStride, Array(zip(endpoints, places)))
  }

  private static let inceptionV3: [(endpoint: String, node: String)] =
    ["Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3", "Conv2d_3b_1x1", "Conv2d_4a_3x3"].map { ($0, "\($0).conv") }
    + [("MaxPool_3a_3x3", "maxpool1"), ("MaxPool_5a_3x3", "maxpool2")]
    + ["5b", "5c", "5d", "6a", "6b", "6c", "6d", "6e", "7a"].map { ("Mixed_\($0)", "Mixed_\($0).cat") }
    + [("Mixed_7b", "Mixed_7b.cat:2"), ("Mixed_7c", "Mixed_7c.cat:2")]

  private static let inceptionV4: [(endpoint: String, node: String)] =
    [
      ("Conv2d_1a_3x3", "features.0.conv"), ("Conv2d_2a_3x3", "features.1.conv"), ("Conv2d_2b_3x3", "features.2.conv"),
      ("Mixed_7b", "features.19.cat:2"), ("Mixed_7c", "features.20.cat:2"), ("Mixed_7d", "features.21.cat:2"),
    ]
    + [
      "3a", "4a", "5a", "5b", "5c", "5d", "5e", "6a", "6b", "6c", "6d", "6e", "6f", "6g", "6h", "7a",
    ].enumerated().map { ("Mixed_\($1)", "features.\($0 + 3).cat") }

  private static let inceptionResNet: [(endpoint: String, node: String)] = [
    ("Conv2d_1a_3x3", "conv2d_1a.conv"), ("Conv2d_2a_3x3", "conv2d_2a.conv"), ("Conv2d_2b_3x3", "conv2d_2b.conv"),
    ("MaxPool_3a_3x3", "maxpool_3a"), ("Conv2d_3b_1x1", "conv2d_3b.conv"), ("Conv2d_4a_3x3", "conv2d_4a.conv"),
    ("MaxPool_5a_3x3", "maxpool_5a"), ("Mixed_5b", "mixed_5b.cat"), ("Mixed_6a", "mixed_6a.cat"),
    ("PreAuxLogits", "repeat_1.19.add"), ("Mixed_7a", "mixed_7a.cat"), ("Conv2d_7b_1x1", "conv2d_7b.bn.act"),
  ]

  @Test("Inception v3, v4 and ResNet-v2: every endpoint of the table", arguments: [224, 321])
  func inception(side: Int) throws {
    // The auxiliary head of training needs 299 pixels.
    try expectRows("inception_v3", "inception_v3_noaux", at: side, .sizeStridePadding, Self.inceptionV3)
    try expectRows("inception_v4", "inception_v4", at: side, .sizeStridePadding, Self.inceptionV4)
    try expectRows("inception_resnet_v2", "inception_resnet_v2", at: side, .sizeStridePadding, Self.inceptionResNet)
  }

  /// The table's network pads SAME, which at even sides puts the odd element behind; ours pads both sides alike. At 321
  /// every side is odd and the two are one.
  @Test("Inception v2 (batch norm): every endpoint of the table", arguments: [224, 321])
  func inceptionV2(side: Int) throws {
    let names: [(endpoint: String, node: String)] =
      [
        ("Conv2d_1a_7x7", "conv1_7x7_pointwise"), ("MaxPool_2a_3x3", "pool1_3x3_s2"),
        ("Conv2d_2b_1x1", "conv2_3x3_reduce"), ("Conv2d_2c_3x3", "conv2_3x3"), ("MaxPool_3a_3x3", "pool2_3x3_s2"),
      ]
      + zip(
        ["3b", "3c", "4a", "4b", "4c", "4d", "4e", "5a", "5b", "5c"],
        ["3a", "3b", "3c", "4a", "4b", "4c", "4d", "4e", "5a", "5b"]
      ).map { ("Mixed_\($0)", "inception_\($1)_output") }
    try expectRows("inception_v2", "inception_v2", at: side, .sizeStridePadding, names)
  }

  /// The table's network pads SAME; timm's pads both sides alike, which at the odd sides that 321 gives is the same.
  @Test("MobileNet v1: every endpoint of the table", arguments: [224, 321])
  func mobileNet(side: Int) throws {
    let blocks = ["0.0", "1.0", "1.1", "2.0", "2.1", "3.0", "3.1", "3.2", "3.3", "3.4", "3.5", "4.0", "4.1"]
    try expectRows(
      "mobilenet_v1", "mobilenetv1_100", at: side, side == 321 ? .sizeStridePadding : .sizeStride,
      [("Conv2d_0", "conv_stem")]
        + blocks.enumerated().map { ("Conv2d_\($0 + 1)_pointwise", "blocks.\($1).conv_pw") })
  }

  /// slim strides in the last unit of a block, the paper in the first of the next: the fields at the ends of the blocks
  /// are the same, the strides of all but the last are twice ours. slim pads SAME, which at 321 is what the paper pads.
  @Test(
    "ResNet v1: every endpoint of the table",
    arguments: [("resnet_v1_50", "50"), ("resnet_v1_101", "101"), ("resnet_v1_152", "152")])
  func resNet(model: String, depth: String) throws {
    let graph = try graph("resnet\(depth)_paper")
    let ends = (1...4).map { stage in
      graph.nodes.last { graph.path(of: $0).hasPrefix("layer\(stage).") }.map { graph.path(of: $0) } ?? ""
    }
    let nodes = (1...4).map { (endpoint: "block\($0)", node: ends[$0 - 1]) }
    for side in [224, 321] { try expectRows(model, "resnet\(depth)_paper", at: side, .size, Array(nodes)) }
    try expectRows(model, "resnet\(depth)_paper", at: 321, .sizeStridePadding, [nodes[3]])
  }

  @Test(
    "sizes and strides with symbolic sides are those with numbers", arguments: ["vgg16", "inception_v3", "resnet50"])
  func symbolicSides(name: String) throws {
    let entry = try #require(Catalog.entry(named: name))
    let numbers = try entry.graph()
    let symbols = try entry.graph(input: [.symbol("N"), 3, .symbol("H"), .symbol("W")])
    let (a, b) = (ReceptiveField(numbers), ReceptiveField(symbols))
    #expect(a.features?.node == b.features?.node)
    for node in numbers.nodes where !node.isTrainingOnly && node.id <= a.features?.node ?? 0 {
      let (left, right) = (a.field(of: node.id), b.field(of: node.id))
      #expect(left?.axes.map(\.size) == right?.axes.map(\.size))
      #expect(left?.axes.map(\.stride) == right?.axes.map(\.stride))
      #expect(left?.axes.map(\.padding) == right?.axes.map(\.padding))
    }
  }

  /// The table prints no padding where the side is not fixed; nor is one told here.
  @Test("SAME padding of a symbolic side: size and stride are told, padding is not")
  func symbolicSame() throws {
    let entry = try #require(Catalog.entry(named: "tf_efficientnet_b0"))
    let features = try #require(ReceptiveField(entry.graph(input: [1, 3, .symbol("H"), .symbol("W")])).features)
    let numbers = try #require(ReceptiveField(entry.graph()).features)
    #expect(features.axes.map(\.size) == numbers.axes.map(\.size))
    #expect(features.axes.allSatisfy { $0.padding == nil && $0.assumesDivisible })
    let multiples = try entry.graph(input: [1, 3, .symbol("h") * 32, .symbol("w") * 32])
    #expect(ReceptiveField(multiples).features?.axes.map(\.padding) == numbers.axes.map(\.padding))
  }
}
