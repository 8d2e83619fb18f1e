/// How pictures were prepared for a network's published weights.
public struct Preprocessing: Hashable, Sendable {
  /// Who published the weights, and their name.
  public var source: String
  /// Sides in pixels of the square that is cut out of the middle: the network's input.
  public var crop: Int
  /// Length of the picture's shorter side before that, or of both.
  public var resize: Int
  /// Whether both sides are resized to that length.
  public var isSquashed: Bool
  public var interpolation: WeightSet.Interpolation
  /// Whether every channel is normalised by 1/2 and 1/2, as Inception's were, rather than by ImageNet's mean and
  /// deviation.
  public var isSymmetric: Bool

  /// Mean and standard deviation of red, green and blue on a scale of 0 to 1.
  public var mean: [Float] { isSymmetric ? [0.5, 0.5, 0.5] : [0.485, 0.456, 0.406] }
  public var standardDeviation: [Float] { isSymmetric ? [0.5, 0.5, 0.5] : [0.229, 0.224, 0.225] }

  /// The same for an input of another side, resized in proportion.
  public func scaled(to side: Int) -> Preprocessing {
    guard side != crop, side > 0, crop > 0 else { return self }
    var result = self
    result.crop = side
    let (product, overflow) = resize.multipliedReportingOverflow(by: side)
    result.resize = overflow ? side : max(side, product / crop)
    return result
  }
}

extension CatalogEntry {
  /// What the network's published weights expect of pictures for an input of `side` pixels: those of a set trained at
  /// that side, the default one first; else the default set's in proportion. nil where no weights are known.
  public func preprocessing(side: Int) -> Preprocessing? {
    let sets = card.weights.filter { $0.top1 != nil }
    let all = sets.filter(\.isDefault) + sets.filter { !$0.isDefault }
    if let set = all.first(where: { $0.crop == side }) ?? all.first {
      let published = Preprocessing(
        source: "torchvision's \(set.name)", crop: set.crop, resize: set.resize, isSquashed: false,
        interpolation: set.interpolation, isSymmetric: TorchvisionWeights.symmetric.contains(name))
      return published.scaled(to: side)
    }
    return TimmPreprocessing.all[name]?.scaled(to: side)
  }
}

extension TorchvisionWeights {
  /// Models whose weights expect channels normalised by 1/2 and 1/2. GoogLeNet and Inception v3 were ported from
  /// TensorFlow: torchvision changes its usual normalisation to theirs within these two models (`transform_input`).
  fileprivate static let symmetric: Set = ["efficientnet_v2_l", "googlenet", "inception_v3"]
}

extension TimmPreprocessing {
  /// By model. A row that lacks a field is left out; a test counts them.
  static let all: [String: Preprocessing] = {
    let rows = table.split(separator: "\n").compactMap { line -> (String, Preprocessing)? in
      let fields = line.split(separator: " ")
      guard fields.count == 6, let crop = Int(fields[2]),
        let resize = Int(fields[3].hasSuffix("*") ? fields[3].dropLast() : fields[3]),
        let interpolation = WeightSet.Interpolation(rawValue: String(fields[4]))
      else { return nil }
      return (
        String(fields[0]),
        Preprocessing(
          source: "timm's \(fields[1])", crop: crop, resize: resize, isSquashed: fields[3].hasSuffix("*"),
          interpolation: interpolation, isSymmetric: fields[5] == "half")
      )
    }
    return Dictionary(rows, uniquingKeysWith: { first, _ in first })
  }()
}
