import NetworkGraph

/// Every built-in architecture.
public enum Catalog {
  /// All entries, oldest family first; each family's in one run.
  public static let entries: [CatalogEntry] = byFamily([
    LeCun1989.catalog, LeNet5.catalog, AlexNet.catalog, ZFNet.catalog, VGG.catalog, GoogLeNet.catalog,
    BNInception.catalog, InceptionV3.catalog, SqueezeNet.catalog, ResNet.catalog, ResNetV2.catalog, DenseNet.catalog,
    InceptionV4.catalog, InceptionResNetV2.catalog, Xception.catalog, MobileNetV1.catalog, ShuffleNetV1.catalog,
    MobileNetV2.catalog, NASNet.catalog, PNASNet.catalog, ShuffleNetV2.catalog, SENet.catalog, MnasNet.catalog,
    TimmResNet.catalog, MobileNetV3.catalog, EfficientNet.catalog, EfficientNet.secondVersion, GhostNet.catalog,
    RegNet.catalog, NFNet.catalog, VisionTransformer.catalog, Swin.catalog, ConvMixer.catalog, VAN.catalog,
    MaxViT.catalog, ConvNeXtRoadmap.catalog, ConvNeXt.catalog,
  ])

  /// The entries with each family's joined, by the year of each family's first.
  private static func byFamily(_ catalogs: [[CatalogEntry]]) -> [CatalogEntry] {
    var families: [[CatalogEntry]] = []
    var positions: [String: Int] = [:]
    for entry in catalogs.joined() {
      let position = positions[entry.family, default: families.count]
      positions[entry.family] = position
      if position == families.count { families.append([]) }
      families[position].append(entry)
    }
    return families.enumerated().sorted {
      ($0.element[0].paper.year, $0.offset) < ($1.element[0].paper.year, $1.offset)
    }
    .flatMap(\.element)
  }

  /// The entry of exactly that name.
  public static func entry(named name: String) -> CatalogEntry? { entries.first { $0.name == name } }

  /// Up to `count` names closest to `name` by edit distance, closest first and, of
  /// equally close ones, those that begin alike first; none that differ in most letters.
  public static func suggestions(for name: String, count: Int = 3) -> [String] {
    let wanted = Array(name.lowercased().prefix(64))
    let ranked = entries.map { entry in
      let letters = Array(entry.name)
      let shared = zip(wanted, letters).prefix { $0 == $1 }.count
      return (name: entry.name, distance: editDistance(wanted, letters), shared: shared)
    }
    .filter { $0.distance * 2 <= max(wanted.count, $0.name.count) }
    .sorted { ($0.distance, -$0.shared, $0.name) < ($1.distance, -$1.shared, $1.name) }
    return ranked.prefix(count).map(\.name)
  }
}
