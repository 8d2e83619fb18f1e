import NetworkGraph
import SymbolicIntegers

/// Networks of fire modules: few 1x1 filters feed a layer of 1x1 and 3x3 ones.
///
/// Iandola et al. 2016, table 1; names are torchvision's.
public struct SqueezeNet: Architecture {
  /// A 1x1 convolution to few channels, then 1x1 and 3x3 convolutions side by side.
  public struct Fire: Codable, Sendable {
    public var squeeze: Dimension
    public var expand1x1: Dimension
    public var expand3x3: Dimension

    /// A module with as many 1x1 as 3x3 filters.
    public init(squeeze: Dimension, expand: Dimension) {
      self.squeeze = squeeze
      expand1x1 = expand
      expand3x3 = expand
    }

    func callAsFunction(_ input: Feature) -> Feature {
      let x = input.conv("squeeze", squeeze, kernel: 1).relu("squeeze_activation")
      return Feature.concatenate([
        x.conv("expand1x1", expand1x1, kernel: 1).relu("expand1x1_activation"),
        x.conv("expand3x3", expand3x3, kernel: 3, padding: 1).relu("expand3x3_activation"),
      ])
    }
  }

  /// Channels and side of the first convolution's filters.
  public var stem: Dimension
  public var stemKernel: Int
  /// The modules after each max pooling.
  public var stages: [[Fire]]
  public var dropout: Double
  public var classes: Dimension

  public init(
    stem: Dimension, stemKernel: Int, stages: [[Fire]], dropout: Double = 0.5, classes: Dimension = 1000
  ) {
    self.stem = stem
    self.stemKernel = stemKernel
    self.stages = stages
    self.dropout = dropout
    self.classes = classes
  }

  public func callAsFunction(_ image: Feature) -> Feature {
    let features = image.scope("features") { image in
      var x = image.group("stem") { $0.conv("0", stem, kernel: PerAxis(stemKernel), stride: 2).relu("1") }
      var index = 2
      for (number, fires) in stages.enumerated() {
        x = x.group("stage\(number + 1)") { input in
          var x = input.maxPool("\(index)", kernel: 3, stride: 2, ceilMode: true)
          for fire in fires {
            index += 1
            x = x.scope("\(index)", .block) { fire($0) }
          }
          index += 1
          return x
        }
      }
      return x
    }
    return features.head {
      $0.scope("classifier") {
        $0.dropout("0", dropout).conv("1", classes, kernel: 1).relu("2").adaptiveAveragePool("3")
      }.flatten()
    }
  }
}

extension SqueezeNet {
  private static let paper = Paper(
    "Iandola, Han, Moskewicz, Ashraf, Dally, Keutzer", 2016,
    "SqueezeNet: AlexNet-Level Accuracy with 50x Fewer Parameters and <0.5MB Model Size", "arXiv:1602.07360")

  /// Fire modules 2 to 9 of table 1.
  private static let fires = [(16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192), (64, 256), (64, 256)].map
  {
    Fire(squeeze: Dimension($0), expand: Dimension($1))
  }

  /// Version 1.1 is the authors' later release: a smaller stem and earlier pooling.
  static let catalog = [
    (
      "squeezenet1_0",
      SqueezeNet(stem: 96, stemKernel: 7, stages: [Array(fires[0..<3]), Array(fires[3..<7]), Array(fires[7...])])
    ),
    (
      "squeezenet1_1",
      SqueezeNet(stem: 64, stemKernel: 3, stages: [Array(fires[0..<2]), Array(fires[2..<4]), Array(fires[4...])])
    ),
  ].map { CatalogEntry($0, family: "SqueezeNet", paper, input: [1, 3, 224, 224], $1) }
}
