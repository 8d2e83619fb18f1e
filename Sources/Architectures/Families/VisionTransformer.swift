import NetworkGraph
import SymbolicIntegers

/// Vision transformers: an image cut into patches, treated as a sequence.
///
/// Dosovitskiy et al. 2021, table 1; Touvron et al. 2021, table 1. The learnt position embedding has an element for each
/// patch, so the number of parameters depends on the image's sides.
public struct VisionTransformer: Architecture {
  public var names: ReferenceNames
  /// Side of a patch in pixels.
  public var patch: Int
  public var width: Dimension
  public var depth: Int
  public var heads: Int
  /// Features between the two layers of an MLP.
  public var hidden: Dimension
  public var classes: Dimension

  public init(
    names: ReferenceNames = .torchvision, patch: Int, width: Dimension, depth: Int, heads: Int, hidden: Dimension,
    classes: Dimension = 1000
  ) {
    self.names = names
    self.patch = patch
    self.width = width
    self.depth = depth
    self.heads = heads
    self.hidden = hidden
    self.classes = classes
  }

  public func callAsFunction(_ image: Feature) -> Feature {
    names == .torchvision ? torchvision(image) : timm(image)
  }

  /// Patches and the class token.
  private func positions(_ image: Feature) -> Dimension {
    let patch = Swift.max(1, patch)
    return image.size(2).floorDivided(by: patch) * image.size(3).floorDivided(by: patch) + 1
  }

  /// N x C x H x W to N x (1 + H W) x C, the class token before all others.
  private func sequence(_ map: Feature, behind token: Feature) -> Feature {
    let token = token.apply(.expand(Expand(to: [map.size(0), 1, width])), "expand", .function)
    return .concatenate([token, map.flatten(from: 2).transposed([0, 2, 1])])
  }

  private func torchvision(_ image: Feature) -> Feature {
    let token = image.parameter("class_token", [1, 1, width])
    var x = image.conv("conv_proj", width, kernel: PerAxis(patch), stride: PerAxis(patch))
    x = sequence(x, behind: token).scope("encoder") { x in
      var x = (x + x.parameter("pos_embedding", [1, positions(image), width])).dropout("dropout", 0)
      x = x.scope("layers", .stage) {
        $0.repeated(depth, prefix: "encoder_layer_") { input, _ in torchvisionLayer(input) }
      }
      return x.group("norm", .head) { $0.layerNorm("ln", epsilon: 1e-6) }
    }
    return x.head { x in
      x.slice(axis: 1, to: 1).squeezed(axis: 1).scope("heads") { $0.linear("head", classes) }
    }
  }

  private func torchvisionLayer(_ input: Feature) -> Feature {
    let x =
      input.layerNorm("ln_1", epsilon: 1e-6).scope("self_attention") { x in
        let heads = AttentionHeads(
          x.linear("in_proj", width * 3, separator: "_", origin: .function), heads: Dimension(heads))
        let scores = heads.scores(factor: attentionFactor(channels: heads.queries.size(-1)))
        return heads.attended(by: scores.softmax()).linear("out_proj", width, origin: .function)
      }.dropout("dropout", 0) + input
    return x + x.layerNorm("ln_2", epsilon: 1e-6).scope("mlp") { FeedForward(hidden: hidden, names: names)($0) }
  }

  private func timm(_ image: Feature) -> Feature {
    let token = image.parameter("cls_token", [1, 1, width])
    let embedding = image.parameter("pos_embed", [1, positions(image), width])
    var x = image.scope("patch_embed") { $0.conv("proj", width, kernel: PerAxis(patch), stride: PerAxis(patch)) }
    x = (sequence(x, behind: token) + embedding).dropout("pos_drop", 0)
    x = x.scope("blocks", .stage) { $0.repeated(depth) { input, _ in timmLayer(input) } }
    return x.head { x in
      x.layerNorm("norm", epsilon: 1e-6, origin: .derivedModule).slice(axis: 1, to: 1).squeezed(axis: 1)
        .dropout("head_drop", 0).linear("head", classes)
    }
  }

  private func timmLayer(_ input: Feature) -> Feature {
    let x =
      input
      + input.layerNorm("norm1", epsilon: 1e-6, origin: .derivedModule).scope("attn") { x in
        let heads = AttentionHeads(x.linear("qkv", width * 3), heads: Dimension(heads))
        let scores = heads.scores(factor: attentionFactor(channels: heads.queries.size(-1)))
        return heads.attended(by: scores.softmax()).linear("proj", width).dropout("proj_drop", 0)
      }
    return x
      + x.layerNorm("norm2", epsilon: 1e-6, origin: .derivedModule).scope("mlp") {
        FeedForward(hidden: hidden, names: names)($0)
      }
  }
}

extension VisionTransformer {
  private static let vit = Paper(
    "Dosovitskiy, Beyer, Kolesnikov, Weissenborn, Zhai, Unterthiner, Dehghani, Minderer, Heigold, Gelly, Uszkoreit, "
      + "Houlsby", 2021, "An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale",
    "arXiv:2010.11929")
  private static let deit = Paper(
    "Touvron, Cord, Douze, Massa, Sablayrolles, Jégou", 2021,
    "Training Data-Efficient Image Transformers & Distillation through Attention", "arXiv:2012.12877")

  /// Table 1 of each paper.
  private typealias Size = (width: Dimension, depth: Int, heads: Int)
  private static let tiny: Size = (192, 12, 3)
  private static let small: Size = (384, 12, 6)
  private static let base: Size = (768, 12, 12)
  private static let large: Size = (1024, 24, 16)
  private static let huge: Size = (1280, 32, 16)

  private static func network(_ size: Size, patch: Int, names: ReferenceNames) -> VisionTransformer {
    VisionTransformer(
      names: names, patch: patch, width: size.width, depth: size.depth, heads: size.heads, hidden: size.width * 4)
  }

  static let catalog = torchvision + timm

  /// The sides are those of torchvision's first weights, which for H/14 were trained at 518.
  private static let torchvision = [
    ("vit_b_16", 224, base, 16), ("vit_b_32", 224, base, 32), ("vit_l_16", 224, large, 16),
    ("vit_l_32", 224, large, 32), ("vit_h_14", 518, huge, 14),
  ].map { (name: String, side: Dimension, size: Size, patch: Int) in
    CatalogEntry(
      name, family: "ViT", vit, input: [1, 3, side, side], network(size, patch: patch, names: .torchvision))
  }

  /// Called by the sides of a patch and of the image.
  private static let timm = [
    ("vit_tiny", 16, tiny, [224, 384]), ("vit_small", 16, small, [224, 384]), ("vit_small", 32, small, [224, 384]),
    ("vit_base", 8, base, [224]), ("vit_base", 16, base, [224, 384]), ("vit_base", 32, base, [224, 384]),
    ("vit_large", 16, large, [224, 384]), ("vit_large", 32, large, [384]), ("deit_tiny", 16, tiny, [224]),
    ("deit_small", 16, small, [224]), ("deit_base", 16, base, [224, 384]),
  ].flatMap { (name: String, patch: Int, size: Size, sides: [Int]) in
    let isDeiT = name.hasPrefix("deit")
    return sides.map { side in
      CatalogEntry(
        "\(name)_patch\(patch)_\(side)", family: isDeiT ? "DeiT" : "ViT", isDeiT ? deit : vit,
        input: [1, 3, Dimension(side), Dimension(side)], network(size, patch: patch, names: .timm))
    }
  }
}
