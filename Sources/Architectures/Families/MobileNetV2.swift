import NetworkGraph
import SymbolicIntegers

/// MobileNetV2: inverted residuals, wide depthwise convolutions between narrow linear projections.
///
/// Sandler, Howard, Zhu, Zhmoginov and Chen 2018, table 2.
public struct MobileNetV2: Architecture {
  /// A row of table 2: `depth` blocks, of which the first has the stride.
  public struct Stage: Sendable {
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
  public var dropout: Double
  public var classes: Dimension

  public init(
    stem: Dimension = 32, stages: [Stage] = Self.table2, head: Dimension = 1280, dropout: Double = 0.2,
    classes: Dimension = 1000
  ) {
    self.stem = stem
    self.stages = stages
    self.head = head
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

  public func callAsFunction(_ image: Feature) -> Feature {
    let features = image.scope("features") { image in
      var x = image.group("stem") { $0.convNormActivation("0", stem, kernel: 3, stride: 2, activation: .relu6) }
      var index = 1
      for (number, stage) in stages.enumerated() {
        x = x.group("stage\(number + 1)") { input in
          var x = input
          for position in 0..<stage.depth {
            x = x.scope(String(index), .block) { invertedResidual($0, stage, stride: position == 0 ? stage.stride : 1) }
            index += 1
          }
          return x
        }
      }
      return x.group("last") { $0.convNormActivation(String(index), head, kernel: 1, activation: .relu6) }
    }
    return features.group("head") {
      $0.adaptiveAveragePool("avgpool", origin: .function).flatten()
        .scope("classifier") { $0.dropout("0", dropout).linear("1", classes) }
    }
  }

  private func invertedResidual(_ input: Feature, _ stage: Stage, stride: Int) -> Feature {
    let output = input.scope("conv") { input in
      var (x, index) = (input, 0)
      if stage.expansion != 1 {
        x = x.convNormActivation("0", input.channels * stage.expansion, kernel: 1, activation: .relu6)
        index = 1
      }
      return x.convNormActivation(
        String(index), x.channels, kernel: 3, stride: stride, groups: x.channels, activation: .relu6
      )
      .conv(String(index + 1), stage.channels, kernel: 1, bias: false).batchNorm(String(index + 2))
    }
    return stride == 1 && input.channels == stage.channels ? input + output : output
  }
}

extension MobileNetV2 {
  private static let paper = Paper(
    "Sandler, Howard, Zhu, Zhmoginov, Chen", 2018, "MobileNetV2: Inverted Residuals and Linear Bottlenecks",
    "arXiv:1801.04381")

  static let catalog = [
    CatalogEntry("mobilenet_v2", family: "MobileNetV2", paper, input: [1, 3, 224, 224], MobileNetV2())
  ]
}
