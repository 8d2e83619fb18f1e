/// Every built-in architecture.
public enum Catalog {
  /// All entries, oldest family first.
  public static let entries: [CatalogEntry] = [
    LeNet5.catalog, AlexNet.catalog, ZFNet.catalog, VGG.catalog, GoogLeNet.catalog, BNInception.catalog,
    InceptionV3.catalog, SqueezeNet.catalog, ResNet.catalog, DenseNet.catalog, InceptionV4.catalog,
    InceptionResNetV2.catalog, Xception.catalog, MobileNetV2.catalog, NASNet.catalog, PNASNet.catalog,
    EfficientNet.catalog, GhostNet.catalog,
  ].flatMap { $0 }

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

/// Insertions, deletions and substitutions that turn `a` into `b` (Levenshtein).
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  var row = Array(0...b.count)
  for (i, left) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, right) in b.enumerated() {
      let substituted = diagonal + (left == right ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
    }
  }
  return row[b.count]
}
