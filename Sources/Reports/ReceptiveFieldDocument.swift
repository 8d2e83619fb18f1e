import Analysis
import NetworkGraph
import SymbolicIntegers

/// The machine-readable form of receptive fields. Keys are stable; lists have one entry for each spatial axis, rows
/// first; what is not known is null.
struct ReceptiveFieldDocument: Encodable, Sendable {
  struct Features: Encodable, Sendable {
    var node: String
    var size: [Quantity?]
    var stride: [Stride?]
    var padding: [Int?]
    var centre: [Double?]
    var clippedSize: [Int?]
    var aligned: Bool
    /// The operator that sees the whole map.
    var firstWholeOperator: String?
  }
  struct Node: Encodable, Sendable {
    var name: String
    var `operator`: String
    var units: [Quantity]
    var size: [Quantity?]
    var stride: [Stride?]
    var padding: [Int?]
    var centre: [Double?]
    var clippedSize: [Int?]
    var aligned: Bool
    var misalignedAt: String?
    /// Whether units differ in what they see; sizes then leave out what all of them see through `globalCause`.
    var local: Bool
    var globalCause: String?
    var followed: Bool
  }
  struct Stage: Encodable, Sendable {
    var name: String
    var lastNode: String
    var size: [Quantity?]
    var stride: [Stride?]
  }
  struct Range: Encodable, Sendable {
    var start: Int
    var end: Int

    init(_ range: PositionRange) {
      start = range.start
      end = range.end
    }
  }
  struct Unit: Encodable, Sendable {
    var node: String
    var unit: [Int]
    var field: [Range?]
    /// null where the unit sees only padding.
    var visible: [Range?]
  }
  /// A whole number where it is one.
  struct Stride: Encodable, Sendable {
    var stride: UnitStride

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      if stride.units == 1 {
        try container.encode(stride.positions)
      } else {
        try container.encode(Double(stride.positions) / Double(stride.units))
      }
    }
  }

  var schema = "convscope.receptive-field/1"
  var model: String
  var input: [AnalysisDocument.Port]
  /// The input whose positions are followed, and its sides.
  var image: String?
  var imageSize: [Quantity]
  var features: Features?
  var stages: [Stage]
  var nodes: [Node]
  var unit: Unit?
  var warnings: [String]
}

extension ReceptiveFieldDocument {
  init(_ summary: ReceptiveFieldSummary) {
    let graph = summary.graph
    let field = summary.field
    model = graph.name
    input = graph.inputs.map {
      AnalysisDocument.Port(name: $0.name, shape: AnalysisDocument.shape(graph.type(of: $0.value)) ?? [])
    }
    image = field.image?.name
    imageSize = field.imageSides.map(Quantity.init)
    func clipped(_ node: UnitField) -> [Int?] {
      node.axes.indices.map { summary.visible.largest(node: node.node, axis: $0) }
    }
    nodes = summary.listedNodes.compactMap { id -> Node? in
      guard let seen = field.field(of: id) else { return nil }
      let node = graph.nodes[id]
      return Node(
        name: summary.name(node.id), operator: node.operation.semantics.name,
        units: seen.axes.map { Quantity($0.units) },
        size: seen.sizes, stride: seen.strides, padding: seen.axes.map(\.padding), centre: seen.centres,
        clippedSize: clipped(seen), aligned: seen.isAligned,
        misalignedAt: seen.axes.lazy.compactMap(\.misalignedAt).first.map(summary.name),
        local: seen.axes.contains { $0.isLocal },
        globalCause: seen.axes.lazy.compactMap(\.globalCause).first.map(summary.name),
        followed: !seen.axes.contains { $0.isLost })
    }
    features = field.features.map { seen in
      Features(
        node: summary.name(seen.node), size: seen.sizes, stride: seen.strides, padding: seen.axes.map(\.padding),
        centre: seen.centres, clippedSize: clipped(seen), aligned: seen.isAligned,
        firstWholeOperator: field.firstWholeReader.map(summary.name))
    }
    stages = summary.stageEnds.map { stage in
      let seen = field.field(of: stage.node)
      return Stage(
        name: stage.name, lastNode: summary.name(stage.node), size: seen?.sizes ?? [], stride: seen?.strides ?? [])
    }
    if let unit = summary.unit, let node = summary.shownNode {
      let ranges = summary.ranges(ofUnit: unit, node: node)
      self.unit = Unit(
        node: summary.name(node), unit: unit, field: ranges.map { $0.field.map(Range.init) },
        visible: ranges.map { $0.visible.map(Range.init) })
    }
    warnings = summary.warnings
  }
}

extension UnitField {
  fileprivate var sizes: [Quantity?] { axes.map { $0.size.map(Quantity.init) } }
  fileprivate var strides: [ReceptiveFieldDocument.Stride?] {
    axes.map { $0.stride.map(ReceptiveFieldDocument.Stride.init) }
  }
  fileprivate var centres: [Double?] { axes.map { $0.doubledCentre.map { Double($0) / 2 } } }
  fileprivate var isAligned: Bool { axes.allSatisfy { $0.misalignedAt == nil } }
}
