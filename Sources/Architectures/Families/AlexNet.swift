import NetworkGraph
import SymbolicIntegers

/// AlexNet in one column, as torchvision has it: no groups, no normalisation.
///
/// Krizhevsky 2014, section 5; layer sizes of torchvision's `alexnet`.
public struct AlexNet: Architecture {
  /// A convolution, its ReLU and the max pooling after it.
  public struct Layer: Sendable {
    public var channels: Dimension
    public var kernel: Int
    public var stride = 1
    public var padding = 0
    public var groups: Dimension = 1
    /// Whether local response normalisation follows (the original network).
    public var isNormalized = false
    public var isPooled = false
  }

  public var layers: [Layer]
  /// Positions per side of the map that the first linear layer reads.
  public var side: Dimension
  public var dropout: Double
  public var classes: Dimension

  public init(
    layers: [Layer] = Self.singleColumn, side: Dimension = 6, dropout: Double = 0.5, classes: Dimension = 1000
  ) {
    self.layers = layers
    self.side = side
    self.dropout = dropout
    self.classes = classes
  }

  public static let singleColumn = [
    Layer(channels: 64, kernel: 11, stride: 4, padding: 2, isPooled: true),
    Layer(channels: 192, kernel: 5, padding: 2, isPooled: true),
    Layer(channels: 384, kernel: 3, padding: 1),
    Layer(channels: 256, kernel: 3, padding: 1),
    Layer(channels: 256, kernel: 3, padding: 1, isPooled: true),
  ]

  public func callAsFunction(_ image: Feature) -> Feature {
    image
      .scope("features", .stage) { image in
        var (x, index) = (image, 0)
        for layer in layers {
          x = x.convolved("\(index)", layer).relu("\(index + 1)")
          index += 2
          guard layer.isPooled else { continue }
          x = x.maxPool("\(index)", kernel: 3, stride: 2)
          index += 1
        }
        return x
      }
      .group("head") { features in
        features.adaptiveAveragePool("avgpool", to: [side, side]).flatten().scope("classifier") {
          $0.dropout("0", dropout).linear("1", 4096).relu("2")
            .dropout("3", dropout).linear("4", 4096).relu("5")
            .linear("6", classes)
        }
      }
  }
}

/// AlexNet as published, its two GPUs' halves as groups of two. 60,965,224 parameters. Names are Caffe's.
///
/// Krizhevsky, Sutskever and Hinton 2012, section 3 and figure 2.
public struct GroupedAlexNet: Architecture {
  public var layers: [AlexNet.Layer]
  public var dropout: Double
  public var classes: Dimension

  public init(layers: [AlexNet.Layer] = Self.twoColumns, dropout: Double = 0.5, classes: Dimension = 1000) {
    self.layers = layers
    self.dropout = dropout
    self.classes = classes
  }

  public static let twoColumns = [
    AlexNet.Layer(channels: 96, kernel: 11, stride: 4, isNormalized: true, isPooled: true),
    AlexNet.Layer(channels: 256, kernel: 5, padding: 2, groups: 2, isNormalized: true, isPooled: true),
    AlexNet.Layer(channels: 384, kernel: 3, padding: 1),
    AlexNet.Layer(channels: 384, kernel: 3, padding: 1, groups: 2),
    AlexNet.Layer(channels: 256, kernel: 3, padding: 1, groups: 2, isPooled: true),
  ]

  public func callAsFunction(_ image: Feature) -> Feature {
    var x = image
    for (index, layer) in layers.enumerated() {
      let number = index + 1
      x = x.group("stage\(number)") {
        var x = $0.convolved("conv\(number)", layer).relu("relu\(number)")
        if layer.isNormalized {
          // The paper's alpha of 1e-4 is not divided by the size of 5.
          x = x.apply(.localResponseNorm(LocalResponseNorm(size: 5, alpha: 5e-4, beta: 0.75, k: 2)), "norm\(number)")
        }
        return layer.isPooled ? x.maxPool("pool\(number)", kernel: 3, stride: 2) : x
      }
    }
    return x.group("head") {
      $0.flatten()
        .linear("fc6", 4096).relu("relu6").dropout("drop6", dropout)
        .linear("fc7", 4096).relu("relu7").dropout("drop7", dropout)
        .linear("fc8", classes)
    }
  }
}

extension Feature {
  fileprivate func convolved(_ name: String, _ layer: AlexNet.Layer) -> Feature {
    conv(
      name, layer.channels, kernel: PerAxis(layer.kernel), stride: PerAxis(layer.stride),
      padding: PerAxis(layer.padding), groups: layer.groups)
  }
}

extension AlexNet {
  private static let original = Paper(
    "Krizhevsky, Sutskever, Hinton", 2012, "ImageNet Classification with Deep Convolutional Neural Networks",
    "NeurIPS 25")
  private static let oneColumn = Paper(
    "Krizhevsky", 2014, "One Weird Trick for Parallelizing Convolutional Neural Networks", "arXiv:1404.5997")

  static let catalog = [
    CatalogEntry("alexnet_grouped", family: "AlexNet", original, input: [1, 3, 227, 227], GroupedAlexNet()),
    CatalogEntry("alexnet", family: "AlexNet", oneColumn, input: [1, 3, 224, 224], AlexNet()),
  ]
}
