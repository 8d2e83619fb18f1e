/// A result ready to be printed: text for people as tables, and one value for programs.
public struct Report: Sendable {
  /// Heading of the whole.
  public var title: String
  /// Paragraphs between heading and tables.
  public var introduction: [String]
  /// Tables for people, in order.
  public var tables: [Table]
  /// The one table that CSV prints.
  public var data: Table
  /// Sentences below the tables: definitions, warnings.
  public var notes: [String]
  /// The machine-readable twin.
  private let makeDocument: @Sendable () -> any Encodable & Sendable
  public var document: any Encodable & Sendable { makeDocument() }

  public init(
    title: String, introduction: [String] = [], tables: [Table], data: Table, notes: [String] = [],
    document: @autoclosure @escaping @Sendable () -> any Encodable & Sendable
  ) {
    self.title = title
    self.introduction = introduction
    self.tables = tables
    self.data = data
    self.notes = notes
    makeDocument = document
  }
}

/// How a report is written.
public enum ReportFormat: String, Sendable, CaseIterable {
  case table, markdown, csv, json
}

extension Report {
  /// The report as text that ends with a line break.
  /// - Parameters:
  ///   - numbers: how tables for people write counts.
  ///   - terminal: whether the text goes to a terminal that shows colour.
  /// - Throws: an encoding error of the JSON library; none is known to occur.
  public func text(_ format: ReportFormat, numbers: NumberStyle, terminal: Bool = false) throws -> String {
    switch format {
    case .table: renderTable(numbers: numbers, colored: terminal)
    case .markdown: renderMarkdown(numbers: numbers)
    case .csv: data.csv
    case .json: try renderJSON(document)
    }
  }
}
