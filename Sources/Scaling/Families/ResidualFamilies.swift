import Architectures
import SymbolicIntegers

extension ResNet: StagedArchitecture {
  public var stageRepeats: [Int] {
    get { depths }
    set { depths = newValue }
  }

  public mutating func replaceChannels(_ transform: (Dimension) -> Dimension) { width = transform(width) }
}

extension ResNetV2: StagedArchitecture {
  public var stageRepeats: [Int] {
    get { depths }
    set { depths = newValue }
  }

  public mutating func replaceChannels(_ transform: (Dimension) -> Dimension) {
    stemWidth = transform(stemWidth)
    channels = channels.map(transform)
  }
}

extension TimmResNet: StagedArchitecture {
  public var stageRepeats: [Int] {
    get { depths }
    set { depths = newValue }
  }

  public mutating func replaceChannels(_ transform: (Dimension) -> Dimension) {
    width = transform(width)
    stemWidth = transform(stemWidth)
  }
}

extension SENet: StagedArchitecture {
  public var stageRepeats: [Int] {
    get { depths }
    set { depths = newValue }
  }

  public mutating func replaceChannels(_ transform: (Dimension) -> Dimension) { width = transform(width) }

  /// The channel attention has a sixteenth of the channels.
  public static var channelMultiple: Int { 16 }
}

extension DenseNet: StagedArchitecture {
  public var stageRepeats: [Int] {
    get { depths }
    set { depths = newValue }
  }

  public mutating func replaceChannels(_ transform: (Dimension) -> Dimension) {
    growth = transform(growth)
    stem = transform(stem)
  }
}

extension RegNet: StagedArchitecture {
  public var stageRepeats: [Int] {
    get { stages.map(\.depth) }
    set {
      var stages = stages
      for (index, depth) in zip(stages.indices, newValue) { stages[index].depth = depth }
      table = stages
    }
  }

  public mutating func replaceChannels(_ transform: (Dimension) -> Dimension) {
    stem = transform(stem)
    var stages = stages
    for index in stages.indices { stages[index].width = transform(stages[index].width) }
    table = stages
  }

  /// Groups are no wider than their stage; widths become the nearest multiple of the group, as in ``RegNet``'s own
  /// rule.
  public func regrouped(_ transform: (Int) -> Int) -> RegNet? {
    var result = self
    result.table = stages.map { stage in
      var stage = stage
      guard let width = stage.width.constant else { return stage }
      stage.groupWidth = min(max(1, transform(stage.groupWidth)), width)
      stage.width = Dimension(nearestMultiple(Double(width), of: stage.groupWidth))
      return stage
    }
    result.groupWidth = transform(groupWidth)
    return result
  }
}

extension NFNet: StagedArchitecture {
  public var stageRepeats: [Int] {
    get { depths }
    set { depths = newValue }
  }

  public mutating func replaceChannels(_ transform: (Dimension) -> Dimension) {
    channels = channels.map(transform)
    stemWidth = transform(stemWidth)
    head = head.map(transform)
  }

  public func widened(by factor: Double) -> NFNet {
    var result = self
    result.width *= factor
    return result.tabulated()
  }

  public func regrouped(_ transform: (Int) -> Int) -> NFNet? {
    guard groupWidth > 0 else { return nil }
    var result = self
    result.groupWidth = max(1, transform(groupWidth))
    return result
  }
}

extension ConvNeXtRoadmap: StagedArchitecture {
  public var stageRepeats: [Int] {
    get { depths }
    set { depths = newValue }
  }

  public mutating func replaceChannels(_ transform: (Dimension) -> Dimension) { width = transform(width) }
}

extension VGG: StagedArchitecture {
  public var stageRepeats: [Int] {
    get { stages.map(\.depth) }
    set { for (index, depth) in zip(stages.indices, newValue) { stages[index].depth = depth } }
  }

  /// The classifier keeps its 4096 features.
  public mutating func replaceChannels(_ transform: (Dimension) -> Dimension) {
    for index in stages.indices { stages[index].channels = transform(stages[index].channels) }
  }
}
