import Architectures
import NetworkGraph

/// The machine-readable form of the catalogue.
private struct CatalogDocument: Encodable, Sendable {
  struct Model: Encodable, Sendable {
    var name: String
    var family: String
    var input: [Quantity]
    var authors: String
    var year: Int
    var title: String
    var source: String
    var parameters: Quantity
    var macs: Quantity
  }
  var schema = "convscope.catalog/1"
  var models: [Model]
}

extension Report {
  /// The built-in networks, one row each.
  public static func catalog(_ entries: [MeasuredEntry]) -> Report {
    let table = Table(
      columns: [
        Table.Column("name", "name"), Table.Column("family", "family"),
        Table.Column("input", "input", isNumeric: true), Table.Column("year", "year", isNumeric: true),
        Table.Column("parameters", "parameters", isNumeric: true), Table.Column("macs", "MACs", isNumeric: true),
        Table.Column("paper", "paper"), Table.Column("source", "source"),
      ],
      rows: entries.map { measured in
        let entry = measured.entry
        return [
          .text(entry.name), .text(entry.family), .shape(entry.input), .text(String(entry.paper.year)),
          .count(measured.parameters), .count(measured.macs), .text(entry.paper.title), .text(entry.paper.source),
        ]
      })
    let document = CatalogDocument(
      models: entries.map { measured in
        let entry = measured.entry
        return CatalogDocument.Model(
          name: entry.name, family: entry.family, input: entry.input.dimensions.map(Quantity.init),
          authors: entry.paper.authors, year: entry.paper.year, title: entry.paper.title, source: entry.paper.source,
          parameters: Quantity(measured.parameters), macs: Quantity(measured.macs))
      })
    return Report(
      title: "\(entries.count) built-in network\(entries.count == 1 ? "" : "s")", tables: [table], data: table,
      document: document)
  }
}
