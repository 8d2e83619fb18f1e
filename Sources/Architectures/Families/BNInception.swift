import NetworkGraph
import SymbolicIntegers

/// Inception with batch norm and two 3x3 convolutions in place of each 5x5 one (Inception v2).
///
/// Ioffe and Szegedy 2015, figure 5. Names are those of the Caffe model.
public struct BNInception: Architecture {
  /// A row of figure 5. Without a 1x1 branch and a projection the module has stride 2 and passes its pooled input on.
  public struct Module: Codable, Sendable {
    public enum Pooling: String, Codable, Sendable {
      case average, maximum
    }

    public var one: Dimension?
    public var threeReduce: Dimension
    public var three: Dimension
    public var doubleReduce: Dimension
    /// Channels of both convolutions of the double 3x3 branch.
    public var double: Dimension
    public var pooling: Pooling
    /// Channels of the 1x1 convolution after the pool.
    public var projection: Dimension?

    init(
      _ one: Dimension?, _ threeReduce: Dimension, _ three: Dimension, _ doubleReduce: Dimension, _ double: Dimension,
      _ pooling: Pooling, _ projection: Dimension?
    ) {
      self.one = one
      self.threeReduce = threeReduce
      self.three = three
      self.doubleReduce = doubleReduce
      self.double = double
      self.pooling = pooling
      self.projection = projection
    }
  }

  /// Modules for each size of the map, numbered from 3.
  public var stages: [[Module]]
  /// Channels that the first layer makes of each colour before 1x1 filters mix them; nil: an ordinary convolution.
  public var depthMultiplier: Int?
  /// Biases before the norms, which make them redundant.
  public var hasBias: Bool
  public var classes: Dimension

  public init(
    stages: [[Module]] = Self.figure5, depthMultiplier: Int? = 8, hasBias: Bool = false,
    classes: Dimension = 1000
  ) {
    self.stages = stages
    self.depthMultiplier = depthMultiplier
    self.hasBias = hasBias
    self.classes = classes
  }

  public static let figure5 = [
    [Module(64, 64, 64, 64, 96, .average, 32), Module(64, 64, 96, 64, 96, .average, 64)],
    [
      Module(nil, 128, 160, 64, 96, .maximum, nil), Module(224, 64, 96, 96, 128, .average, 128),
      Module(192, 96, 128, 96, 128, .average, 128), Module(160, 128, 160, 128, 160, .average, 96),
      Module(96, 128, 192, 160, 192, .average, 96),
    ],
    [
      Module(nil, 128, 192, 192, 256, .maximum, nil), Module(352, 192, 320, 160, 224, .average, 128),
      Module(352, 192, 320, 192, 224, .maximum, 128),
    ],
  ]

  public func callAsFunction(_ image: Feature) -> Feature {
    var x = image.group("stage1") { stem($0) }
    x = x.group("stage2") { input in
      var x = strided(input, "pool1_3x3_s2")
      x = convolution(x, "conv2_", "3x3_reduce", 64, kernel: 1)
      return convolution(x, "conv2_", "3x3", 192, kernel: 3)
    }
    // Numbers and letters go on where a module halves the map: 3c opens the second list, 4e the third.
    var (number, position) = (3, 0)
    for (index, modules) in stages.enumerated() {
      x = x.group("stage\(index + 3)") { input in
        var x = index == 0 ? strided(input, "pool2_3x3_s2") : input
        for module in modules {
          let name = "inception_\(number)\(letter(position))_"
          x = x.group(String(name.dropLast()), .block) { inception($0, name, module) }
          (number, position) = module.projection == nil ? (number + 1, 0) : (number, position + 1)
        }
        return x
      }
    }
    return x.head {
      $0.adaptiveAveragePool("global_pool").flatten().linear("last_linear", classes)
    }
  }

  private func stem(_ image: Feature) -> Feature {
    guard let depthMultiplier else { return convolution(image, "conv1_", "7x7_s2", 64, kernel: 7, stride: 2) }
    let x = windowed(
      image, "conv1_7x7_depthwise", image.channels * Dimension(depthMultiplier), kernel: 7, stride: 2,
      groups: image.channels)
    return convolution(x, "conv1_", "7x7_pointwise", 64, kernel: 1)
  }

  private func inception(_ input: Feature, _ name: String, _ module: Module) -> Feature {
    let stride = module.projection == nil ? 2 : 1
    var branches: [Feature] = []
    if let one = module.one { branches.append(convolution(input, name, "1x1", one, kernel: 1)) }
    var x = convolution(input, name, "3x3_reduce", module.threeReduce, kernel: 1)
    branches.append(convolution(x, name, "3x3", module.three, kernel: 3, stride: stride))
    x = convolution(input, name, "double_3x3_reduce", module.doubleReduce, kernel: 1)
    x = convolution(x, name, "double_3x3_1", module.double, kernel: 3)
    branches.append(convolution(x, name, "double_3x3_2", module.double, kernel: 3, stride: stride))
    if let projection = module.projection {
      let pooled =
        module.pooling == .maximum
        ? input.maxPool(name + "pool", kernel: 3, stride: 1, padding: 1)
        : input.averagePool(name + "pool", kernel: 3, stride: 1, padding: 1)
      branches.append(convolution(pooled, name, "pool_proj", projection, kernel: 1))
    } else {
      branches.append(strided(input, name + "pool"))
    }
    return Feature.concatenate(branches, name: name + "output")
  }

  private func convolution(
    _ input: Feature, _ prefix: String, _ name: String, _ channels: Dimension, kernel: Int, stride: Int = 1
  ) -> Feature {
    windowed(input, prefix + name, channels, kernel: kernel, stride: stride)
      .batchNorm("\(prefix)\(name)_bn").relu("\(prefix)relu_\(name)")
  }

  // Departure: Caffe's pools round up where its convolutions round down; SAME padding, the authors' own, agrees with
  // both at the paper's sides and lets other sides pass.
  private func windowed(
    _ input: Feature, _ name: String, _ channels: Dimension, kernel: Int, stride: Int, groups: Dimension = 1
  ) -> Feature {
    var window = Window(rank: 2, kernel: PerAxis(kernel), stride: PerAxis(stride))
    window.padding = .sameUpper
    let convolution = Convolution(outputChannels: channels, window: window, groups: groups, bias: hasBias)
    return input.apply(.convolution(convolution), name)
  }

  private func strided(_ input: Feature, _ name: String) -> Feature {
    var window = Window(rank: 2, kernel: 3, stride: 2)
    window.padding = .sameUpper
    return input.apply(.pool(Pool(.maximum, window: window)), name)
  }
}

extension BNInception {
  private static let paper = Paper(
    "Ioffe, Szegedy", 2015,
    "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift", "arXiv:1502.03167")

  /// The Caffe model that circulates projects 4c and 4d to 128 channels, keeps biases and mixes colours at once.
  private static var caffe: BNInception {
    var network = BNInception(depthMultiplier: nil, hasBias: true)
    network.stages[1][3].projection = 128
    network.stages[1][4].projection = 128
    return network
  }

  static let catalog = [
    CatalogEntry("inception_v2", family: "Inception v2", paper, input: [1, 3, 224, 224], BNInception()),
    CatalogEntry("bninception", family: "Inception v2", paper, input: [1, 3, 224, 224], caffe),
  ]
}
