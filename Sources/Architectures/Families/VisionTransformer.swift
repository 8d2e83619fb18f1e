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
          x.linear("in_proj", width * 3, separator: "_", origin: .function), heads: heads)
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
        let heads = AttentionHeads(x.linear("qkv", width * 3), heads: heads)
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

  /// The sides are those of torchvision's first weights, which for H/14 were trained at 518.
  static let catalog: [CatalogEntry] =
    [
      ("vit_b_16", 224, VisionTransformer(patch: 16, width: 768, depth: 12, heads: 12, hidden: 3072)),
      ("vit_b_32", 224, VisionTransformer(patch: 32, width: 768, depth: 12, heads: 12, hidden: 3072)),
      ("vit_l_16", 224, VisionTransformer(patch: 16, width: 1024, depth: 24, heads: 16, hidden: 4096)),
      ("vit_l_32", 224, VisionTransformer(patch: 32, width: 1024, depth: 24, heads: 16, hidden: 4096)),
      ("vit_h_14", 518, VisionTransformer(patch: 14, width: 1280, depth: 32, heads: 16, hidden: 5120)),
    ].map { CatalogEntry($0.0, family: "ViT", vit, input: [1, 3, $0.1, $0.1], $0.2) }
    + [
      ("vit_tiny_patch16_224", "ViT", vit, 192, 3), ("deit_tiny_patch16_224", "DeiT", deit, 192, 3),
      ("deit_small_patch16_224", "DeiT", deit, 384, 6), ("deit_base_patch16_224", "DeiT", deit, 768, 12),
    ].map { (name: String, family: String, paper: Paper, width: Dimension, heads: Int) in
      CatalogEntry(
        name, family: family, paper, input: [1, 3, 224, 224],
        VisionTransformer(names: .timm, patch: 16, width: width, depth: 12, heads: heads, hidden: width * 4))
    }
}
