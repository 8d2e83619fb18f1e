import Analysis
import NetworkGraph
import SymbolicIntegers

/// What a report about receptive fields draws on.
public struct ReceptiveFieldSummary: Sendable {
  public let field: ReceptiveField
  public let visible: VisibleField
  /// The node that a layer's name means; nil where no layer was named.
  public let layer: Int?
  /// The unit asked for, one number for each spatial axis.
  public let unit: [Int]?

  public init(_ graph: Graph, layer: Int? = nil, unit: [Int]? = nil) {
    field = ReceptiveField(graph)
    visible = VisibleField(graph)
    self.layer = layer
    self.unit = unit
  }

  public var graph: Graph { field.graph }

  /// The node that a unit is shown of: the layer named, else the last feature map.
  public var shownNode: Int? { layer ?? field.features?.node }

  /// The layer named, else every node of inference that computes what it sees of the image.
  var listedNodes: [Int] {
    if let layer { return [layer] }
    return graph.nodes.filter { !$0.isTrainingOnly && !$0.inputs.isEmpty && field.field(of: $0.id) != nil }.map(\.id)
  }

  func name(_ node: Int) -> String { graph.path(of: graph.nodes[node]) }

  /// Where the map of a stage ends: the last node of each group whose units differ in what they see. What comes behind
  /// the last feature map in the head adds nothing and is left out.
  var stageEnds: [(name: String, node: Int)] {
    let features = field.features?.node ?? Int.max
    return graph.groups(by: .stage).compactMap { group in
      let end = group.nodes.last { node in field.field(of: node)?.axes.contains { $0.isLocal } ?? false }
      guard let end, end <= features || graph.scope(of: graph.nodes[end], role: .head) == nil else { return nil }
      return (group.name, end)
    }
  }

  /// What one unit sees along each axis: the field on an image without ends, and what of it is on the image.
  public func ranges(ofUnit unit: [Int], node: Int) -> [(field: PositionRange?, visible: PositionRange?)] {
    guard let seen = field.field(of: node) else { return [] }
    return zip(seen.axes.indices, unit).map { axis, unit in
      let ranges = visible.ranges(of: node, axis: axis)
      let shown = ranges.map { $0.indices.contains(unit) ? $0[unit] : nil } ?? visible.global(of: node, axis: axis)
      return (seen.axes[axis].range(of: unit), shown)
    }
  }
}

extension Report {
  /// The receptive fields of a network: of the last feature map, at the end of each stage, and of every layer.
  public static func receptiveField(_ summary: ReceptiveFieldSummary, byLayer: Bool) -> Report {
    let graph = summary.graph
    let layers = summary.table(
      summary.listedNodes, title: "by layer")
    var tables = [byLayer || summary.layer != nil ? layers : summary.growth]
    if let unit = summary.unitTable { tables.append(unit) }
    return Report(
      title: "\(graph.name), input \(inputText(graph))", introduction: summary.introduction, tables: tables,
      data: layers, notes: summary.definitions + summary.warnings, document: ReceptiveFieldDocument(summary))
  }
}

extension ReceptiveFieldSummary {
  private func joined(_ values: [String]) -> String { values.joined(separator: "x") }

  func sizeText(_ node: UnitField) -> String {
    joined(node.axes.map { axis in axis.size.map { "\($0)" } ?? "?" })
  }

  private func clippedText(_ node: Int, _ axes: Int) -> String {
    joined((0..<axes).map { axis in visible.largest(node: node, axis: axis).map(String.init) ?? "?" })
  }

  /// The figures of one node, from size to clipped size.
  private func cells(_ node: Int) -> [Cell] {
    guard let seen = field.field(of: node) else { return Array(repeating: .empty, count: 6) }
    let isLocal = seen.axes.contains { $0.isLocal }
    return [
      .text(joined(seen.axes.map { "\($0.units)" })),
      .text(sizeText(seen)),
      .text(isLocal ? joined(seen.axes.map { $0.stride?.description ?? "-" }) : ""),
      .text(isLocal ? joined(seen.axes.map { $0.padding.map(String.init) ?? "?" }) : ""),
      .text(joined(seen.axes.map { axis in axis.doubledCentre.map(ReceptiveFieldSummary.half) ?? "?" })),
      .text(clippedText(node, seen.axes.count)),
    ]
  }

  /// Half of a number, with one decimal where it is not whole.
  static func half(_ doubled: Int) -> String {
    doubled.isMultiple(of: 2) ? "\(doubled / 2)" : "\(doubled < 0 ? "-" : "")\(doubled.magnitude / 2).5"
  }

  private var figureColumns: [Table.Column] {
    [
      Table.Column("units", "units", isNumeric: true), Table.Column("size", "size", isNumeric: true),
      Table.Column("stride", "stride", isNumeric: true), Table.Column("padding", "padding", isNumeric: true),
      Table.Column("centre", "centre", isNumeric: true), Table.Column("clipped_size", "clipped", isNumeric: true),
    ]
  }

  /// One row for each of some nodes.
  func table(_ nodes: [Int], title: String) -> Table {
    Table(
      title: title,
      columns: [Table.Column("name", "layer"), Table.Column("operator", "operator")] + figureColumns
        + [Table.Column("sees_whole_through", "sees the whole through")],
      rows: nodes.filter { field.field(of: $0) != nil }.map { node in
        let cause = field.field(of: node)?.axes.lazy.compactMap(\.globalCause).first
        return [.text(name(node)), .text(graph.nodes[node].operation.semantics.name)] + cells(node) + [
          cause.map { .text(name($0)) } ?? .empty
        ]
      })
  }

  /// One row for each stage, with what it adds to the size.
  var growth: Table {
    var before = [Int]()
    return Table(
      title: "growth by stage",
      columns: [Table.Column("stage", "stage"), Table.Column("last", "last map")] + figureColumns
        + [Table.Column("growth", "grows by", isNumeric: true)],
      rows: stageEnds.map { stage in
        let sizes = field.field(of: stage.node)?.axes.map { $0.size?.constant ?? 0 } ?? []
        let growth = sizes.indices.map { "\(sizes[$0] - (before.indices.contains($0) ? before[$0] : 1))" }
        before = sizes
        return [.text(stage.name), .text(name(stage.node))] + cells(stage.node) + [.text(joined(growth))]
      })
  }

  /// What the unit asked for sees, axis by axis.
  var unitTable: Table? {
    guard let unit, let node = shownNode else { return nil }
    let ranges = ranges(ofUnit: unit, node: node)
    let axes = ranges.count == 2 ? ["rows", "columns"] : ranges.indices.map { "axis \($0)" }
    return Table(
      title: "unit (\(unit.map(String.init).joined(separator: ", "))) of \(name(node))",
      columns: [
        Table.Column("axis", "axis"), Table.Column("field", "field"), Table.Column("size", "size", isNumeric: true),
        Table.Column("visible", "on the image"), Table.Column("visible_size", "size", isNumeric: true),
      ],
      rows: zip(axes, ranges).map { axis, range in
        [
          .text(axis), .text(range.field.map { "\($0.start) to \($0.end)" } ?? "nothing"),
          .text(range.field.map { "\($0.count)" } ?? "0"),
          .text(range.visible.map { "\($0.start) to \($0.end)" } ?? "only padding"),
          .text(range.visible.map { "\($0.count)" } ?? "0"),
        ]
      })
  }

  var introduction: [String] {
    guard let features = field.features else { return ["No map precedes the first operator that sees everything."] }
    let end = field.firstWholeReader.map { "; \(name($0)) is the first operator that sees the whole map" } ?? ""
    let strides = joined(features.axes.map { $0.stride?.description ?? "-" })
    return ["features: \(name(features.node)) sees \(sizeText(features)) pixels a unit, stride \(strides)\(end)."]
  }

  var definitions: [String] {
    [
      "Size: pixels from the first to the last that can change a unit, on an image without ends.",
      "Stride: how far that moves from unit to unit. Clipped: the most that a unit sees of the image itself.",
      "Padding: how far unit 0 sees beyond the image's first pixel. Centre: of unit 0, where pixel 0 is at 0.",
    ]
  }
}
