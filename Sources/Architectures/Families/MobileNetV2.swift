import NetworkGraph
import SymbolicIntegers

/// MobileNetV2: inverted residuals, wide depthwise convolutions between narrow linear projections.
///
/// Sandler, Howard, Zhu, Zhmoginov and Chen 2018, table 2.
public struct MobileNetV2: Architecture {
  /// A row of table 2: `depth` blocks, of which the first has the stride.
  public struct Stage: Codable, Sendable {
    public var expansion: Int
    public var channels: Dimension
    public var depth: Int
    public var stride: Int

    public init(expansion: Int, channels: Dimension, depth: Int, stride: Int) {
      self.expansion = expansion
      self.channels = channels
      self.depth = depth
      self.stride = stride
    }
  }

  public var stem: Dimension
  public var stages: [Stage]
  /// Channels of the last convolution.
  public var head: Dimension
  /// Factor on all channels, which are rounded to multiples of 8; the last convolution has no fewer than ``head``.
  public var width: Double
  /// Factor on all depths, which are rounded up.
  public var depth: Double
  /// Whether the factors apply to stem and last convolution, and that on depths to the first and the last stage.
  public var scalesEnds: Bool
  public var names: ReferenceNames
  public var dropout: Double
  public var classes: Dimension

  public init(
    stem: Dimension = 32, stages: [Stage] = Self.table2, head: Dimension = 1280, width: Double = 1, depth: Double = 1,
    scalesEnds: Bool = true, names: ReferenceNames = .torchvision, dropout: Double = 0.2, classes: Dimension = 1000
  ) {
    self.stem = stem
    self.stages = stages
    self.head = head
    self.width = width
    self.depth = depth
    self.scalesEnds = scalesEnds
    self.names = names
    self.dropout = dropout
    self.classes = classes
  }

  public static let table2 = [
    Stage(expansion: 1, channels: 16, depth: 1, stride: 1),
    Stage(expansion: 6, channels: 24, depth: 2, stride: 2),
    Stage(expansion: 6, channels: 32, depth: 3, stride: 2),
    Stage(expansion: 6, channels: 64, depth: 4, stride: 2),
    Stage(expansion: 6, channels: 96, depth: 3, stride: 1),
    Stage(expansion: 6, channels: 160, depth: 3, stride: 2),
    Stage(expansion: 6, channels: 320, depth: 1, stride: 1),
  ]

  public func tabulated() -> MobileNetV2 {
    var result = self
    for (index, stage) in stages.enumerated() {
      result.stages[index].channels = stage.channels.scaled(by: width, toMultipleOf: 8)
      let isEnd = index == 0 || index == stages.count - 1
      if scalesEnds || !isEnd { result.stages[index].depth = scaledDepth(stage.depth, by: depth) }
    }
    if scalesEnds {
      result.stem = stem.scaled(by: width, toMultipleOf: 8)
      result.head = head.scaled(by: max(1, width), toMultipleOf: 8)
    }
    (result.width, result.depth) = (1, 1)
    return result
  }

  public func callAsFunction(_ image: Feature) -> Feature {
    let network = tabulated()
    let blocks = network.stages.map { stage in
      positions(stage.depth).map { position in
        { block($0, stage, stride: position == 0 ? stage.stride : 1) }
      }
    }
    let features = MobileTrunk(
      layout: names == .timm ? .timm : .blocks, stem: network.stem, stages: blocks, last: network.head,
      activation: .relu6)(image)
    if names == .timm { return features.timmClassifier(classes, dropout: dropout) }
    return features.head {
      $0.adaptiveAveragePool("avgpool", origin: .function).flatten()
        .scope("classifier") { $0.dropout("0", dropout).linear("1", classes) }
    }
  }

  private func block(_ input: Feature, _ stage: Stage, stride: Int) -> Feature {
    MBConv(
      names: names == .timm ? .timm : .conv, expanded: input.channels.expanded(by: stage.expansion), kernel: 3,
      stride: stride, channels: stage.channels, activation: .relu6)(input)
  }
}

extension MobileNetV2 {
  private static let paper = Paper(
    "Sandler, Howard, Zhu, Zhmoginov, Chen", 2018, "MobileNetV2: Inverted Residuals and Linear Bottlenecks",
    "arXiv:1801.04381")

  /// The authors' widths were published at side 224, those up to 1 at 192, 160, 128 and 96 too.
  static let catalog: [CatalogEntry] =
    [CatalogEntry("mobilenet_v2", family: "MobileNetV2", paper, input: [1, 3, 224, 224], MobileNetV2())]
    + [
      ("035", 0.35, 1, true), ("050", 0.5, 1, true), ("075", 0.75, 1, true), ("100", 1, 1, true),
      ("130", 1.3, 1, true), ("140", 1.4, 1, true), ("110d", 1.1, 1.2, false), ("120d", 1.2, 1.4, false),
    ].map { name, width, depth, scalesEnds in
      CatalogEntry(
        "mobilenetv2_\(name)", family: "MobileNetV2", paper, input: [1, 3, 224, 224],
        MobileNetV2(width: width, depth: depth, scalesEnds: scalesEnds, names: .timm, dropout: 0))
    }
}
