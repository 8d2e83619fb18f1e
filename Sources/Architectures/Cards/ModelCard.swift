/// What is known of a catalogued network from outside its layers.
public struct ModelCard: Sendable {
  /// What the paper changed, in a paragraph; nil where nobody has written it.
  public var contribution: String?
  /// What publications state about the network.
  public var figures: [PublishedFigure]
  /// Trained weights that torchvision offers, in its order.
  public var weights: [WeightSet]
}

extension ModelCard {
  /// Every model and every paper that some card tells of: each should be in the catalogue.
  public static var subjects: (models: [String], papers: [String]) {
    (
      PublishedTable.all.flatMap { $0.rows.flatMap(\.models) } + TorchvisionWeights.all.map(\.model),
      Contributions.all.map(\.paper)
    )
  }
}

/// A number that a publication prints about a network.
public struct PublishedFigure: Hashable, Sendable {
  public enum Quantity: String, Hashable, Sendable, CaseIterable {
    case parameters, operations
    /// Share of validation images, in percent, whose class is the first guess, or among the first five.
    case top1, top5
  }

  public var quantity: Quantity
  public var printed: PrintedNumber
  /// The name of the counting convention behind operations; nil for other quantities.
  public var convention: String?
  /// Rows and columns of the input.
  public var side: Int
  /// Where the number stands.
  public var source: String
  /// Why the computed value rounds to other digits, where it does.
  public var explanation: String?
}

/// A number as printed: its digits say how far it was rounded.
///
/// Text is digits with an optional point and one of the prefixes k, M, G (or B) and T. Digits may be grouped by commas.
public struct PrintedNumber: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  public let description: String

  public init(stringLiteral text: String) {
    description = text
  }

  public init(_ text: String) {
    description = text
  }

  /// The number in units of its last digit and that unit; the unit is 0 where digits go beyond integers. Nil for text
  /// that is no number, or one out of range.
  var parts: (count: Int, unit: Int)? {
    var text = description[...]
    var exponent = 0
    switch text.last {
    case "k", "K": exponent = 3
    case "M": exponent = 6
    case "G", "B": exponent = 9
    case "T": exponent = 12
    default: exponent = 0
    }
    if exponent > 0 { text = text.dropLast() }
    let sides = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(sides.count), sides.allSatisfy({ !$0.isEmpty }) else { return nil }
    exponent -= sides.count == 2 ? sides[1].utf8.count : 0
    let digits = sides.joined().filter { $0 != "," }
    guard digits.allSatisfy(\.isASCIIDigit), let count = Int(digits), exponent > -19 else { return nil }
    return (count, exponent < 0 ? 0 : (0..<exponent).reduce(1) { unit, _ in unit * 10 })
  }

  /// The number where it is an integer; nil for text that is no integer, or one out of range.
  public var integer: Int? {
    guard let parts, parts.unit > 0 else { return nil }
    let (product, overflow) = parts.count.multipliedReportingOverflow(by: parts.unit)
    return overflow ? nil : product
  }

  /// Whether `value` rounded to the printed digits is this number; a value midway rounds to either side.
  public func agrees(with value: Int) -> Bool {
    guard let parts, parts.unit > 0, let integer else { return false }
    let (difference, overflow) = value.subtractingReportingOverflow(integer)
    return !overflow && difference.magnitude <= UInt(parts.unit) / 2
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}

/// Trained weights of torchvision, as its documentation describes them.
public struct WeightSet: Hashable, Sendable {
  public enum Interpolation: String, Hashable, Sendable {
    case bilinear, bicubic
  }

  public var model: String
  public var name: String
  /// Whether this set is the one called DEFAULT.
  public var isDefault: Bool
  /// Percent of ImageNet's validation images; nil where the set has no classifier.
  public var top1: PrintedNumber?
  public var top5: PrintedNumber?
  public var parameters: PrintedNumber
  /// Multiply-accumulates at the crop.
  public var operations: PrintedNumber
  /// Sides in pixels: of the crop, and of the image before it.
  public var crop: Int
  public var resize: Int
  public var interpolation: Interpolation
  /// How the weights were trained: an address.
  public var recipe: String
}

extension CatalogEntry {
  /// The card of this network: the contribution of its paper, figures and weights under its name.
  public var card: ModelCard {
    let weights = TorchvisionWeights.all.filter { $0.model == name }
    // Sets of one crop state the same parameters and operations.
    let distinct = weights.enumerated().filter { index, set in !weights[..<index].contains { $0.crop == set.crop } }
    return ModelCard(
      contribution: Contributions.all.first { $0.paper == paper.source }?.text,
      figures: PublishedTable.all.flatMap { $0.figures(of: name) } + distinct.flatMap(\.element.figures),
      weights: weights)
  }
}

extension WeightSet {
  /// What the documentation states beside the accuracies.
  fileprivate var figures: [PublishedFigure] {
    let source = "torchvision, \(name)"
    return [
      PublishedFigure(quantity: .parameters, printed: parameters, side: crop, source: source, explanation: nil),
      PublishedFigure(
        quantity: .operations, printed: operations, convention: "macs", side: crop, source: source, explanation: nil),
    ]
  }
}
