import NetworkGraph
import SymbolicIntegers

/// EfficientNetV2: early stages of fused blocks, smaller expansions and kernels, no attention where blocks are fused.
///
/// Tan and Le 2021, table 4 (S); the other sizes and the small ones (B0-B3, scaled like EfficientNet) follow the authors'
/// code.
extension EfficientNet {
  /// A table of stages from rows of expansion, stride, channels and depth; kernels are 3x3 and three stages are fused.
  private static func stages(_ rows: [(expansion: Int, stride: Int, channels: Dimension, depth: Int)]) -> [Stage] {
    rows.enumerated().map { index, row in
      Stage(
        expansion: row.expansion, kernel: 3, stride: row.stride, channels: row.channels, depth: row.depth,
        isFused: index < 3)
    }
  }

  static let base = stages([(1, 1, 16, 1), (4, 2, 32, 2), (4, 2, 48, 2), (4, 2, 96, 3), (6, 1, 112, 5), (6, 2, 192, 8)])
  static let small = stages([
    (1, 1, 24, 2), (4, 2, 48, 4), (4, 2, 64, 4), (4, 2, 128, 6), (6, 1, 160, 9), (6, 2, 256, 15),
  ])
  static let medium = stages([
    (1, 1, 24, 3), (4, 2, 48, 5), (4, 2, 80, 5), (4, 2, 160, 7), (6, 1, 176, 14), (6, 2, 304, 18), (6, 1, 512, 5),
  ])
  static let large = stages([
    (1, 1, 32, 4), (4, 2, 64, 7), (4, 2, 96, 7), (4, 2, 192, 10), (6, 1, 224, 19), (6, 2, 384, 25), (6, 1, 640, 7),
  ])
  static let extraLarge = stages([
    (1, 1, 32, 4), (4, 2, 64, 8), (4, 2, 96, 8), (4, 2, 192, 16), (6, 1, 256, 24), (6, 2, 512, 32), (6, 1, 640, 8),
  ])

  static let secondVersion: [CatalogEntry] = {
    let paper = Paper("Tan, Le", 2021, "EfficientNetV2: Smaller Models and Faster Training", "arXiv:2104.00298")
    func entry(_ name: String, phi: Int? = nil, _ side: Int, _ network: EfficientNet) -> CatalogEntry {
      CatalogEntry(
        name, family: "EfficientNetV2", paper, input: [1, 3, Dimension(side), Dimension(side)], phi: phi, network)
    }
    /// timm's two: padding symmetric, or TensorFlow's with its epsilon.
    func timm(_ network: EfficientNet, isTensorFlow: Bool) -> EfficientNet {
      var network = network
      network.names = .timm
      (network.dropout, network.stochasticDepth) = (0, 0)
      network.samePadding = isTensorFlow
      network.epsilon = isTensorFlow ? 1e-3 : 1e-5
      return network
    }
    let sizes = [
      ("s", EfficientNet(stem: 24, stages: small, epsilon: 1e-3, dropout: 0.2)),
      ("m", EfficientNet(stem: 24, stages: medium, epsilon: 1e-3, dropout: 0.3)),
      ("l", EfficientNet(stem: 32, stages: large, epsilon: 1e-3, dropout: 0.4)),
      ("xl", EfficientNet(stem: 32, stages: extraLarge, epsilon: 1e-3, dropout: 0.4)),
    ]
    let bases: [(side: Int, width: Double, depth: Double)] = [
      (192, 1, 1), (192, 1, 1.1), (208, 1.1, 1.2), (240, 1.2, 1.4),
    ]
    return zip(sizes, [384, 480, 480]).map { entry("efficientnet_v2_\($0.0)", $1, $0.1) }
      + zip(sizes, [288, 320, 384, 384]).map { entry("efficientnetv2_\($0.0)", $1, timm($0.1, isTensorFlow: false)) }
      + zip(sizes, [300, 384, 384, 384]).map { entry("tf_efficientnetv2_\($0.0)", $1, timm($0.1, isTensorFlow: true)) }
      + bases.enumerated().map { index, row in
        let network = EfficientNet(stages: base, width: row.width, depth: row.depth, roundingLimit: 0)
        return entry("tf_efficientnetv2_b\(index)", phi: index, row.side, timm(network, isTensorFlow: true))
      }
  }()
}
