import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers

/// A catalogued network with its totals at the default input.
public struct MeasuredEntry: Sendable {
  public var entry: CatalogEntry
  public var parameters: Dimension
  public var macs: Dimension

  /// - Throws: ``GraphError``; no catalogued network is known to fail.
  public init(_ entry: CatalogEntry) throws(GraphError) {
    self.entry = entry
    let total = try NetworkAnalysis(entry.graph()).total
    parameters = total.parameters
    macs = CountingConvention.macs.count(total.operations)
  }
}

/// Which networks of the catalogue to list, and in which order.
public struct CatalogSelection: Sendable {
  public enum Order: String, Sendable, CaseIterable {
    case catalog, name, year, parameters, macs
  }

  /// Family name, in any case; nil for all.
  public var family: String?
  public var years: ClosedRange<Int>?
  public var maximumParameters: Int?
  /// The most multiply-accumulates.
  public var maximumMACs: Int?
  public var order = Order.catalog

  public init() {}

  /// The entries that pass, in order; equal ones keep the catalogue's order.
  /// - Throws: ``GraphError``; no catalogued network is known to fail.
  public func entries(of catalog: [CatalogEntry] = Catalog.entries) throws(GraphError) -> [MeasuredEntry] {
    var result: [MeasuredEntry] = []
    for entry in catalog where isChosen(entry) {
      let measured = try MeasuredEntry(entry)
      if let limit = maximumParameters, measured.parameters.constant.map({ $0 > limit }) ?? true { continue }
      if let limit = maximumMACs, measured.macs.constant.map({ $0 > limit }) ?? true { continue }
      result.append(measured)
    }
    let isBefore: (MeasuredEntry, MeasuredEntry) -> Bool
    switch order {
    case .catalog: return result
    case .name: isBefore = { $0.entry.name < $1.entry.name }
    case .year: isBefore = { $0.entry.paper.year < $1.entry.paper.year }
    case .parameters: isBefore = { ($0.parameters.constant ?? .max) < ($1.parameters.constant ?? .max) }
    case .macs: isBefore = { ($0.macs.constant ?? .max) < ($1.macs.constant ?? .max) }
    }
    return result.enumerated().sorted { left, right in
      isBefore(left.element, right.element)
        || !isBefore(right.element, left.element) && left.offset < right.offset
    }.map(\.element)
  }

  private func isChosen(_ entry: CatalogEntry) -> Bool {
    if let family, entry.family.lowercased() != family.lowercased() { return false }
    if let years, !years.contains(entry.paper.year) { return false }
    return true
  }
}
