import NetworkGraph
import SymbolicIntegers

/// A picture of a network: its stages, blocks or layers as boxes, with what flows between them.
///
/// The numbers come from the caller, so a diagram shows whatever adds up over nodes. Equal graphs and settings give
/// equal text, byte for byte, on every machine.
public struct Diagram: Sendable {
  /// How much of a network's hierarchy is opened.
  public enum Detail: String, CaseIterable, Sendable {
    /// One box per stage.
    case stage
    /// Stages as frames around their blocks; equal neighbours are folded into one box.
    case block
    /// Every node, inside the scopes it belongs to.
    case layer
  }

  public var graph: Graph
  public var detail: Detail
  public var direction: Direction
  /// The heading; the graph's name unless set.
  public var title: String
  /// Lines under the heading: input shape, totals.
  public var subtitle: [String]
  /// The numbers boxes show, in this order.
  public var quantities: [Quantity]
  /// The quantity whose share colours the boxes; nil leaves them plain. Values that hold symbols colour nothing.
  public var colors: Quantity?

  /// Above this many boxes a picture is not drawn; a coarser one takes its place.
  private static let mostBoxes = 4000

  public init(
    of graph: Graph, detail: Detail = .block, direction: Direction = .topToBottom, title: String? = nil,
    subtitle: [String] = [], quantities: [Quantity] = [], colors: Quantity? = nil
  ) {
    self.graph = graph
    self.detail = detail
    self.direction = direction
    self.title = title ?? graph.name
    self.subtitle = subtitle
    self.quantities = quantities
    self.colors = colors
  }

  /// The picture as an SVG document.
  ///
  /// A network too large for the detail asked for is drawn with less, and the picture says so.
  /// - Throws: ``DiagramError`` when even its stages cannot be laid out.
  public func svg() throws(DiagramError) -> String {
    var failure = DiagramError.tooComplex(boxes: graph.nodes.count, links: 0)
    for detail in detail.andCoarser {
      let (sketch, share) = sketch(detail)
      guard sketch.boxes.count <= Self.mostBoxes else {
        failure = .tooComplex(boxes: sketch.boxes.count, links: sketch.links.count)
        continue
      }
      do {
        let composition = try Composition(of: sketch, direction: direction)
        var lines = subtitle
        if detail != self.detail {
          lines.append("Drawn by \(detail.rawValue): too large to draw by \(self.detail.rawValue)")
        }
        let legend = Legend(of: sketch, composition, unit: colors?.unit, largestShare: share)
        return Page(title: title, subtitle: lines, legend: legend).svg(sketch, composition)
      } catch .tooComplex(let boxes, let links) {
        failure = .tooComplex(boxes: boxes, links: links)
      }
    }
    throw failure
  }

  /// The picture as a DOT document for other tools: one piece, labels as HTML-like text.
  public var dot: String {
    DOTDocument(labelling: sketch(detail).sketch, title: title, direction: direction).text
  }

  private func sketch(_ detail: Detail) -> (sketch: Sketch, largestShare: Double?) {
    SketchBuilder(of: graph, detail: detail, quantities: quantities, colors: colors).sketch()
  }
}

extension Diagram.Detail {
  /// This detail and every one that shows less.
  fileprivate var andCoarser: [Diagram.Detail] {
    switch self {
    case .layer: [.layer, .block, .stage]
    case .block: [.block, .stage]
    case .stage: [.stage]
    }
  }
}
