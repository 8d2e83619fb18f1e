import NetworkGraph
import SymbolicIntegers

extension NFNet {
  private static let paper = Paper(
    "Brock, De, Smith, Simonyan", 2021, "High-Performance Large-Scale Image Recognition Without Normalization",
    "arXiv:2102.06171")
  private static let propagation = Paper(
    "Brock, De, Smith", 2021,
    "Characterizing signal propagation to close the performance gap in unnormalized ResNets", "arXiv:2101.08692")

  /// Table 1: F0's depths 1, 2, 6, 3 times the index plus one, the side for training, and the dropout. F7 is timm's.
  private static let variants: [(side: Int, dropout: Double)] = [
    (192, 0.2), (224, 0.3), (256, 0.4), (320, 0.4), (384, 0.5), (416, 0.5), (448, 0.5), (480, 0.5),
  ]

  /// timm's form of an authors' network.
  private func timm() -> NFNet {
    var result = self
    (result.gammaInActivation, result.samePadding, result.skipGain) = (false, false, false)
    return result
  }

  private static func residual(_ depths: [Int], squeezeRatio: Double = 0) -> NFNet {
    NFNet(
      depths: depths, channels: [256, 512, 1024, 2048], stem: .pooled, stemWidth: 64, bottleneck: 0.25, groupWidth: 0,
      extraConvolution: false, squeezeRatio: squeezeRatio, head: nil, nonlinearity: .relu
    ).timm()
  }

  /// Stochastic depth is 0.25 in all of the paper's networks. Sides are those of training; tests use larger ones.
  static let catalog: [CatalogEntry] =
    variants.enumerated().flatMap { index, variant -> [CatalogEntry] in
      let side = Dimension(variant.side)
      let network = NFNet(
        depths: [1, 2, 6, 3].map { $0 * (index + 1) }, dropout: variant.dropout, stochasticDepth: 0.25)
      let timm = CatalogEntry("nfnet_f\(index)", family: "NFNet", paper, input: [1, 3, side, side], network.timm())
      guard index < 7 else { return [timm] }
      return [CatalogEntry("dm_nfnet_f\(index)", family: "NFNet", paper, input: [1, 3, side, side], network), timm]
    }
    + [
      ("nf_resnet26", 224, residual([2, 2, 2, 2])), ("nf_resnet50", 256, residual([3, 4, 6, 3])),
      ("nf_resnet101", 224, residual([3, 4, 23, 3])),
      ("nf_seresnet26", 224, residual([2, 2, 2, 2], squeezeRatio: 1 / 16)),
      ("nf_seresnet50", 224, residual([3, 4, 6, 3], squeezeRatio: 1 / 16)),
      ("nf_seresnet101", 224, residual([3, 4, 23, 3], squeezeRatio: 1 / 16)),
    ].map { CatalogEntry($0.0, family: "NFNet", propagation, input: [1, 3, $0.1, $0.1], $0.2) }
}
