import NetworkGraph
import SymbolicIntegers

/// AlexNet with a smaller first window and stride, found by looking at what its layers respond to. 62,357,608 parameters.
///
/// Zeiler and Fergus 2014, figure 3. Names are Caffe's.
public struct ZFNet: Architecture {
  public var layers: [AlexNet.Layer]
  public var dropout: Double
  public var classes: Dimension

  public init(layers: [AlexNet.Layer] = Self.figure3, dropout: Double = 0.5, classes: Dimension = 1000) {
    self.layers = layers
    self.dropout = dropout
    self.classes = classes
  }

  // The padding of 1 and the pools' rounding up follow from the sides that figure 3 prints: 110, 55, 26, 13, 6.
  public static let figure3 = [
    AlexNet.Layer(channels: 96, kernel: 7, stride: 2, padding: 1, isNormalized: true, isPooled: true),
    AlexNet.Layer(channels: 256, kernel: 5, stride: 2, isNormalized: true, isPooled: true),
    AlexNet.Layer(channels: 384, kernel: 3, padding: 1),
    AlexNet.Layer(channels: 384, kernel: 3, padding: 1),
    AlexNet.Layer(channels: 256, kernel: 3, padding: 1, isPooled: true),
  ]

  public func callAsFunction(_ image: Feature) -> Feature {
    var x = image
    for (index, layer) in layers.enumerated() {
      let number = index + 1
      x = x.group("stage\(number)") {
        var x = $0.conv(
          "conv\(number)", layer.channels, kernel: PerAxis(layer.kernel), stride: PerAxis(layer.stride),
          padding: PerAxis(layer.padding), groups: layer.groups
        ).relu("relu\(number)")
        if layer.isPooled { x = x.maxPool("pool\(number)", kernel: 3, stride: 2, ceilMode: true) }
        guard layer.isNormalized else { return x }
        // The paper's normalisation is AlexNet's, whose alpha of 1e-4 is not divided by the size of 5.
        return x.apply(.localResponseNorm(LocalResponseNorm(size: 5, alpha: 5e-4, beta: 0.75, k: 2)), "norm\(number)")
      }
    }
    return x.head {
      $0.flatten()
        .linear("fc6", 4096).relu("relu6").dropout("drop6", dropout)
        .linear("fc7", 4096).relu("relu7").dropout("drop7", dropout)
        .linear("fc8", classes)
    }
  }
}

extension ZFNet {
  private static let paper = Paper(
    "Zeiler, Fergus", 2014, "Visualizing and Understanding Convolutional Networks", "arXiv:1311.2901")

  /// Table 2: layers 3, 4, 5 with 512, 1024, 512 maps.
  private static var wide: [AlexNet.Layer] {
    var layers = figure3
    for (index, channels) in [2: 512, 3: 1024, 4: 512] { layers[index].channels = Dimension(channels) }
    return layers
  }

  static let catalog = [
    CatalogEntry("zfnet", family: "ZFNet", paper, input: [1, 3, 224, 224], ZFNet()),
    CatalogEntry("zfnet_wide", family: "ZFNet", paper, input: [1, 3, 224, 224], ZFNet(layers: wide)),
  ]
}
