import NetworkGraph
import SymbolicIntegers

/// MnasNet: inverted residuals searched for their latency on a phone.
///
/// Tan et al. 2019, figure 7 (A1); B1, without attention, is the authors' code's.
public struct MnasNet: Architecture {
  /// `depth` blocks, of which the first has the stride.
  public struct Stage: Codable, Sendable {
    public var expansion: Int
    public var kernel: Int
    public var stride: Int
    public var channels: Dimension
    public var depth: Int
    public var hasAttention: Bool

    public init(
      expansion: Int, kernel: Int, stride: Int, channels: Dimension, depth: Int, hasAttention: Bool = false
    ) {
      self.expansion = expansion
      self.kernel = kernel
      self.stride = stride
      self.channels = channels
      self.depth = depth
      self.hasAttention = hasAttention
    }
  }

  public var stem: Dimension
  public var stages: [Stage]
  /// Channels of the last convolution, which ``width`` does not change.
  public var head: Dimension
  /// Factor on all channels, which are rounded to multiples of 8.
  public var width: Double
  public var names: ReferenceNames
  public var dropout: Double
  public var classes: Dimension

  public init(
    stem: Dimension = 32, stages: [Stage] = Self.b1, head: Dimension = 1280, width: Double = 1,
    names: ReferenceNames = .torchvision, dropout: Double = 0.2, classes: Dimension = 1000
  ) {
    self.stem = stem
    self.stages = stages
    self.head = head
    self.width = width
    self.names = names
    self.dropout = dropout
    self.classes = classes
  }

  public static let a1 = [
    Stage(expansion: 1, kernel: 3, stride: 1, channels: 16, depth: 1),
    Stage(expansion: 6, kernel: 3, stride: 2, channels: 24, depth: 2),
    Stage(expansion: 3, kernel: 5, stride: 2, channels: 40, depth: 3, hasAttention: true),
    Stage(expansion: 6, kernel: 3, stride: 2, channels: 80, depth: 4),
    Stage(expansion: 6, kernel: 3, stride: 1, channels: 112, depth: 2, hasAttention: true),
    Stage(expansion: 6, kernel: 5, stride: 2, channels: 160, depth: 3, hasAttention: true),
    Stage(expansion: 6, kernel: 3, stride: 1, channels: 320, depth: 1),
  ]

  public static let b1 = [
    Stage(expansion: 1, kernel: 3, stride: 1, channels: 16, depth: 1),
    Stage(expansion: 3, kernel: 3, stride: 2, channels: 24, depth: 3),
    Stage(expansion: 3, kernel: 5, stride: 2, channels: 40, depth: 3),
    Stage(expansion: 6, kernel: 5, stride: 2, channels: 80, depth: 3),
    Stage(expansion: 6, kernel: 3, stride: 1, channels: 96, depth: 2),
    Stage(expansion: 6, kernel: 5, stride: 2, channels: 192, depth: 4),
    Stage(expansion: 6, kernel: 3, stride: 1, channels: 320, depth: 1),
  ]

  /// The authors' `mnasnet-small`.
  public static let small = [
    Stage(expansion: 1, kernel: 3, stride: 1, channels: 8, depth: 1),
    Stage(expansion: 3, kernel: 3, stride: 2, channels: 16, depth: 1),
    Stage(expansion: 6, kernel: 3, stride: 2, channels: 16, depth: 2),
    Stage(expansion: 6, kernel: 5, stride: 2, channels: 32, depth: 4, hasAttention: true),
    Stage(expansion: 6, kernel: 3, stride: 1, channels: 32, depth: 3, hasAttention: true),
    Stage(expansion: 6, kernel: 5, stride: 2, channels: 88, depth: 3, hasAttention: true),
    Stage(expansion: 6, kernel: 3, stride: 1, channels: 144, depth: 1),
  ]

  public func tabulated() -> MnasNet {
    var result = self
    result.stem = stem.scaled(by: width, toMultipleOf: 8)
    for index in stages.indices {
      result.stages[index].channels = stages[index].channels.scaled(by: width, toMultipleOf: 8)
    }
    result.width = 1
    return result
  }

  public func callAsFunction(_ image: Feature) -> Feature { tabulated().layers(image) }

  /// The network of a table without factor.
  private func layers(_ image: Feature) -> Feature {
    guard names == .timm else { return torchvision(image) }
    let blocks = stages.map { stage in
      positions(stage.depth).map { position in { block($0, stage, position) } }
    }
    return MobileTrunk(layout: .timm, stem: stem, stages: blocks, last: head, activation: .relu)(image)
      .timmClassifier(classes, dropout: dropout)
  }

  /// One sequence: stem and first stage from 0, whose block is not a module, then a module for each stage.
  private func torchvision(_ image: Feature) -> Feature {
    let features = image.scope("layers") { image in
      var x = image.group("stem") {
        $0.convNormActivation(.sequence(from: 0), stem, kernel: 3, stride: 2, activation: .relu)
      }
      var index = 3
      for (number, stage) in stages.enumerated() {
        if number == 0 {
          x = x.group("stage1") { first($0, stage, from: &index) }
          continue
        }
        x = x.scope(String(index), .stage) { input in
          var x = input
          for position in positions(stage.depth) {
            x = x.scope(String(position), .block) { block($0, stage, position) }
          }
          return x
        }
        index += 1
      }
      return x.group("last", .head) {
        $0.convNormActivation(.sequence(from: index), head, kernel: 1, activation: .relu)
      }
    }
    return features.head {
      $0.mean(axes: [2, 3]).scope("classifier") { $0.dropout("0", dropout).linear("1", classes) }
    }
  }

  /// The blocks of torchvision's first stage: depthwise and 1x1 convolutions, without expansion and shortcut.
  private func first(_ input: Feature, _ stage: Stage, from index: inout Int) -> Feature {
    var x = input
    for position in positions(stage.depth) {
      x = x.convNormActivation(
        .sequence(from: index), x.channels, kernel: stage.kernel, stride: position == 0 ? stage.stride : 1,
        groups: x.channels, activation: .relu
      )
      .convNormActivation(
        .sequence(from: index + 3), stage.channels, kernel: 1, activation: nil)
      index += 5
    }
    return x
  }

  private func block(_ input: Feature, _ stage: Stage, _ position: Int) -> Feature {
    let attention = SqueezeExcite(
      squeezed: input.channels.floorDivided(by: 4), isActivationInPlace: true,
      names: names == .timm ? .timm : .torchvision)
    return MBConv(
      names: names == .timm ? .timm : .layers, expanded: input.channels.expanded(by: stage.expansion),
      kernel: stage.kernel, stride: position == 0 ? stage.stride : 1,
      channels: stage.channels, activation: .relu, attention: stage.hasAttention ? attention : nil)(input)
  }
}

extension MnasNet {
  private static let paper = Paper(
    "Tan, Chen, Pang, Vasudevan, Sandler, Howard, Le", 2019,
    "MnasNet: Platform-Aware Neural Architecture Search for Mobile", "arXiv:1807.11626")

  static let catalog: [CatalogEntry] = {
    func entry(_ name: String, _ network: MnasNet) -> CatalogEntry {
      CatalogEntry(name, family: "MnasNet", paper, input: [1, 3, 224, 224], network)
    }
    let timm = [("050", 0.5), ("075", 0.75), ("100", 1), ("140", 1.4)]
    return [("0_5", 0.5), ("0_75", 0.75), ("1_0", 1), ("1_3", 1.3)].map { entry("mnasnet\($0)", MnasNet(width: $1)) }
      + timm.map { entry("mnasnet_\($0)", MnasNet(width: $1, names: .timm, dropout: 0)) }
      + timm.map { entry("semnasnet_\($0)", MnasNet(stages: a1, width: $1, names: .timm, dropout: 0)) }
      + [entry("mnasnet_small", MnasNet(stem: 8, stages: small, names: .timm, dropout: 0))]
  }()
}
