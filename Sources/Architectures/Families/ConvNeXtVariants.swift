import SymbolicIntegers

extension ConvNeXt {
  static let paper = Paper(
    "Liu, Mao, Wu, Feichtenhofer, Darrell, Xie", 2022, "A ConvNet for the 2020s", "arXiv:2201.03545")
  private static let second = Paper(
    "Woo, Debnath, Hu, Chen, Liu, Kweon, Xie", 2023,
    "ConvNeXt V2: Co-Designing and Scaling ConvNets with Masked Autoencoders", "arXiv:2301.00808")

  /// Width of the first stage, doubled from stage to stage, and depths; sizes below tiny came with V2.
  private static let sizes: [(name: String, width: Dimension, depths: [Int])] = [
    ("atto", 40, [2, 2, 6, 2]), ("femto", 48, [2, 2, 6, 2]), ("pico", 64, [2, 2, 6, 2]), ("nano", 80, [2, 2, 8, 2]),
    ("tiny", 96, [3, 3, 9, 3]), ("small", 96, [3, 3, 27, 3]), ("base", 128, [3, 3, 27, 3]),
    ("large", 192, [3, 3, 27, 3]), ("xlarge", 256, [3, 3, 27, 3]), ("huge", 352, [3, 3, 27, 3]),
  ]

  private static func stages(_ size: String) -> [Stage] {
    guard let row = sizes.first(where: { $0.name == size }) else { return [] }
    return zip([1, 2, 4, 8], row.depths).map { Stage(channels: row.width * $0, depth: $1) }
  }

  static let catalog: [CatalogEntry] =
    [("tiny", 0.1), ("small", 0.4), ("base", 0.5), ("large", 0.5)].map { size, drop in
      CatalogEntry(
        "convnext_\(size)", family: "ConvNeXt", paper, input: [1, 3, 224, 224],
        ConvNeXt(stages: stages(size), stochasticDepth: drop))
    }
    + [
      ("atto", true), ("femto", true), ("pico", true), ("nano", true), ("timm/tiny", false), ("timm/small", false),
      ("timm/base", false), ("timm/large", false), ("xlarge", false),
    ].map { (size: String, isConvolutional: Bool) in
      let isShared = size.hasPrefix("timm/")
      let size = isShared ? String(size.dropFirst(5)) : size
      return CatalogEntry(
        (isShared ? "timm/" : "") + "convnext_\(size)", family: "ConvNeXt", paper, input: [1, 3, 224, 224],
        ConvNeXt(names: .timm, stages: stages(size), isConvolutional: isConvolutional))
    }
    + [("small", 384, 18), ("base", 768, 18), ("large", 1024, 36)].map { (size: String, width: Dimension, depth: Int) in
      CatalogEntry(
        "convnext_isotropic_\(size)", family: "ConvNeXt", paper, input: [1, 3, 224, 224],
        IsotropicConvNeXt(width: width, depth: depth))
    }
    + [
      ("atto", true), ("femto", true), ("pico", true), ("nano", true), ("tiny", false), ("small", false),
      ("base", false), ("large", false), ("huge", false),
    ].map { (size: String, isConvolutional: Bool) in
      // timm's first weights of the largest were trained at 384.
      let side: Dimension = size == "huge" ? 384 : 224
      return CatalogEntry(
        "convnextv2_\(size)", family: "ConvNeXt V2", second, input: [1, 3, side, side],
        ConvNeXt(names: .timm, stages: stages(size), isConvolutional: isConvolutional, hasResponseNorm: true))
    }
}
