import Architectures
import SymbolicIntegers

extension ConvNeXt: StagedArchitecture {
  public static var depthSizes: [TableSizes<Self, Int>] { [.each(\.stages, \.depth)] }
  public static var widthSizes: [TableSizes<Self, Dimension>] { [.each(\.stages, \.channels)] }
}

extension IsotropicConvNeXt: StagedArchitecture {
  public static var depthSizes: [TableSizes<Self, Int>] { [.one(\.depth)] }
  public static var widthSizes: [TableSizes<Self, Dimension>] { [.one(\.width)] }
}

extension ConvMixer: StagedArchitecture {
  public static var depthSizes: [TableSizes<Self, Int>] { [.one(\.depth)] }
  public static var widthSizes: [TableSizes<Self, Dimension>] { [.one(\.width)] }
}

extension VAN: StagedArchitecture {
  public static var depthSizes: [TableSizes<Self, Int>] { [.each(\.stages, \.depth)] }
  public static var widthSizes: [TableSizes<Self, Dimension>] { [.each(\.stages, \.width)] }
}

extension VisionTransformer: StagedArchitecture {
  public static var depthSizes: [TableSizes<Self, Int>] { [.one(\.depth)] }
  public static var widthSizes: [TableSizes<Self, Dimension>] { [.one(\.width), .one(\.hidden)] }

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
  public static var depthSizes: [TableSizes<Self, Int>] { [.each(\.stages, \.depth)] }
  public static var widthSizes: [TableSizes<Self, Dimension>] { [.one(\.width)] }

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
  public static var depthSizes: [TableSizes<Self, Int>] { [.each(\.stages, \.depth)] }
  public static var widthSizes: [TableSizes<Self, Dimension>] { [.one(\.stem), .each(\.stages, \.channels)] }

  /// Heads of 32 channels.
  public static var channelMultiple: Int { 32 }
}

/// All three stages have as many normal cells.
extension NASNet: StagedArchitecture {
  public static var depthSizes: [TableSizes<Self, Int>] { [.one(\.repeats)] }
  public static var widthSizes: [TableSizes<Self, Dimension>] { [.one(\.filters), .one(\.stem)] }
}

/// All three stages have as many cells.
extension PNASNet: StagedArchitecture {
  public static var depthSizes: [TableSizes<Self, Int>] { [.one(\.repeats)] }
  public static var widthSizes: [TableSizes<Self, Dimension>] { [.one(\.filters), .one(\.stem)] }
}

extension InceptionV4: StagedArchitecture {
  public static var depthSizes: [TableSizes<Self, Int>] { [.one(\.modulesA), .one(\.modulesB), .one(\.modulesC)] }
  public static var widthSizes: [TableSizes<Self, Dimension>] { [] }
}

extension InceptionResNetV2: StagedArchitecture {
  public static var depthSizes: [TableSizes<Self, Int>] {
    [.one(\.stageA.depth), .one(\.stageB.depth), .one(\.stageC.depth)]
  }
  public static var widthSizes: [TableSizes<Self, Dimension>] { [] }
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
