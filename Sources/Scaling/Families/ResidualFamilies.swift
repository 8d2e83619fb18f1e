import Architectures
import SymbolicIntegers

extension ResNet: StagedArchitecture {
  public static var depthSizes: [TableSizes<Self, Int>] { [.list(\.depths)] }
  public static var widthSizes: [TableSizes<Self, Dimension>] { [.one(\.width)] }
}

extension ResNetV2: StagedArchitecture {
  public static var depthSizes: [TableSizes<Self, Int>] { [.list(\.depths)] }
  public static var widthSizes: [TableSizes<Self, Dimension>] { [.one(\.stemWidth), .list(\.channels)] }
}

extension TimmResNet: StagedArchitecture {
  public static var depthSizes: [TableSizes<Self, Int>] { [.list(\.depths)] }
  public static var widthSizes: [TableSizes<Self, Dimension>] { [.one(\.width), .one(\.stemWidth)] }
}

extension SENet: StagedArchitecture {
  public static var depthSizes: [TableSizes<Self, Int>] { [.list(\.depths)] }
  public static var widthSizes: [TableSizes<Self, Dimension>] { [.one(\.width)] }

  /// The channel attention has a sixteenth of the channels.
  public static var channelMultiple: Int { 16 }
}

extension DenseNet: StagedArchitecture {
  public static var depthSizes: [TableSizes<Self, Int>] { [.list(\.depths)] }
  public static var widthSizes: [TableSizes<Self, Dimension>] { [.one(\.growth), .one(\.stem)] }
}

extension RegNet: StagedArchitecture {
  public static var depthSizes: [TableSizes<Self, Int>] { [.each(\.stageTable, \.depth)] }
  public static var widthSizes: [TableSizes<Self, Dimension>] { [.one(\.stem), .each(\.stageTable, \.width)] }

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

extension RegNet {
  /// The stages; those of a network whose sizes are changed are no longer what its five numbers give.
  fileprivate var stageTable: [Stage] {
    get { stages }
    set { table = newValue }
  }
}

extension NFNet: StagedArchitecture {
  public static var depthSizes: [TableSizes<Self, Int>] { [.list(\.depths)] }
  public static var widthSizes: [TableSizes<Self, Dimension>] {
    [.list(\.channels), .one(\.stemWidth), .optional(\.head)]
  }

  public static var ownFactors: OwnFactors<Self> { OwnFactors(width: \.width) }

  public func regrouped(_ transform: (Int) -> Int) -> NFNet? {
    guard groupWidth > 0 else { return nil }
    var result = self
    result.groupWidth = max(1, transform(groupWidth))
    return result
  }
}

extension ConvNeXtRoadmap: StagedArchitecture {
  public static var depthSizes: [TableSizes<Self, Int>] { [.list(\.depths)] }
  public static var widthSizes: [TableSizes<Self, Dimension>] { [.one(\.width)] }
}

/// The classifier keeps its 4096 features.
extension VGG: StagedArchitecture {
  public static var depthSizes: [TableSizes<Self, Int>] { [.each(\.stages, \.depth)] }
  public static var widthSizes: [TableSizes<Self, Dimension>] { [.each(\.stages, \.channels)] }
}
