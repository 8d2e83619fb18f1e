import Architectures
import SymbolicIntegers

/// Multipliers of a network's sizes; the resolution is the input's.
public struct ScalingFactors: Hashable, Sendable {
  /// On the blocks of every stage.
  public var depth: Double
  /// On all channels.
  public var width: Double
  /// On the channels of each group of grouped convolutions.
  public var groupWidth: Double

  public init(depth: Double = 1, width: Double = 1, groupWidth: Double = 1) {
    self.depth = depth
    self.width = width
    self.groupWidth = groupWidth
  }
}

/// How products of factors and sizes become whole numbers.
public enum ScalingRounding: String, Sendable, CaseIterable {
  /// As the family's own code does; where it has none, repeats up, channels to the nearest multiple of 8 that keeps
  /// nine tenths. A factor of 1 changes nothing.
  case family
  /// As Dollár, Singh and Girshick's code does for every family: repeats and channels to the nearest, channels in
  /// multiples of 8.
  case nearest
}

/// A family whose networks are stages of repeated blocks, and how it scales.
///
/// Law: repeats depend on the factor on depth alone; channels on those on width and group width alone.
public protocol StagedArchitecture: Architecture {
  /// What a factor on depth multiplies: the blocks of each stage, first to last.
  static var depthSizes: [TableSizes<Self, Int>] { get }

  /// What a factor on width multiplies: numbers of channels; none where channels are no settings.
  static var widthSizes: [TableSizes<Self, Dimension>] { get }

  /// Where the family's own factors on depth and on width stand, which ``Architecture/tabulated()`` works out by its
  /// own rounding.
  static var ownFactors: OwnFactors<Self> { get }

  /// The same network with channels scaled by the family's own rule, worked out as by ``Architecture/tabulated()``.
  func widened(by width: Double) -> Self

  /// The repeats that the family's own rule makes of ``stageRepeats``.
  func deepened(by depth: Double) -> [Int]

  /// Replaces the channels of a group, and makes channels multiples of it. Nil where no convolution has groups of a
  /// stated width.
  func regrouped(_ transform: (Int) -> Int) -> Self?

  /// Channels are made multiples of this.
  static var channelMultiple: Int { get }

  /// What ``widened(by:)`` does, as a sentence.
  var widthRule: String { get }

  /// What ``deepened(by:)`` does, as a sentence.
  var depthRule: String { get }
}

extension StagedArchitecture {
  public static var channelMultiple: Int { 8 }

  public static var ownFactors: OwnFactors<Self> { OwnFactors() }

  public var widthRule: String {
    Self.hasWidths
      ? "Channels become the nearest multiple of \(Self.channelMultiple) that keeps nine tenths of them."
      : "Channels are no settings."
  }

  public var depthRule: String { "Repeats are rounded up." }

  public func widened(by width: Double) -> Self {
    if let factor = Self.ownFactors.width {
      var result = self
      result[keyPath: factor] *= width
      return result.tabulated()
    }
    var result = tabulated()
    guard width != 1 else { return result }
    result.replaceChannels { $0.scaled(by: width, toMultipleOf: Self.channelMultiple) }
    return result
  }

  public func deepened(by depth: Double) -> [Int] {
    let factor = factors.depth * depth
    return stageRepeats.map { scaledUp($0, by: factor) }
  }

  /// The family's own factors; 1 where it has none.
  var factors: ScalingFactors {
    let paths = Self.ownFactors
    return ScalingFactors(
      depth: paths.depth.map { self[keyPath: $0] } ?? 1, width: paths.width.map { self[keyPath: $0] } ?? 1)
  }

  public func regrouped(_ transform: (Int) -> Int) -> Self? { nil }

  /// The network with factors applied: a function from parameters of the family to parameters of the family.
  /// - Parameter rounding: how products become whole numbers.
  public func scaled(by factors: ScalingFactors, rounding: ScalingRounding = .family) -> Self {
    var result = widened(by: factors.width, groupWidth: factors.groupWidth, rounding: rounding)
    result.stageRepeats = deepened(by: factors.depth, rounding: rounding)
    return result
  }

  func widened(by width: Double, groupWidth: Double, rounding: ScalingRounding) -> Self {
    var result: Self
    switch rounding {
    case .family: result = widened(by: width)
    case .nearest:
      result = tabulated()
      result.replaceChannels { channels in
        guard let count = channels.constant else { return channels.scaled(by: width, toMultipleOf: 8, keeping: 0) }
        return Dimension(nearestMultiple(Double(count) * width, of: Self.channelMultiple))
      }
    }
    guard groupWidth != 1 || (width != 1 && rounding == .nearest) else {
      // Channels of the family's own rule may no longer be multiples of the group.
      return width == 1 ? result : result.regrouped { $0 } ?? result
    }
    return result.regrouped { scaledGroup($0, by: groupWidth) } ?? result
  }

  func deepened(by depth: Double, rounding: ScalingRounding) -> [Int] {
    switch rounding {
    case .family: deepened(by: depth)
    case .nearest:
      tabulated().stageRepeats.map { count in
        let product = (Double(count) * depth).rounded(.toNearestOrEven)
        return product < Double(Int32.max) ? max(1, Int(product)) : Int(Int32.max)
      }
    }
  }
}

/// `count` times `factor`, rounded up; beyond what stages hold it stays beyond.
func scaledUp(_ count: Int, by factor: Double) -> Int {
  let product = (Double(count) * factor).rounded(.up)
  return product < Double(Int32.max) ? Int(product) : Int(Int32.max)
}

/// The multiple of `divisor` nearest to `product`, halves to the even one; at least one `divisor`.
func nearestMultiple(_ product: Double, of divisor: Int) -> Int {
  let count = (product / Double(divisor)).rounded(.toNearestOrEven)
  return count < Double(Int32.max) ? max(1, Int(count)) * divisor : Int(Int32.max)
}

/// A group's channels times `factor`: the nearest multiple of 8, below that the nearest of 1, 2 and 4.
func scaledGroup(_ width: Int, by factor: Double) -> Int {
  guard factor != 1 else { return width }
  let product = Double(width) * factor
  if product < 6 { return product < 1.5 ? 1 : product < 3 ? 2 : 4 }
  return nearestMultiple(product, of: 8)
}
