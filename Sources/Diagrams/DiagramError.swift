/// Why a diagram could not be drawn.
public enum DiagramError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Even the coarsest picture has more boxes or connections than can be laid out.
  case tooComplex(boxes: Int, links: Int)
  /// Graphviz refused its input; `message` holds its own words.
  case layoutFailed(message: String)

  public var description: String {
    switch self {
    case .tooComplex(let boxes, let links):
      "the diagram is too complex to lay out: \(boxes) boxes and \(links) connections, with no place to divide it"
    case .layoutFailed(let message):
      "Graphviz could not lay out the diagram: \(message.isEmpty ? "it gave no reason" : message)"
    }
  }
}
