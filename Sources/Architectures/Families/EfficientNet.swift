import NetworkGraph
import SymbolicIntegers

/// EfficientNet: a searched baseline scaled in width, depth and resolution together.
///
/// Tan and Le 2019, table 1 (B0) and section 4 (compound scaling); paddings and names are torchvision's.
public struct EfficientNet: Architecture {
  /// A row of table 1: `depth` blocks, of which the first has the stride.
  public struct Stage: Sendable {
    public var expansion: Int
    public var kernel: Int
    public var stride: Int
    public var channels: Dimension
    public var depth: Int

    public init(expansion: Int, kernel: Int, stride: Int, channels: Dimension, depth: Int) {
      self.expansion = expansion
      self.kernel = kernel
      self.stride = stride
      self.channels = channels
      self.depth = depth
    }
  }

  public var stem: Dimension
  public var stages: [Stage]
  /// Epsilon of every batch norm.
  public var epsilon: Double
  public var dropout: Double
  /// Drop probability that the block after the last would have; it grows from 0 in equal steps.
  public var stochasticDepth: Double
  public var classes: Dimension

  public init(
    stem: Dimension = 32, stages: [Stage] = Self.table1, epsilon: Double = 1e-5, dropout: Double = 0.2,
    stochasticDepth: Double = 0.2, classes: Dimension = 1000
  ) {
    self.stem = stem
    self.stages = stages
    self.epsilon = epsilon
    self.dropout = dropout
    self.stochasticDepth = stochasticDepth
    self.classes = classes
  }

  public static let table1 = [
    Stage(expansion: 1, kernel: 3, stride: 1, channels: 16, depth: 1),
    Stage(expansion: 6, kernel: 3, stride: 2, channels: 24, depth: 2),
    Stage(expansion: 6, kernel: 5, stride: 2, channels: 40, depth: 2),
    Stage(expansion: 6, kernel: 3, stride: 2, channels: 80, depth: 3),
    Stage(expansion: 6, kernel: 5, stride: 1, channels: 112, depth: 3),
    Stage(expansion: 6, kernel: 5, stride: 2, channels: 192, depth: 4),
    Stage(expansion: 6, kernel: 3, stride: 1, channels: 320, depth: 1),
  ]

  /// The network with channels times `width`, rounded to multiples of 8, and depths times `depth`, rounded up.
  public func scaled(width: Double, depth: Double) -> EfficientNet {
    var result = self
    result.stem = stem.scaled(by: width, toMultipleOf: 8)
    result.stages = stages.map { stage in
      var stage = stage
      stage.channels = stage.channels.scaled(by: width, toMultipleOf: 8)
      stage.depth = scaledDepth(stage.depth, by: depth)
      return stage
    }
    return result
  }

  public func callAsFunction(_ image: Feature) -> Feature {
    let blocks = stages.reduce(0) { $0 + $1.depth }
    let features = image.scope("features") { image in
      var x = image.convNormActivation(
        "0", role: .stage, stem, kernel: 3, stride: 2, epsilon: epsilon, activation: .silu)
      var index = 0
      for (number, stage) in stages.enumerated() {
        x = x.scope(String(number + 1), .stage) { input in
          var x = input
          for position in 0..<stage.depth {
            let block = MBConv(
              expansion: stage.expansion, kernel: stage.kernel, stride: position == 0 ? stage.stride : 1,
              channels: stage.channels, epsilon: epsilon,
              dropProbability: stochasticDepth * Double(index) / Double(blocks))
            x = x.scope(String(position), .block) { block($0) }
            index += 1
          }
          return x
        }
      }
      return x.convNormActivation(
        String(stages.count + 1), role: .stage, x.channels * 4, kernel: 1, epsilon: epsilon, activation: .silu)
    }
    return features.group("head") {
      $0.adaptiveAveragePool("avgpool").flatten()
        .scope("classifier") { $0.dropout("0", dropout).linear("1", classes) }
    }
  }
}

extension EfficientNet {
  private static let paper = Paper(
    "Tan, Le", 2019, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", "arXiv:1905.11946")

  /// Coefficients of the authors' code; sides are torchvision's evaluation crops, which for B2 is 288 and not 260.
  static let catalog: [CatalogEntry] = [
    (name: "efficientnet_b0", width: 1.0, depth: 1.0, side: 224, dropout: 0.2, epsilon: 1e-5),
    (name: "efficientnet_b1", width: 1.0, depth: 1.1, side: 240, dropout: 0.2, epsilon: 1e-5),
    (name: "efficientnet_b2", width: 1.1, depth: 1.2, side: 288, dropout: 0.3, epsilon: 1e-5),
    (name: "efficientnet_b3", width: 1.2, depth: 1.4, side: 300, dropout: 0.3, epsilon: 1e-5),
    (name: "efficientnet_b4", width: 1.4, depth: 1.8, side: 380, dropout: 0.4, epsilon: 1e-5),
    (name: "efficientnet_b5", width: 1.6, depth: 2.2, side: 456, dropout: 0.4, epsilon: 1e-3),
    (name: "efficientnet_b6", width: 1.8, depth: 2.6, side: 528, dropout: 0.5, epsilon: 1e-3),
    (name: "efficientnet_b7", width: 2.0, depth: 3.1, side: 600, dropout: 0.5, epsilon: 1e-3),
  ].map { row in
    CatalogEntry(
      row.name, family: "EfficientNet", paper, input: [1, 3, Dimension(row.side), Dimension(row.side)],
      EfficientNet(epsilon: row.epsilon, dropout: row.dropout).scaled(width: row.width, depth: row.depth))
  }
}
