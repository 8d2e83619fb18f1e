import NetworkGraph
import SymbolicIntegers

/// The first Inception network, as published and as torchvision has it.
///
/// Szegedy et al. 2015, table 1 and figure 3; names are torchvision's.
public struct GoogLeNet: Architecture {
  /// A module of table 1: 1x1, 3x3 and 5x5 convolutions and a pool side by side.
  public struct Module: Codable, Sendable {
    public var one: Dimension
    /// Channels of the 1x1 convolution before the 3x3 one.
    public var threeReduce: Dimension
    public var three: Dimension
    /// Channels of the 1x1 convolution before the 5x5 one.
    public var fiveReduce: Dimension
    public var five: Dimension
    /// Channels of the 1x1 convolution after the pool.
    public var pool: Dimension

    public init(
      _ one: Dimension, _ threeReduce: Dimension, _ three: Dimension, _ fiveReduce: Dimension, _ five: Dimension,
      _ pool: Dimension
    ) {
      self.one = one
      self.threeReduce = threeReduce
      self.three = three
      self.fiveReduce = fiveReduce
      self.five = five
      self.pool = pool
    }
  }

  /// Modules 3a to 5b: a list for each size of the map.
  public var stages: [[Module]]
  /// Batch norm after every convolution, as torchvision has it; else biases and two local response norms.
  public var hasBatchNorm: Bool
  /// Side of the third branch's filters: the paper's 5, torchvision's 3.
  public var fiveKernel: Int
  /// Side of the window of the last max pooling: the paper's 3, torchvision's 2.
  public var lastPoolKernel: Int
  /// Modules without the 1x1 convolutions that reduce channels (figure 2a).
  public var isNaive: Bool
  /// Modules of the second list, counted from 0, that an auxiliary classifier follows.
  public var auxiliaryAfter: [Int]
  public var auxiliaryDropout: Double
  public var dropout: Double
  public var classes: Dimension

  public init(
    stages: [[Module]] = Self.table1, hasBatchNorm: Bool, fiveKernel: Int, lastPoolKernel: Int, isNaive: Bool = false,
    auxiliaryAfter: [Int] = [], auxiliaryDropout: Double = 0.7, dropout: Double, classes: Dimension = 1000
  ) {
    self.stages = stages
    self.hasBatchNorm = hasBatchNorm
    self.fiveKernel = fiveKernel
    self.lastPoolKernel = lastPoolKernel
    self.isNaive = isNaive
    self.auxiliaryAfter = auxiliaryAfter
    self.auxiliaryDropout = auxiliaryDropout
    self.dropout = dropout
    self.classes = classes
  }

  public static let table1 = [
    [Module(64, 96, 128, 16, 32, 32), Module(128, 128, 192, 32, 96, 64)],
    [
      Module(192, 96, 208, 16, 48, 64), Module(160, 112, 224, 24, 64, 64), Module(128, 128, 256, 24, 64, 64),
      Module(112, 144, 288, 32, 64, 64), Module(256, 160, 320, 32, 128, 128),
    ],
    [Module(256, 160, 320, 32, 128, 128), Module(384, 192, 384, 48, 128, 128)],
  ]

  public func callAsFunction(_ image: Feature) -> Feature {
    var x = image.group("stage1") { convolution($0, "conv1", 64, kernel: 7, stride: 2) }
    x = x.group("stage2") { input in
      let x = normalized(input.maxPool("maxpool1", kernel: 3, stride: 2, ceilMode: true), "norm1")
      return normalized(convolution(convolution(x, "conv2", 64, kernel: 1), "conv3", 192, kernel: 3), "norm2")
    }
    for (index, modules) in stages.enumerated() {
      let number = index + 3
      x = x.group("stage\(number)") { input in
        let kernel = index > 0 && index + 1 == stages.count ? lastPoolKernel : 3
        var x = input.maxPool("maxpool\(index + 2)", kernel: PerAxis(kernel), stride: 2, ceilMode: true)
        for (position, module) in modules.enumerated() {
          x = x.scope("inception\(number)\(letter(position))", .block) { inception($0, module) }
          guard index == 1, let head = auxiliaryAfter.firstIndex(of: position) else { continue }
          x.builder.trainingOnly { _ = x.scope("aux\(head + 1)", .head, auxiliaryHead) }
        }
        return x
      }
    }
    for head in auxiliaryAfter.indices { x.builder.registersHere("aux\(head + 1)") }
    return x.head { $0.adaptiveAveragePool("avgpool").flatten().dropout("dropout", dropout).linear("fc", classes) }
  }

  private func inception(_ input: Feature, _ module: Module) -> Feature {
    func reduced(_ input: Feature, _ channels: Dimension) -> Feature {
      isNaive ? input : convolution(input, "0", channels, kernel: 1)
    }
    return Feature.concatenate([
      convolution(input, "branch1", module.one, kernel: 1),
      input.scope("branch2") { convolution(reduced($0, module.threeReduce), "1", module.three, kernel: 3) },
      input.scope("branch3") { convolution(reduced($0, module.fiveReduce), "1", module.five, kernel: fiveKernel) },
      input.scope("branch4") {
        let x = $0.maxPool("0", kernel: 3, stride: 1, padding: 1, ceilMode: true)
        return isNaive ? x : convolution(x, "1", module.pool, kernel: 1)
      },
    ])
  }

  private func auxiliaryHead(_ input: Feature) -> Feature {
    // torchvision takes a grid of 4 x 4 means, which at the paper's side of 14 other windows cover.
    let pooled =
      hasBatchNorm
      ? input.adaptiveAveragePool("avgpool", to: [4, 4], origin: .function)
      : input.averagePool("avgpool", kernel: 5, stride: 3)
    return convolution(pooled, "conv", 128, kernel: 1).flatten()
      .linear("fc1", 1024).relu(origin: .function).dropout("dropout", auxiliaryDropout).linear("fc2", classes)
  }

  private func convolution(
    _ input: Feature, _ name: String, _ channels: Dimension, kernel: Int, stride: Int = 1
  ) -> Feature {
    input.basicConvolution(
      name, channels, kernel: PerAxis(kernel), stride: stride, padding: PerAxis(kernel / 2), hasNorm: hasBatchNorm)
  }

  private func normalized(_ input: Feature, _ name: String) -> Feature {
    hasBatchNorm ? input : input.apply(.localResponseNorm(LocalResponseNorm(size: 5)), name)
  }
}

extension GoogLeNet {
  private static let paper = Paper(
    "Szegedy, Liu, Jia, Sermanet, Reed, Anguelov, Erhan, Vanhoucke, Rabinovich", 2015, "Going Deeper with Convolutions",
    "arXiv:1409.4842")

  private static func published(isNaive: Bool = false, auxiliaryAfter: [Int] = []) -> GoogLeNet {
    GoogLeNet(
      hasBatchNorm: false, fiveKernel: 5, lastPoolKernel: 3, isNaive: isNaive, auxiliaryAfter: auxiliaryAfter,
      dropout: 0.4)
  }

  private static func torchvision(auxiliaryAfter: [Int] = []) -> GoogLeNet {
    GoogLeNet(hasBatchNorm: true, fiveKernel: 3, lastPoolKernel: 2, auxiliaryAfter: auxiliaryAfter, dropout: 0.2)
  }

  static let catalog = [
    ("googlenet_naive", published(isNaive: true)),
    ("googlenet_paper", published()),
    ("googlenet_paper_aux", published(auxiliaryAfter: [0, 3])),
    ("googlenet", torchvision()),
    ("googlenet_aux", torchvision(auxiliaryAfter: [0, 3])),
  ].map { CatalogEntry($0, family: "GoogLeNet", paper, input: [1, 3, 224, 224], $1) }
}
