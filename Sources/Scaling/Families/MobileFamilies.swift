import Architectures
import SymbolicIntegers

extension EfficientNet: StagedArchitecture {
  public static var depthSizes: [TableSizes<Self, Int>] { [.each(\.stages, \.depth)] }
  public static var widthSizes: [TableSizes<Self, Dimension>] {
    [.one(\.stem), .each(\.stages, \.channels), .one(\.head)]
  }
  public static var ownFactors: OwnFactors<Self> { OwnFactors(depth: \.depth, width: \.width) }

  public var widthRule: String {
    roundingLimit > 0
      ? "Channels become the nearest multiple of 8 that keeps \(roundingLimit) of them."
      : "Channels become the nearest multiple of 8."
  }
}

extension MobileNetV1: StagedArchitecture {
  public static var depthSizes: [TableSizes<Self, Int>] { [.each(\.stages, \.depth)] }
  public static var widthSizes: [TableSizes<Self, Dimension>] {
    [.one(\.stem), .each(\.stages, \.channels), .optional(\.head)]
  }
  public static var ownFactors: OwnFactors<Self> { OwnFactors(width: \.width) }
}

extension MobileNetV2: StagedArchitecture {
  public static var depthSizes: [TableSizes<Self, Int>] { [.each(\.stages, \.depth)] }
  public static var widthSizes: [TableSizes<Self, Dimension>] {
    [.one(\.stem), .each(\.stages, \.channels), .one(\.head)]
  }
  public static var ownFactors: OwnFactors<Self> { OwnFactors(depth: \.depth, width: \.width) }

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
  public static var depthSizes: [TableSizes<Self, Int>] { [.each(\.stages, \.depth)] }
  public static var widthSizes: [TableSizes<Self, Dimension>] {
    [.one(\.stem), .each(\.stages, .one(\.channels), .list(\.expanded)), .one(\.hidden)]
  }
  public static var ownFactors: OwnFactors<Self> { OwnFactors(width: \.width) }

  public var depthRule: String { "Repeats are rounded up; blocks beyond a stage's table repeat its last one." }
}

extension MobileNetV3.Stage {
  /// More blocks repeat the last; fewer leave out the last ones.
  fileprivate var depth: Int {
    get { expanded.count }
    set { expanded.resize(to: newValue) }
  }
}

/// The last convolution has the same channels at every width.
extension MnasNet: StagedArchitecture {
  public static var depthSizes: [TableSizes<Self, Int>] { [.each(\.stages, \.depth)] }
  public static var widthSizes: [TableSizes<Self, Dimension>] { [.one(\.stem), .each(\.stages, \.channels)] }
  public static var ownFactors: OwnFactors<Self> { OwnFactors(width: \.width) }
}

/// The layer before the classifier has the same channels at every width.
extension GhostNet: StagedArchitecture {
  public static var depthSizes: [TableSizes<Self, Int>] { [.each(\.stages, \.depth)] }
  public static var widthSizes: [TableSizes<Self, Dimension>] {
    [.one(\.stem), .each(\.stages, .each(\.self, .one(\.expanded), .one(\.channels))), .one(\.last)]
  }
  public static var ownFactors: OwnFactors<Self> { OwnFactors(width: \.width) }

  public static var channelMultiple: Int { 4 }

  public var depthRule: String { "Repeats are rounded up; blocks beyond a stage's table repeat its last one." }
}

extension [GhostNet.Block] {
  /// More blocks repeat the last without its stride; fewer leave out the last ones.
  fileprivate var depth: Int {
    get { count }
    set {
      resize(to: newValue) { block in
        var block = block
        block.stride = 1
        return block
      }
    }
  }
}

/// The stem keeps its channels.
extension ShuffleNetV1: StagedArchitecture {
  public static var depthSizes: [TableSizes<Self, Int>] { [.list(\.depths)] }
  public static var widthSizes: [TableSizes<Self, Dimension>] { [.one(\.channels)] }

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

/// Stem and last convolution keep their channels.
extension ShuffleNetV2: StagedArchitecture {
  public static var depthSizes: [TableSizes<Self, Int>] { [.list(\.depths)] }
  public static var widthSizes: [TableSizes<Self, Dimension>] { [.one(\.channels)] }
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
