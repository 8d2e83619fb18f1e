import Architectures
import SymbolicIntegers

extension ConvNeXt: StagedArchitecture {
  public var stageRepeats: [Int] {
    get { stages.map(\.depth) }
    set { for (index, depth) in zip(stages.indices, newValue) { stages[index].depth = depth } }
  }

  public mutating func replaceChannels(_ transform: (Dimension) -> Dimension) {
    for index in stages.indices { stages[index].channels = transform(stages[index].channels) }
  }
}

extension IsotropicConvNeXt: StagedArchitecture {
  public var stageRepeats: [Int] {
    get { [depth] }
    set { depth = newValue.first ?? depth }
  }

  public mutating func replaceChannels(_ transform: (Dimension) -> Dimension) { width = transform(width) }
}

extension ConvMixer: StagedArchitecture {
  public var stageRepeats: [Int] {
    get { [depth] }
    set { depth = newValue.first ?? depth }
  }

  public mutating func replaceChannels(_ transform: (Dimension) -> Dimension) { width = transform(width) }
}

extension VAN: StagedArchitecture {
  public var stageRepeats: [Int] {
    get { stages.map(\.depth) }
    set { for (index, depth) in zip(stages.indices, newValue) { stages[index].depth = depth } }
  }

  public mutating func replaceChannels(_ transform: (Dimension) -> Dimension) {
    for index in stages.indices { stages[index].width = transform(stages[index].width) }
  }
}

extension VisionTransformer: StagedArchitecture {
  public var stageRepeats: [Int] {
    get { [depth] }
    set { depth = newValue.first ?? depth }
  }

  public mutating func replaceChannels(_ transform: (Dimension) -> Dimension) {
    width = transform(width)
    hidden = transform(hidden)
  }

  public var widthRule: String {
    "Heads keep their size; their number becomes the nearest, and channels and MLP follow."
  }

  /// Heads keep their size and change their number, to the nearest; the MLP keeps its ratio.
  public func widened(by factor: Double) -> VisionTransformer {
    guard factor != 1, let width = width.constant, let hidden = hidden.constant, heads > 0,
      width.isMultiple(of: heads)
    else { return self }
    var result = self
    result.heads = nearestMultiple(Double(heads) * factor, of: 1)
    let (product, overflow) = (width / heads).multipliedReportingOverflow(by: result.heads)
    guard !overflow, let inner = ExactRatio.apply(hidden, over: width, to: product) else { return self }
    result.width = Dimension(product)
    result.hidden = Dimension(inner)
    return result
  }
}

extension Swin: StagedArchitecture {
  public var stageRepeats: [Int] {
    get { stages.map(\.depth) }
    set { for (index, depth) in zip(stages.indices, newValue) { stages[index].depth = depth } }
  }

  public mutating func replaceChannels(_ transform: (Dimension) -> Dimension) { width = transform(width) }

  public var widthRule: String {
    "Heads keep their size; their number in the first stage becomes the nearest, and the rest follows."
  }

  /// Heads keep their size and change their number, to the nearest in the first stage; the other stages follow.
  public func widened(by factor: Double) -> Swin {
    guard factor != 1, let width = width.constant, let first = stages.first?.heads, first > 0,
      width.isMultiple(of: first)
    else { return self }
    var result = self
    let heads = nearestMultiple(Double(first) * factor, of: 1)
    result.width = Dimension(width / first) * heads
    for index in stages.indices {
      guard let count = ExactRatio.apply(heads, over: first, to: stages[index].heads) else { return self }
      result.stages[index].heads = count
    }
    return result
  }
}

extension MaxViT: StagedArchitecture {
  public var stageRepeats: [Int] {
    get { stages.map(\.depth) }
    set { for (index, depth) in zip(stages.indices, newValue) { stages[index].depth = depth } }
  }

  public mutating func replaceChannels(_ transform: (Dimension) -> Dimension) {
    stem = transform(stem)
    for index in stages.indices { stages[index].channels = transform(stages[index].channels) }
  }

  /// Heads of 32 channels.
  public static var channelMultiple: Int { 32 }
}

extension NASNet: StagedArchitecture {
  /// All three stages have as many normal cells.
  public var stageRepeats: [Int] {
    get { [repeats] }
    set { repeats = newValue.first ?? repeats }
  }

  public mutating func replaceChannels(_ transform: (Dimension) -> Dimension) {
    filters = transform(filters)
    stem = transform(stem)
  }
}

extension PNASNet: StagedArchitecture {
  /// All three stages have as many cells.
  public var stageRepeats: [Int] {
    get { [repeats] }
    set { repeats = newValue.first ?? repeats }
  }

  public mutating func replaceChannels(_ transform: (Dimension) -> Dimension) {
    filters = transform(filters)
    stem = transform(stem)
  }
}

extension InceptionV4: StagedArchitecture {
  public var stageRepeats: [Int] {
    get { [modulesA, modulesB, modulesC] }
    set {
      guard newValue.count == 3 else { return }
      (modulesA, modulesB, modulesC) = (newValue[0], newValue[1], newValue[2])
    }
  }

  public mutating func replaceChannels(_ transform: (Dimension) -> Dimension) {}

  public static var hasWidths: Bool { false }
}

extension InceptionResNetV2: StagedArchitecture {
  public var stageRepeats: [Int] {
    get { [stageA.depth, stageB.depth, stageC.depth] }
    set {
      guard newValue.count == 3 else { return }
      (stageA.depth, stageB.depth, stageC.depth) = (newValue[0], newValue[1], newValue[2])
    }
  }

  public mutating func replaceChannels(_ transform: (Dimension) -> Dimension) {}

  public static var hasWidths: Bool { false }
}

/// Proportions of whole numbers.
enum ExactRatio {
  /// `value * over / under` where that is a whole number without overflow.
  static func apply(_ over: Int, over under: Int, to value: Int) -> Int? {
    let (product, overflow) = value.multipliedReportingOverflow(by: over)
    guard !overflow, under != 0, product.isMultiple(of: under) else { return nil }
    return product / under
  }
}
