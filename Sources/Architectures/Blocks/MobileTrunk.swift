import NetworkGraph
import SymbolicIntegers

/// Stem, stages of blocks and last widening convolution of a mobile network, arranged as a reference implementation
/// arranges its modules.
struct MobileTrunk {
  enum Layout {
    /// `features.0`, `features.<stage>.<block>`, `features.<last>`: torchvision's EfficientNet.
    case stages
    /// `features.0`, `features.<block>`, `features.<last>`: torchvision's MobileNets.
    case blocks
    /// `conv_stem`, `bn1`, `blocks.<stage>.<block>`, `conv_head`, `bn2`: timm.
    case timm
  }

  var layout: Layout
  /// Channels of the first 3x3 convolution, of stride 2.
  var stem: Dimension
  /// The blocks of each stage, first to last.
  var stages: [[(Feature) -> Feature]]
  /// Channels of the last 1x1 convolution; nil where there is none.
  var last: Dimension?
  var activation: Activation.Function
  var epsilon = 1e-5
  /// Whether padding is TensorFlow's SAME.
  var samePadding = false

  func callAsFunction(_ image: Feature) -> Feature {
    switch layout {
    case .timm:
      let x = image.group("stem") { stem($0, .pair("conv_stem", "bn1")) }
        .scope("blocks") { input in
          var x = input
          for (number, blocks) in stages.enumerated() {
            x = x.scope(String(number), .stage) { run(blocks, $0, from: 0) }
          }
          return x
        }
      return last == nil ? x : x.group("last", .head) { widened($0, .pair("conv_head", "bn2")) }
    case .stages:
      return image.scope("features") { image in
        var x = image.scope("0", .stage) { stem($0, .sequence(from: 0)) }
        for (number, blocks) in stages.enumerated() {
          x = x.scope(String(number + 1), .stage) { run(blocks, $0, from: 0) }
        }
        return last == nil ? x : x.scope(String(stages.count + 1), .head) { widened($0, .sequence(from: 0)) }
      }
    case .blocks:
      return image.scope("features") { image in
        var x = image.group("stem") { stem($0, .scope("0")) }
        var index = 1
        for (number, blocks) in stages.enumerated() {
          x = x.group("stage\(number + 1)") { run(blocks, $0, from: index) }
          index += blocks.count
        }
        return last == nil ? x : x.group("last", .head) { widened($0, .scope(String(index))) }
      }
    }
  }

  private func stem(_ image: Feature, _ names: UnitNames) -> Feature {
    image.convNormActivation(
      names, stem, kernel: 3, stride: 2, epsilon: epsilon, samePadding: samePadding, activation: activation)
  }

  private func widened(_ x: Feature, _ names: UnitNames) -> Feature {
    x.convNormActivation(
      names, last ?? x.channels, kernel: 1, epsilon: epsilon, samePadding: samePadding, activation: activation)
  }

  private func run(_ blocks: [(Feature) -> Feature], _ input: Feature, from first: Int) -> Feature {
    var x = input
    for (position, block) in blocks.enumerated() { x = x.scope(String(first + position), .block, block) }
    return x
  }
}

extension Feature {
  /// Global mean and classifier with timm's names; there is a dropout, a function call, where its probability is not 0.
  func timmClassifier(_ classes: Dimension, dropout: Double) -> Feature {
    head {
      let features = $0.scope("global_pool") { $0.adaptiveAveragePool("pool").flatten(origin: .module) }
      return (dropout > 0 ? features.dropout("dropout", dropout, origin: .function) : features)
        .linear("classifier", classes)
    }
  }
}
