import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers

/// A published figure beside what the network computes to.
public struct ComparedFigure: Sendable {
  public var figure: PublishedFigure
  /// Nil for accuracies, which only training gives.
  public var computed: Dimension?
  /// Whether the computed value rounds to the printed digits; nil where nothing is computed.
  public var agrees: Bool?
  /// `agrees`, or why not.
  public var verdict: String
}

extension CatalogEntry {
  /// The figures of the card, each computed under its own convention and resolution.
  /// - Throws: ``GraphError`` where the network cannot take a resolution of the card.
  public func comparedFigures() throws(GraphError) -> [ComparedFigure] {
    var analyses: [Int: NetworkAnalysis] = [:]
    var result: [ComparedFigure] = []
    for figure in card.figures {
      guard figure.quantity == .parameters || figure.quantity == .operations else {
        result.append(ComparedFigure(figure: figure, verdict: ""))
        continue
      }
      var shape = input
      // Parameters depend on the resolution too where a network learns a table of positions.
      for axis in 2..<max(2, shape.rank) { shape[axis] = Dimension(figure.side) }
      let key = shape == input ? 0 : figure.side
      let analysis: NetworkAnalysis
      if let known = analyses[key] { analysis = known } else { analysis = try NetworkAnalysis(graph(input: shape)) }
      analyses[key] = analysis
      result.append(figure.compared(with: analysis))
    }
    return result
  }
}

extension PublishedFigure {
  /// This figure beside what the network computes to.
  fileprivate func compared(with analysis: NetworkAnalysis) -> ComparedFigure {
    let parameters = analysis.total.parameters
    guard quantity == .parameters else {
      let convention = convention.flatMap(CountingConvention.named) ?? .macs
      return compared(with: convention.count(analysis.total.operations), explanation: explanation)
    }
    let heads = analysis.trainingOnly.parameters
    guard heads != 0, agrees(with: parameters + heads) else {
      return compared(with: parameters, explanation: explanation)
    }
    return compared(
      with: parameters,
      explanation: "The published count includes \(Reports.Quantity(heads).exact) of heads for training.")
  }

  private func compared(with value: Dimension, explanation: String?) -> ComparedFigure {
    let isEqual = agrees(with: value)
    return ComparedFigure(
      figure: self, computed: value, agrees: isEqual, verdict: isEqual ? "agrees" : explanation ?? "differs")
  }

  private func agrees(with value: Dimension) -> Bool {
    guard let integer = value.constant else { return false }
    return printed.agrees(with: integer)
  }
}

/// The machine-readable form of a card.
private struct CardDocument: Encodable, Sendable {
  struct Figure: Encodable, Sendable {
    var quantity: String
    var published: String
    var convention: String?
    var side: Int
    var source: String
    var computed: Quantity?
    var agrees: Bool?
    var explanation: String?
  }
  struct Weights: Encodable, Sendable {
    var name: String
    var isDefault: Bool
    var top1: String?
    var top5: String?
    var crop: Int
    var resize: Int
    var interpolation: String
    var recipe: String
  }
  var schema = "convscope.card/1"
  var model: String
  var family: String
  var authors: String
  var year: Int
  var title: String
  var source: String
  var contribution: String?
  var input: [Quantity]
  var settings: [String: String]
  var figures: [Figure]
  var weights: [Weights]
}

extension Report {
  /// The card of a built-in network: its paper, what that changed, settings, published and computed figures, weights.
  ///
  /// CSV holds the figures.
  /// - Throws: ``GraphError`` where the network cannot be built at a resolution of the card.
  public static func card(_ entry: CatalogEntry) throws(GraphError) -> Report {
    let (card, figures) = (entry.card, try entry.comparedFigures())
    let settings = (try? entry.architecture.settings.entries) ?? []
    var tables = [facts(entry)]
    if !settings.isEmpty {
      tables.append(
        Table(
          title: "settings of the family (for --set)",
          columns: [Table.Column("setting", "setting"), Table.Column("value", "value")],
          rows: settings.map { [.text($0.name), .text($0.value.description)] }))
    }
    if !figures.isEmpty { tables.append(figureTable(figures, isForPeople: true)) }
    if !card.weights.isEmpty { tables.append(weightTable(card.weights)) }
    let document = CardDocument(
      model: entry.name, family: entry.family, authors: entry.paper.authors, year: entry.paper.year,
      title: entry.paper.title, source: entry.paper.source, contribution: card.contribution,
      input: entry.input.dimensions.map(Quantity.init),
      settings: Dictionary(settings.map { ($0.name, $0.value.description) }) { first, _ in first },
      figures: figures.map { compared in
        CardDocument.Figure(
          quantity: compared.figure.quantity.rawValue, published: compared.figure.printed.description,
          convention: compared.figure.convention, side: compared.figure.side, source: compared.figure.source,
          computed: compared.computed.map(Quantity.init), agrees: compared.agrees,
          explanation: compared.agrees == false ? compared.verdict : nil)
      },
      weights: card.weights.map { set in
        CardDocument.Weights(
          name: set.name, isDefault: set.isDefault, top1: set.top1?.description, top5: set.top5?.description,
          crop: set.crop, resize: set.resize, interpolation: set.interpolation.rawValue, recipe: set.recipe)
      })
    return Report(
      title: entry.name, introduction: card.contribution.map { [$0] } ?? [], tables: tables,
      data: figureTable(figures, isForPeople: false),
      notes: figures.isEmpty
        ? []
        : [
          "A computed figure agrees when it rounds to the printed digits under the source's convention and resolution."
        ],
      document: document)
  }

  private static func facts(_ entry: CatalogEntry) -> Table {
    Table(
      columns: [Table.Column("fact", ""), Table.Column("value", "")],
      rows: [
        ("paper", entry.paper.title), ("authors", entry.paper.authors), ("year", String(entry.paper.year)),
        ("source", entry.paper.source), ("family", entry.family), ("default input", entry.input.description),
      ].map { [.text($0.0), .text($0.1)] })
  }

  private static func figureTable(_ figures: [ComparedFigure], isForPeople: Bool) -> Table {
    Table(
      title: "published and computed",
      columns: [
        Table.Column("quantity", "quantity"), Table.Column("published", "published", isNumeric: true),
        Table.Column("computed", "computed", isNumeric: true), Table.Column("convention", "convention"),
        Table.Column("side", "side", isNumeric: true), Table.Column("source", "source"),
        Table.Column("verdict", "verdict"),
      ],
      rows: figures.map { compared in
        let (figure, computed) = (compared.figure, compared.computed.map(Quantity.init))
        let isAccuracy = figure.quantity == .top1 || figure.quantity == .top5
        return [
          .text(figure.quantity.title), .text(figure.printed.description + (isAccuracy && isForPeople ? " %" : "")),
          .text((isForPeople ? computed?.exact : computed?.plain) ?? ""), .text(figure.convention ?? ""),
          .text(String(figure.side)), .text(figure.source), .text(compared.verdict),
        ]
      })
  }

  private static func weightTable(_ sets: [WeightSet]) -> Table {
    Table(
      title: "torchvision's weights",
      columns: [
        Table.Column("weights", "weights"), Table.Column("top1", "top-1", isNumeric: true),
        Table.Column("top5", "top-5", isNumeric: true), Table.Column("crop", "crop", isNumeric: true),
        Table.Column("resize", "resize", isNumeric: true), Table.Column("interpolation", "interpolation"),
        Table.Column("recipe", "recipe"),
      ],
      rows: sets.map { set in
        func percent(_ number: PrintedNumber?) -> Cell { .text(number.map { "\($0) %" } ?? "no classifier") }
        return [
          .text(set.isDefault ? "\(set.name) (DEFAULT)" : set.name), percent(set.top1), percent(set.top5),
          .text(String(set.crop)), .text(String(set.resize)), .text(set.interpolation.rawValue), .text(set.recipe),
        ]
      })
  }
}

extension PublishedFigure.Quantity {
  /// The quantity's name for people.
  fileprivate var title: String {
    switch self {
    case .parameters: "parameters"
    case .operations: "operations"
    case .top1: "top-1"
    case .top5: "top-5"
    }
  }
}
