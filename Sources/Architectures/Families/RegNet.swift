import NetworkGraph
import SymbolicIntegers

/// RegNet: networks whose widths and depths follow from a quantised linear function of the block's position.
///
/// Radosavovic et al. 2020, section 3.3 and equations 2 to 4; RegNetY has channel attention.
public struct RegNet: Architecture {
  /// How a stage's width becomes a multiple of the group width.
  public enum Rounding: String, Codable, Sendable {
    /// To the nearest multiple, halves to the even one: the authors' code (pycls) and timm.
    case halfToEven
    /// To the nearest multiple that loses at most a tenth, halves up: torchvision.
    case halfUp
  }

  /// Whose names the modules have.
  public enum Naming: String, Codable, Sendable {
    case torchvision, timm
  }

  /// Blocks in all (the paper's d).
  public var depth: Int
  /// Width at the first block (w_0).
  public var initialWidth: Int
  /// Growth of the width from block to block before quantisation (w_a).
  public var slope: Double
  /// Ratio of the widths of neighbouring stages before rounding (w_m).
  public var multiplier: Double
  /// Channels of each group of the 3x3 convolutions (g).
  public var groupWidth: Int
  /// Channels between the layers of the channel attention, as part of the block's input; 0 without attention.
  public var squeezeRatio: Double
  public var rounding: Rounding
  public var naming: Naming
  /// Stages in place of those that the rule generates.
  public var table: [Stage]?
  public var stem: Dimension
  public var classes: Dimension

  public init(
    depth: Int, initialWidth: Int, slope: Double, multiplier: Double, groupWidth: Int, squeezeRatio: Double = 0,
    rounding: Rounding = .halfToEven, naming: Naming = .timm, table: [Stage]? = nil, stem: Dimension = 32,
    classes: Dimension = 1000
  ) {
    self.depth = depth
    self.initialWidth = initialWidth
    self.slope = slope
    self.multiplier = multiplier
    self.groupWidth = groupWidth
    self.squeezeRatio = squeezeRatio
    self.rounding = rounding
    self.naming = naming
    self.table = table
    self.stem = stem
    self.classes = classes
  }

  /// A run of blocks of one width.
  public struct Stage: Hashable, Codable, Sendable {
    public var width: Dimension
    public var depth: Int
    /// Channels of each group: the network's, or all of them in a narrower stage.
    public var groupWidth: Int
  }

  /// The stages of the table, or those that the parameters generate; none where a parameter is out of range.
  public var stages: [Stage] {
    if let table { return table.contains { $0.groupWidth <= 0 } ? [] : table }
    guard initialWidth > 0, slope >= 0, multiplier > 1, groupWidth > 0 else { return [] }
    var stages: [(width: Int, depth: Int)] = []
    for position in positions(depth) {
      // s, the nearest integer to the logarithm of u / w_0 to base w_m, halves aside.
      let ratio = 1 + slope * Double(position) / Double(initialWidth)
      var (power, exponent) = (1.0, 0)
      while power * power * multiplier < ratio * ratio {
        power *= multiplier
        exponent += 1
        guard exponent < maximumDepth else { return [] }
      }
      let width = (Double(initialWidth) * power / 8).rounded(.toNearestOrEven) * 8
      guard width > 0, width < 0x1p31 else { return [] }
      if stages.last?.width == Int(width) {
        stages[stages.count - 1].depth += 1
      } else {
        stages.append((Int(width), 1))
      }
    }
    return stages.map { stage in
      let group = min(groupWidth, stage.width)
      let width = rounded(stage.width, toMultipleOf: group)
      return Stage(width: Dimension(width), depth: stage.depth, groupWidth: group)
    }
  }

  public func tabulated() -> RegNet {
    var result = self
    let stages = stages
    if !stages.isEmpty { result.table = stages }
    return result
  }

  private func rounded(_ width: Int, toMultipleOf group: Int) -> Int {
    switch rounding {
    case .halfToEven: Int((Double(width) / Double(group)).rounded(.toNearestOrEven)) * group
    case .halfUp: Dimension(width).scaled(by: 1, toMultipleOf: group).constant ?? width
    }
  }

  public func callAsFunction(_ image: Feature) -> Feature {
    let stages = stages
    if stages.isEmpty {
      image.builder.fail(
        .shape(
          node: "stem", operatorName: "RegNet",
          .setting(
            "depth, initialWidth and groupWidth must be positive, slope not negative, multiplier clearly above 1, "
              + "widths below 2^31",
            found: "\(depth), \(initialWidth), \(groupWidth), \(slope), \(multiplier)")))
    }
    let x = image.group("stem") { convolution($0, "stem", stem, kernel: 3, stride: 2) }
    switch naming {
    case .torchvision:
      return x.scope("trunk_output") { trunk($0, stages) }
        .head { $0.adaptiveAveragePool("avgpool").flatten().linear("fc", classes) }
    case .timm:
      return trunk(x, stages).head { $0.classifierHead(classes, dropout: 0) }
    }
  }

  private func trunk(_ input: Feature, _ stages: [Stage]) -> Feature {
    var x = input
    for (index, stage) in stages.enumerated() {
      let number = index + 1
      x = x.scope(naming == .timm ? "s\(number)" : "block\(number)", .stage) { x in
        var x = x
        for position in positions(stage.depth) {
          let name = naming == .timm ? "b\(position + 1)" : "block\(number)-\(position)"
          x = x.scope(name, .block) { unit($0, stage, stride: position == 0 ? 2 : 1) }
        }
        return x
      }
    }
    return x
  }

  /// The X block of figure 15, or with channel attention behind the 3x3 the Y block.
  private func unit(_ input: Feature, _ stage: Stage, stride: Int) -> Feature {
    let width = stage.width
    let projects = stride != 1 || input.channels != width
    func shortcut(_ name: String) -> Feature {
      projects ? convolution(input, name, width, kernel: 1, stride: stride, activation: nil) : input
    }
    func residual(_ input: Feature, _ names: (String, String, String)) -> Feature {
      var x = convolution(input, names.0, width, kernel: 1)
      let groups = width.floorDivided(by: stage.groupWidth)
      x = convolution(x, names.1, width, kernel: 3, stride: stride, groups: groups)
      if squeezeRatio > 0 {
        let attention = SqueezeExcite(
          squeezed: input.channels.scaledToNearest(by: squeezeRatio), isActivationInPlace: naming == .timm,
          names: naming == .timm ? .timmModule : .torchvision)
        x = x.scope("se") { attention($0) }
      }
      return convolution(x, names.2, width, kernel: 1, activation: nil)
    }
    switch naming {
    case .torchvision:
      let projected = shortcut("proj")
      return (projected + input.scope("f") { residual($0, ("a", "b", "c")) }).relu("activation")
    case .timm:
      let x = residual(input, ("conv1", "conv2", "conv3"))
      return (x + shortcut("downsample")).relu("act3", inPlace: false)
    }
  }

  private func convolution(
    _ input: Feature, _ name: String, _ channels: Dimension, kernel: Int, stride: Int = 1, groups: Dimension = 1,
    activation: Activation.Function? = .relu
  ) -> Feature {
    switch naming {
    case .torchvision:
      input.convNormActivation(
        name, channels, kernel: kernel, stride: stride, groups: groups, activation: activation)
    case .timm:
      input.convNormAct(name, channels, kernel: kernel, stride: stride, groups: groups, activation: activation)
    }
  }
}
