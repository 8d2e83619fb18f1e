import NetworkGraph
import SymbolicIntegers

/// Residual networks of depthwise separable convolutions.
///
/// Chollet 2017, figure 5; names are timm's (`legacy_xception`).
public struct Xception: Architecture {
  /// A block of figure 5: separable convolutions, and a max pooling where the stride is not 1.
  public struct Block: Codable, Sendable {
    public var channels: Dimension
    public var depth: Int
    public var stride: Int
    /// Whether the last separable convolution, not the first, changes the number of channels.
    public var growsLast: Bool

    public init(_ channels: Dimension, depth: Int, stride: Int, growsLast: Bool = false) {
      self.channels = channels
      self.depth = depth
      self.stride = stride
      self.growsLast = growsLast
    }
  }

  /// Channels of the two convolutions before the blocks.
  public var stem: [Dimension]
  public var blocks: [Block]
  /// Channels of the separable convolutions after the blocks.
  public var exit: [Dimension]
  public var classes: Dimension

  public init(
    stem: [Dimension] = [32, 64], blocks: [Block] = Self.figure5, exit: [Dimension] = [1536, 2048],
    classes: Dimension = 1000
  ) {
    self.stem = stem
    self.blocks = blocks
    self.exit = exit
    self.classes = classes
  }

  public static let figure5 =
    [Block(128, depth: 2, stride: 2), Block(256, depth: 2, stride: 2), Block(728, depth: 2, stride: 2)]
    + Array(repeating: Block(728, depth: 3, stride: 1), count: 8)
    + [Block(1024, depth: 2, stride: 2, growsLast: true)]

  public func callAsFunction(_ image: Feature) -> Feature {
    var x = image.group("stage1") { image in
      var x = image
      for (index, channels) in stem.enumerated() {
        let number = index + 1
        x = x.conv("conv\(number)", channels, kernel: 3, stride: index == 0 ? 2 : 1, bias: false)
          .batchNorm("bn\(number)").relu("act\(number)")
      }
      return x
    }
    // A stage begins where a block halves the map.
    let starts = blocks.indices.filter { $0 == 0 || blocks[$0].stride != 1 }
    for (stage, start) in starts.enumerated() {
      let end = stage + 1 < starts.count ? starts[stage + 1] : blocks.count
      x = x.group("stage\(stage + 2)") { input in
        var x = input
        for index in start..<end { x = x.scope("block\(index + 1)", .block) { unit($0, at: index) } }
        return end == blocks.count ? exitFlow(x) : x
      }
    }
    return x.head { $0.pooledClassifier("fc", classes) }
  }

  private func exitFlow(_ input: Feature) -> Feature {
    var x = input
    for (index, channels) in exit.enumerated() {
      let number = stem.count + index + 1
      x = x.scope("conv\(number)") { separable($0, channels) }.batchNorm("bn\(number)").relu("act\(number)")
    }
    return x
  }

  private func unit(_ input: Feature, at index: Int) -> Feature {
    let block = blocks[index]
    let depth = scaledDepth(block.depth, by: 1)
    var x = input.scope("rep") { input in
      var (x, step) = (input, 0)
      for position in 0..<depth {
        let changes = block.growsLast ? position + 1 == depth : position == 0
        // The stem ends with the ReLU that the first block would begin with.
        if index > 0 || position > 0 {
          x = x.relu(String(step), inPlace: position > 0)
          step += 1
        }
        x = x.scope(String(step)) { separable($0, changes ? block.channels : $0.channels) }
          .batchNorm(String(step + 1))
        step += 2
      }
      guard block.stride != 1 else { return x }
      return x.maxPool(String(step), kernel: 3, stride: PerAxis(block.stride), padding: 1)
    }
    guard input.channels != block.channels || block.stride != 1 else {
      x += input
      return x
    }
    let skip = input.conv("skip", block.channels, kernel: 1, stride: PerAxis(block.stride), bias: false)
      .batchNorm("skipbn")
    input.builder.registersHere("rep")
    x += skip
    return x
  }

  private func separable(_ input: Feature, _ channels: Dimension) -> Feature {
    input.conv("conv1", input.channels, kernel: 3, padding: 1, groups: input.channels, bias: false)
      .conv("pointwise", channels, kernel: 1, bias: false)
  }
}

extension Xception {
  private static let paper = Paper(
    "Chollet", 2017, "Xception: Deep Learning with Depthwise Separable Convolutions", "arXiv:1610.02357")

  static let catalog = [
    CatalogEntry("legacy_xception", family: "Xception", paper, input: [1, 3, 299, 299], Xception())
  ]
}
