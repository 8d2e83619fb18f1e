import NetworkGraph
import SymbolicIntegers

/// VGG networks: 3x3 convolutions in five stages, each halved by max pooling.
///
/// Simonyan and Zisserman 2015, table 1, configurations A (11), B (13), D (16) and E (19).
public struct VGG: Architecture {
  /// A column of the table between two poolings: equal convolutions.
  public struct Stage: Codable, Sendable {
    public var channels: Dimension
    public var depth: Int

    public init(channels: Dimension, depth: Int) {
      self.channels = channels
      self.depth = depth
    }
  }

  public var stages: [Stage]
  /// Whether batch normalisation follows every convolution; the paper's networks have none.
  public var isNormalized: Bool
  public var dropout: Double
  public var classes: Dimension

  public init(_ stages: [Stage], isNormalized: Bool = false, dropout: Double = 0.5, classes: Dimension = 1000) {
    self.stages = stages
    self.isNormalized = isNormalized
    self.dropout = dropout
    self.classes = classes
  }

  public func callAsFunction(_ image: Feature) -> Feature {
    image
      .scope("features") { image in
        var (x, index) = (image, 0)
        func next() -> String {
          defer { index += 1 }
          return String(index)
        }
        for (number, stage) in stages.enumerated() {
          x = x.group("stage\(number + 1)") { input in
            var x = input
            for _ in 0..<stage.depth {
              x = x.conv(next(), stage.channels, kernel: 3, padding: 1)
              if isNormalized { x = x.batchNorm(next()) }
              x = x.relu(next())
            }
            return x.maxPool(next(), kernel: 2, stride: 2)
          }
        }
        return x
      }
      .head { features in
        features.adaptiveAveragePool("avgpool", to: [7, 7]).flatten().scope("classifier") {
          $0.linear("0", 4096).relu("1").dropout("2", dropout)
            .linear("3", 4096).relu("4").dropout("5", dropout)
            .linear("6", classes)
        }
      }
  }
}

extension VGG {
  private static let paper = Paper(
    "Simonyan, Zisserman", 2015, "Very Deep Convolutional Networks for Large-Scale Image Recognition",
    "arXiv:1409.1556")

  static let catalog: [CatalogEntry] = [
    ("vgg11", nil, [1, 1, 2, 2, 2]),
    ("vgg13", nil, [2, 2, 2, 2, 2]),
    ("vgg16", 0, [2, 2, 3, 3, 3]),
    ("vgg19", nil, [2, 2, 4, 4, 4]),
  ].flatMap { (name: String, phi: Int?, depths: [Int]) in
    let stages = zip([64, 128, 256, 512, 512], depths).map { Stage(channels: $0, depth: $1) }
    return [
      CatalogEntry(
        name, family: "VGG", paper, input: [1, 3, 224, 224], phi: phi, VGG(stages)),
      CatalogEntry(name + "_bn", family: "VGG", paper, input: [1, 3, 224, 224], VGG(stages, isNormalized: true)),
    ]
  }
}
