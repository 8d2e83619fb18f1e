/// A rule that divides a growth of operations over depth, width, group width and resolution.
///
/// Depth grows by d, width by w and resolution by r so that d * w^2 * r^2 is the growth s: each takes the share of the
/// exponent that its weight has. Group width takes a share beside them, like width. Written as the dimensions that
/// share equally (`dwr`), or with weights (`d1_w8_g8_r1`: fast scaling). Dollár, Singh and Girshick 2021, section 4,
/// and their code's `scaler`.
public struct ScalingRule: Hashable, Sendable {
  public var depth: Double
  public var width: Double
  public var groupWidth: Double
  public var resolution: Double

  /// What a table of laws shows: each dimension, the ways to share equally, and fast scaling.
  public static let names = ["d", "w", "r", "dw", "dr", "wr", "dwr", "d1_w8_g8_r1"]

  /// Fast compound scaling: nine tenths of what is not depth's go to width.
  public static let fast = ScalingRule(depth: 1, width: 8, groupWidth: 8, resolution: 1)

  /// Weights, not all of depth's, width's and resolution's 0.
  public init(depth: Double = 0, width: Double = 0, groupWidth: Double = 0, resolution: Double = 0) {
    self.depth = depth
    self.width = width
    self.groupWidth = groupWidth
    self.resolution = resolution
  }

  /// Reads `dwr` or `d1_w8_g8_r1`; nil for anything else.
  public init?(parsing text: String) {
    self.init()
    var seen: Set<Character> = []
    for part in text.contains("_")
      ? text.split(separator: "_", omittingEmptySubsequences: false) : text.split(separator: "")
    {
      guard let name = part.first, seen.insert(name).inserted else { return nil }
      let digits = part.dropFirst()
      guard let weight = digits.isEmpty ? 1 : ExactDecimal(digits)?.double, weight >= 0, weight <= 1000 else {
        return nil
      }
      switch name {
      case "d": depth = weight
      case "w": width = weight
      case "g": groupWidth = weight
      case "r": resolution = weight
      default: return nil
      }
    }
    guard depth + width + resolution > 0 else { return nil }
    // Groups go with width where nothing is said of them.
    if !seen.contains("g") { groupWidth = width }
  }

  /// The factors that multiply operations by about `growth`.
  public func factors(growth: Double) -> (factors: ScalingFactors, resolution: Double) {
    let sum = depth + width + resolution
    func power(_ share: Double) -> Double { exponential(growth, share / sum) }
    return (
      ScalingFactors(depth: power(depth), width: power(width / 2), groupWidth: power(groupWidth / 2)),
      power(resolution / 2)
    )
  }

  /// By which powers of the growth operations, parameters and activations grow, if nothing is rounded and every layer
  /// scales.
  public var laws: (macs: Double, parameters: Double, activations: Double) {
    let sum = depth + width + resolution
    return (1, (depth + width) / sum, (depth + width / 2 + resolution) / sum)
  }
}

/// `base` to a real power, both positive.
func exponential(_ base: Double, _ exponent: Double) -> Double {
  // Squares for the whole part, and for the fraction the square roots that its binary digits select: no library but the
  // standard one, and the same on every machine.
  guard base > 0, exponent >= 0, exponent < 1024 else { return exponent < 0 ? 1 / exponential(base, -exponent) : .nan }
  var result = CompoundScaling.power(base, Int(exponent))
  var (fraction, root) = (exponent - exponent.rounded(.down), base)
  while fraction > 0, root != 1 {
    root = root.squareRoot()
    fraction *= 2
    if fraction >= 1 {
      result *= root
      fraction -= 1
    }
  }
  return result
}
