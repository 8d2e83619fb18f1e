import NetworkGraph
import SymbolicIntegers

/// Swin transformers: attention within windows that shift by half a window from block to block.
///
/// Liu et al. 2021, section 3 and table 7; version 2 (Liu et al. 2022, figure 1) normalises behind each branch, compares
/// by cosine and computes the position bias with a small network. Maps are N x H x W x C.
public struct Swin: Architecture {
  public enum Version: String, Codable, Sendable {
    case v1, v2
  }

  /// Blocks at one resolution.
  public struct Stage: Codable, Sendable {
    public var depth: Int
    public var heads: Int

    public init(depth: Int, heads: Int) {
      self.depth = depth
      self.heads = heads
    }
  }

  public var names: ReferenceNames
  public var version: Version
  /// Channels of the first stage, doubled from stage to stage.
  public var width: Dimension
  public var stages: [Stage]
  /// Side of a window in positions.
  public var window: Int
  /// Drop probability of the last block; it grows from 0 in equal steps.
  public var stochasticDepth: Double
  public var classes: Dimension

  public init(
    names: ReferenceNames = .torchvision, version: Version = .v1, width: Dimension, stages: [Stage], window: Int,
    stochasticDepth: Double, classes: Dimension = 1000
  ) {
    self.names = names
    self.version = version
    self.width = width
    self.stages = stages
    self.window = window
    self.stochasticDepth = stochasticDepth
    self.classes = classes
  }

  public func callAsFunction(_ image: Feature) -> Feature {
    names == .timm ? timm(image) : torchvision(image)
  }

  private func dropProbability(stage: Int, position: Int) -> Double {
    let blocks = stages.reduce(0) { $0 + Swift.min(Swift.max(0, $1.depth), maximumDepth) }
    let before = stages[..<stage].reduce(0) { $0 + Swift.min(Swift.max(0, $1.depth), maximumDepth) }
    return stochasticDepth * Double(before + position) / Double(Swift.max(1, blocks - 1))
  }

  // MARK: torchvision

  private func torchvision(_ image: Feature) -> Feature {
    let x = image.scope("features") { image in
      var x = image.group("stem") {
        $0.scope("0") {
          $0.conv("0", width, kernel: 4, stride: 4).channelsLast("1", origin: .module).layerNorm("2", epsilon: 1e-5)
        }
      }
      for (index, stage) in stages.enumerated() {
        x = x.group("stage\(index + 1)") { input in
          let x = index == 0 ? input : input.scope("\(2 * index)", .plain, merged)
          return x.scope("\(2 * index + 1)") {
            $0.repeated(stage.depth) { input, position in
              let drop = dropProbability(stage: index, position: position)
              return torchvisionBlock(input, heads: stage.heads, isShifted: position % 2 == 1, drop: drop)
            }
          }
        }
      }
      return x
    }
    return x.head {
      $0.layerNorm("norm", epsilon: 1e-5).channelsFirst("permute", origin: .module).adaptiveAveragePool("avgpool")
        .flatten(origin: .module).linear("head", classes)
    }
  }

  private func merged(_ input: Feature) -> Feature {
    let x = input.mergedPatches()
    if version == .v2 { return x.linear("reduction", input.size(-1) * 2, bias: false).layerNorm("norm", epsilon: 1e-5) }
    let reduced = x.layerNorm("norm", epsilon: 1e-5).linear("reduction", input.size(-1) * 2, bias: false)
    if names == .torchvision { input.builder.registersHere("norm") }
    return reduced
  }

  private func torchvisionBlock(_ input: Feature, heads: Int, isShifted: Bool, drop: Double) -> Feature {
    func attention(_ input: Feature) -> Feature {
      input.scope("attn") { input in
        let attention = WindowAttention(names: names, version: version, heads: heads, height: window, width: window)
        return attention(input, isShifted: isShifted)
      }
    }
    func mlp(_ input: Feature) -> Feature {
      input.scope("mlp") { FeedForward(hidden: $0.size(-1) * 4, names: names)($0) }
    }
    func dropped(_ branch: Feature) -> Feature { branch.stochasticDepth("stochastic_depth", drop) }
    if version == .v1 {
      let x = input + dropped(attention(input.layerNorm("norm1", epsilon: 1e-5)))
      return x + dropped(mlp(x.layerNorm("norm2", epsilon: 1e-5)))
    }
    // The norms run behind the branches, and are registered before them.
    let x = input + dropped(attention(input).layerNorm("norm1", epsilon: 1e-5))
    input.builder.registersHere("attn")
    let y = x + dropped(mlp(x).layerNorm("norm2", epsilon: 1e-5))
    input.builder.registersHere("mlp")
    return y
  }

  // MARK: timm

  private func timm(_ image: Feature) -> Feature {
    var x = image.scope("patch_embed") {
      $0.conv("proj", width, kernel: 4, stride: 4).channelsLast().layerNorm("norm", epsilon: 1e-5)
    }
    for (index, stage) in stages.enumerated() {
      x = x.scope("layers") { x in
        x.scope("\(index)", .stage) { input in
          let x = index == 0 ? input : input.scope("downsample", .plain, merged)
          return x.scope("blocks") {
            $0.repeated(stage.depth) { input, position in
              let drop = dropProbability(stage: index, position: position)
              return timmBlock(input, heads: stage.heads, isShifted: position % 2 == 1, drop: drop)
            }
          }
        }
      }
    }
    return x.head {
      let x = $0.layerNorm("norm", epsilon: 1e-5)
      return x.scope("head") {
        $0.scope("global_pool") {
          $0.apply(.reduction(Reduction(.mean, axes: [1, 2], keepsAxes: false)), "pool")
        }.dropout("drop", 0).linear("fc", classes)
      }
    }
  }

  private func timmBlock(_ input: Feature, heads: Int, isShifted: Bool, drop: Double) -> Feature {
    func dropped(_ branch: Feature, _ name: String) -> Feature {
      drop > 0 ? branch.stochasticDepth(name, drop) : branch
    }
    // A map smaller than a window is one window.
    let height = Swift.min(window, input.size(1).constant ?? window)
    let width = Swift.min(window, input.size(2).constant ?? window)
    let normalized = input.layerNorm("norm1", epsilon: 1e-5)
    let attention = WindowAttention(names: names, version: .v1, heads: heads, height: height, width: width)
    let attended = normalized.whileHeld { attention($0, isShifted: isShifted) }
    var x = input + dropped(attended, "drop_path1")
    x = x.reshaped([x.size(0), x.size(1) * x.size(2), x.size(3)])
    let mlp = x.layerNorm("norm2", epsilon: 1e-5).scope("mlp") {
      FeedForward(hidden: $0.size(-1) * 4, names: names)($0)
    }
    return (x + dropped(mlp, "drop_path2")).reshaped(input.shape.dimensions)
  }
}

extension Swin {
  private static let first = Paper(
    "Liu, Lin, Cao, Hu, Wei, Zhang, Lin, Guo", 2021,
    "Swin Transformer: Hierarchical Vision Transformer Using Shifted Windows", "arXiv:2103.14030")
  private static let second = Paper(
    "Liu, Hu, Lin, Yao, Xie, Wei, Ning, Cao, Zhang, Dong, Wei, Guo", 2022,
    "Swin Transformer V2: Scaling Up Capacity and Resolution", "arXiv:2111.09883")

  static let catalog: [CatalogEntry] = {
    let sizes: [(letter: String, width: Dimension, depth: Int, heads: Int, drop: Double)] = [
      ("t", 96, 6, 3, 0.2), ("s", 96, 18, 3, 0.3), ("b", 128, 18, 4, 0.5),
    ]
    let timm: [(word: String, width: Dimension, depth: Int, heads: Int, window: Int, side: Int)] = [
      ("tiny", 96, 6, 3, 7, 224), ("small", 96, 18, 3, 7, 224), ("base", 128, 18, 4, 7, 224),
      ("base", 128, 18, 4, 12, 384), ("large", 192, 18, 6, 7, 224), ("large", 192, 18, 6, 12, 384),
    ]
    func stages(_ depth: Int, _ heads: Int) -> [Stage] {
      zip([2, 2, depth, 2], [1, 2, 4, 8]).map { Stage(depth: $0, heads: $1 * heads) }
    }
    return sizes.map { size in
      CatalogEntry(
        "swin_\(size.letter)", family: "Swin", first, input: [1, 3, 224, 224],
        Swin(width: size.width, stages: stages(size.depth, size.heads), window: 7, stochasticDepth: size.drop))
    }
      + timm.map { word, width, depth, heads, window, side in
        CatalogEntry(
          "swin_\(word)_patch4_window\(window)_\(side)", family: "Swin", first,
          input: [1, 3, Dimension(side), Dimension(side)],
          Swin(names: .timm, width: width, stages: stages(depth, heads), window: window, stochasticDepth: 0.1))
      }
      + sizes.map { size in
        CatalogEntry(
          "swin_v2_\(size.letter)", family: "Swin V2", second, input: [1, 3, 256, 256],
          Swin(
            version: .v2, width: size.width, stages: stages(size.depth, size.heads), window: 8,
            stochasticDepth: size.drop))
      }
  }()
}
