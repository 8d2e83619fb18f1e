import Architectures
import SymbolicIntegers

extension EfficientNet: StagedArchitecture {
  public var stageRepeats: [Int] {
    get { stages.map(\.depth) }
    set { for (index, depth) in zip(stages.indices, newValue) { stages[index].depth = depth } }
  }

  public mutating func replaceChannels(_ transform: (Dimension) -> Dimension) {
    stem = transform(stem)
    for index in stages.indices { stages[index].channels = transform(stages[index].channels) }
    head = transform(head)
  }

  public func widened(by factor: Double) -> EfficientNet {
    var result = self
    result.width *= factor
    return result.tabulated()
  }

  public func deepened(by factor: Double) -> [Int] { stages.map { scaledUp($0.depth, by: depth * factor) } }

  public var widthRule: String {
    roundingLimit > 0
      ? "Channels become the nearest multiple of 8 that keeps \(roundingLimit) of them."
      : "Channels become the nearest multiple of 8."
  }
}

extension MobileNetV1: StagedArchitecture {
  public var stageRepeats: [Int] {
    get { stages.map(\.depth) }
    set { for (index, depth) in zip(stages.indices, newValue) { stages[index].depth = depth } }
  }

  public mutating func replaceChannels(_ transform: (Dimension) -> Dimension) {
    stem = transform(stem)
    for index in stages.indices { stages[index].channels = transform(stages[index].channels) }
    head = head.map(transform)
  }

  public func widened(by factor: Double) -> MobileNetV1 {
    var result = self
    result.width *= factor
    return result.tabulated()
  }
}

extension MobileNetV2: StagedArchitecture {
  public var stageRepeats: [Int] {
    get { stages.map(\.depth) }
    set { for (index, depth) in zip(stages.indices, newValue) { stages[index].depth = depth } }
  }

  public mutating func replaceChannels(_ transform: (Dimension) -> Dimension) {
    stem = transform(stem)
    for index in stages.indices { stages[index].channels = transform(stages[index].channels) }
    head = transform(head)
  }

  public func widened(by factor: Double) -> MobileNetV2 {
    var result = self
    result.width *= factor
    return result.tabulated()
  }

  public func deepened(by factor: Double) -> [Int] {
    stages.enumerated().map { index, stage in
      let isEnd = index == 0 || index == stages.count - 1
      return scalesEnds || !isEnd ? scaledUp(stage.depth, by: depth * factor) : stage.depth
    }
  }

  public var widthRule: String {
    "Channels become the nearest multiple of 8 that keeps nine tenths of them; the last convolution never narrows."
  }

  public var depthRule: String {
    scalesEnds ? "Repeats are rounded up." : "Repeats are rounded up, but for those of the first and the last stage."
  }
}

extension MobileNetV3: StagedArchitecture {
  /// More blocks repeat the last of their stage; fewer leave out the last ones.
  public var stageRepeats: [Int] {
    get { stages.map(\.expanded.count) }
    set {
      for (index, depth) in zip(stages.indices, newValue) { stages[index].expanded.resize(to: depth) }
    }
  }

  public var depthRule: String { "Repeats are rounded up; blocks beyond a stage's table repeat its last one." }

  public mutating func replaceChannels(_ transform: (Dimension) -> Dimension) {
    stem = transform(stem)
    for index in stages.indices {
      stages[index].channels = transform(stages[index].channels)
      for position in stages[index].expanded.indices {
        stages[index].expanded[position] = transform(stages[index].expanded[position])
      }
    }
    hidden = transform(hidden)
  }

  public func widened(by factor: Double) -> MobileNetV3 {
    var result = self
    result.width *= factor
    return result.tabulated()
  }
}

extension MnasNet: StagedArchitecture {
  public var stageRepeats: [Int] {
    get { stages.map(\.depth) }
    set { for (index, depth) in zip(stages.indices, newValue) { stages[index].depth = depth } }
  }

  /// The last convolution has the same channels at every width.
  public mutating func replaceChannels(_ transform: (Dimension) -> Dimension) {
    stem = transform(stem)
    for index in stages.indices { stages[index].channels = transform(stages[index].channels) }
  }

  public func widened(by factor: Double) -> MnasNet {
    var result = self
    result.width *= factor
    return result.tabulated()
  }
}

extension GhostNet: StagedArchitecture {
  /// More blocks repeat the last of their stage without its stride; fewer leave out the last ones.
  public var stageRepeats: [Int] {
    get { stages.map(\.count) }
    set {
      for (index, depth) in zip(stages.indices, newValue) {
        stages[index].resize(to: depth) { block in
          var block = block
          block.stride = 1
          return block
        }
      }
    }
  }

  public var depthRule: String { "Repeats are rounded up; blocks beyond a stage's table repeat its last one." }

  /// The layer before the classifier has the same channels at every width.
  public mutating func replaceChannels(_ transform: (Dimension) -> Dimension) {
    stem = transform(stem)
    for (index, blocks) in stages.enumerated() {
      for position in blocks.indices {
        stages[index][position].expanded = transform(blocks[position].expanded)
        stages[index][position].channels = transform(blocks[position].channels)
      }
    }
    last = transform(last)
  }

  public static var channelMultiple: Int { 4 }

  public func widened(by factor: Double) -> GhostNet {
    var result = self
    result.width *= factor
    return result.tabulated()
  }
}

extension ShuffleNetV1: StagedArchitecture {
  public var stageRepeats: [Int] {
    get { depths }
    set { depths = newValue }
  }

  /// The stem keeps its channels.
  public mutating func replaceChannels(_ transform: (Dimension) -> Dimension) {
    channels = transform(channels)
  }

  public var widthRule: String {
    "Channels that are whole and divisible by the groups are taken as they are, others become multiples of four times "
      + "the groups; the stem keeps its own."
  }

  /// To multiples of four times the groups, which divide the bottlenecks then; a factor that gives whole channels, as
  /// the paper's do, is taken as it is.
  public func widened(by factor: Double) -> ShuffleNetV1 {
    guard factor != 1 else { return tabulated() }
    var result = self
    result.width *= factor
    let product = Double(channels.constant ?? 0) * result.width
    if product == product.rounded(), Int(exactly: product)?.isMultiple(of: 2 * max(1, groups)) ?? false {
      return result.tabulated()
    }
    result.channels = channels.scaled(by: result.width, toMultipleOf: 4 * max(1, groups))
    result.width = 1
    return result
  }
}

extension ShuffleNetV2: StagedArchitecture {
  public var stageRepeats: [Int] {
    get { depths }
    set { depths = newValue }
  }

  /// Stem and last convolution keep their channels.
  public mutating func replaceChannels(_ transform: (Dimension) -> Dimension) {
    channels = transform(channels)
  }

  public static var channelMultiple: Int { 4 }
}

extension Array {
  /// Leaves out the last entries or repeats the last one, changed by `copy`, until there are `count`, at most what a
  /// stage holds.
  mutating func resize(to count: Int, copy: (Element) -> Element = { $0 }) {
    let count = Swift.min(Swift.max(0, count), ScaledFamily.maximumRepeats)
    guard let last else { return }
    if count <= self.count {
      removeLast(self.count - count)
    } else {
      append(contentsOf: repeatElement(copy(last), count: count - self.count))
    }
  }
}
