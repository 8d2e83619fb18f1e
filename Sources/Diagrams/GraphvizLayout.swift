import CGraphvizShim
import Synchronization

/// Where Graphviz puts the parts of a DOT document, in points, y downwards from the top of the layout.
struct GraphvizLayout: Equatable {
  var size = Size(width: 0, height: 0)
  /// Centres of the nodes by name.
  var nodes: [String: Point] = [:]
  /// Frames of the clusters by name.
  var clusters: [String: Rectangle] = [:]
  /// Courses of the edges by their `id` attribute; edges that could not be routed have none.
  var edges: [String: Curve] = [:]

  /// Graphviz keeps global state, so every call in the process waits for the one before it.
  private static let turn = Mutex(())

  /// Lays out `dot` with Graphviz's `dot` engine.
  ///
  /// Nodes, clusters and edges need names and ids without tabs and line ends. Documents should ask for no text to be
  /// drawn (sizes fixed, labels blank): measuring text makes Graphviz load fonts, which differ between machines.
  /// - Throws: `DiagramError.layoutFailed` with Graphviz's message.
  init(dot: String) throws(DiagramError) {
    let (geometry, message) = Self.turn.withLock { _ -> (String?, String) in
      var geometry: UnsafeMutablePointer<CChar>?
      var message: UnsafeMutablePointer<CChar>?
      let status = convscope_graphviz_layout(dot, &geometry, &message)
      defer {
        convscope_graphviz_free(geometry)
        convscope_graphviz_free(message)
      }
      guard status == 0, let geometry else { return (nil, message.map { String(cString: $0) } ?? "") }
      return (String(cString: geometry), "")
    }
    guard let geometry else {
      let words = message.split(whereSeparator: \.isWhitespace)
      throw .layoutFailed(message: words.joined(separator: " "))
    }
    guard parse(geometry) else { throw .layoutFailed(message: "the positions it returned are not readable") }
  }

  /// Reads the lines described in `CGraphvizShim.h`; returns false where one is malformed.
  private mutating func parse(_ geometry: String) -> Bool {
    for line in geometry.utf8.split(separator: UInt8(ascii: "\n")) {
      let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
      switch (String(Substring(fields[0])), fields.count) {
      case ("graph", 2):
        guard let box = Self.numbers(fields[1]), box.count == 4 else { return false }
        size = Size(width: box[2] - box[0], height: box[3] - box[1])
      case ("cluster", 3):
        guard let box = Self.numbers(fields[2]), box.count == 4 else { return false }
        clusters[String(Substring(fields[1]))] = Rectangle(
          origin: Point(x: box[0], y: size.height - box[3]),
          size: Size(width: box[2] - box[0], height: box[3] - box[1]))
      case ("node", 3):
        guard let point = Self.numbers(fields[2]), point.count == 2 else { return false }
        nodes[String(Substring(fields[1]))] = Point(x: point[0], y: size.height - point[1])
      case ("edge", 3):
        // The course of an edge that could not be routed.
        if fields[2].isEmpty { continue }
        guard let curve = curve(fields[2]) else { return false }
        edges[String(Substring(fields[1]))] = curve
      default: return false
      }
    }
    return true
  }

  /// A spline as Graphviz writes it: `e,x,y` (the arrow's tip) and then 3n + 1 control points.
  private func curve(_ text: Substring.UTF8View) -> Curve? {
    var curve = Curve(points: [], tip: nil)
    for word in text.split(separator: UInt8(ascii: " ")) {
      let isTip = word.first == UInt8(ascii: "e")
      guard let numbers = Self.numbers(isTip ? word.dropFirst(2) : word), numbers.count == 2 else { return nil }
      let point = Point(x: numbers[0], y: size.height - numbers[1])
      if isTip { curve.tip = point } else { curve.points.append(point) }
    }
    return curve.points.count >= 4 && curve.points.count % 3 == 1 ? curve : nil
  }

  private static func numbers(_ text: Substring.UTF8View) -> [Double]? {
    var numbers: [Double] = []
    for word in text.split(separator: UInt8(ascii: ",")) {
      guard let number = Double(Substring(word)), number.isFinite else { return nil }
      numbers.append(number)
    }
    return numbers
  }
}
