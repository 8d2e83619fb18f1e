/// Rows of one publication that share source, resolution and counting convention.
struct PublishedTable: Sendable {
  /// What is printed about one or several networks.
  struct Row: Sendable {
    var models: [String]
    var side: Int?
    var parameters: PrintedNumber?
    var operations: PrintedNumber?
    var top1: PrintedNumber?
    var top5: PrintedNumber?
    var explanations: [PublishedFigure.Quantity: String]

    /// - Parameter models: names separated by spaces, of networks that differ in nothing the row states.
    init(
      _ models: String, _ parameters: PrintedNumber?, _ operations: PrintedNumber?, _ top1: PrintedNumber? = nil,
      _ top5: PrintedNumber? = nil, side: Int? = nil, why explanations: [PublishedFigure.Quantity: String] = [:]
    ) {
      self.models = models.split(separator: " ").map(String.init)
      (self.parameters, self.operations, self.top1, self.top5) = (parameters, operations, top1, top5)
      (self.side, self.explanations) = (side, explanations)
    }
  }

  var source: String
  /// The convention behind operations.
  var convention = "macs"
  var side = 224
  /// Why computed values differ in the rows where they do and the row does not say.
  var why: [PublishedFigure.Quantity: String] = [:]
  var rows: [Row]

  /// Every table, oldest networks first.
  static let all = classics + residual + mobile + scaled + searched + modern

  /// What the table states about a network.
  func figures(of model: String) -> [PublishedFigure] {
    rows.filter { $0.models.contains(model) }.flatMap { row in
      let printed: [(PublishedFigure.Quantity, PrintedNumber?)] = [
        (.parameters, row.parameters), (.operations, row.operations), (.top1, row.top1), (.top5, row.top5),
      ]
      return printed.compactMap { quantity, number in
        number.map {
          PublishedFigure(
            quantity: quantity, printed: $0, convention: quantity == .operations ? convention : nil,
            side: row.side ?? side, source: source, explanation: row.explanations[quantity] ?? why[quantity])
        }
      }
    }
  }
}
