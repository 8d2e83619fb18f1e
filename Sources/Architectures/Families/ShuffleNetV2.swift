import NetworkGraph
import SymbolicIntegers

/// ShuffleNetV2: half of the channels pass each unit unchanged, and a shuffle mixes the halves.
///
/// Ma, Zhang, Zheng and Sun 2018, table 5 and figure 3; names are torchvision's.
public struct ShuffleNetV2: Architecture {
  /// Channels of the first stage, doubled from stage to stage.
  public var channels: Dimension
  /// Units in each stage, of which the first has stride 2.
  public var depths: [Int]
  /// Channels of the first convolution.
  public var stem: Dimension
  /// Channels of the last convolution.
  public var head: Dimension
  public var classes: Dimension

  public init(
    channels: Dimension, depths: [Int] = [4, 8, 4], stem: Dimension = 24, head: Dimension = 1024,
    classes: Dimension = 1000
  ) {
    self.channels = channels
    self.depths = depths
    self.stem = stem
    self.head = head
    self.classes = classes
  }

  public func callAsFunction(_ image: Feature) -> Feature {
    var x = image.group("stem") {
      $0.convNormActivation(.scope("conv1"), stem, kernel: 3, stride: 2, activation: .relu)
        .maxPool("maxpool", kernel: 3, stride: 2, padding: 1)
    }
    var channels = channels
    for (index, depth) in depths.enumerated() {
      x = x.scope("stage\(index + 2)", .stage) { input in
        var x = input
        for position in positions(depth) {
          x = x.scope(String(position), .block) { position == 0 ? first($0, to: channels) : unit($0) }
        }
        return x
      }
      channels *= 2
    }
    return x.head {
      $0.convNormActivation(.scope("conv5"), head, kernel: 1, activation: .relu).mean(axes: [2, 3])
        .linear("fc", classes)
    }
  }

  /// Figure 3 (c): half the channels are left alone.
  private func unit(_ input: Feature) -> Feature {
    let half = input.channels.floorDivided(by: 2)
    let halves = input.builder.add(
      .split(Split(axis: 1, sizes: [half, input.channels - half])), to: [input], name: "split", origin: .function)
    guard halves.count == 2 else { return input }
    return shuffled(halves[0], halves[1].scope("branch2") { branch($0, to: half, stride: 1) })
  }

  /// Figure 3 (d): both branches halve the side.
  private func first(_ input: Feature, to channels: Dimension) -> Feature {
    let half = channels.floorDivided(by: 2)
    let shortcut = input.scope("branch1") {
      $0.convNormActivation(
        .sequence(from: 0), $0.channels, kernel: 3, stride: 2, groups: $0.channels, activation: nil
      )
      .convNormActivation(.sequence(from: 2), half, kernel: 1, activation: .relu)
    }
    return shuffled(shortcut, input.scope("branch2") { branch($0, to: half, stride: 2) })
  }

  private func branch(_ input: Feature, to channels: Dimension, stride: Int) -> Feature {
    input.convNormActivation(.sequence(from: 0), channels, kernel: 1, activation: .relu)
      .convNormActivation(
        .sequence(from: 3), channels, kernel: 3, stride: stride, groups: channels, activation: nil
      )
      .convNormActivation(.sequence(from: 5), channels, kernel: 1, activation: .relu)
  }

  private func shuffled(_ left: Feature, _ right: Feature) -> Feature {
    Feature.concatenate([left, right]).apply(.channelShuffle(ChannelShuffle(groups: 2)), "shuffle", .function)
  }
}

extension ShuffleNetV2 {
  private static let paper = Paper(
    "Ma, Zhang, Zheng, Sun", 2018, "ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture Design",
    "arXiv:1807.11164")

  static let catalog: [CatalogEntry] = [
    ("shufflenet_v2_x0_5", nil, ShuffleNetV2(channels: 48)),
    ("shufflenet_v2_x1_0", 0, ShuffleNetV2(channels: 116)),
    ("shufflenet_v2_x1_5", nil, ShuffleNetV2(channels: 176)),
    ("shufflenet_v2_x2_0", nil, ShuffleNetV2(channels: 244, head: 2048)),
  ].map { (name: String, phi: Int?, network: ShuffleNetV2) in
    CatalogEntry(name, family: "ShuffleNetV2", paper, input: [1, 3, 224, 224], phi: phi, network)
  }
}
