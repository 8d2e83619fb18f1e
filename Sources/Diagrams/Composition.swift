/// A sketch with a place for everything: the pieces side by side, and wires from piece to piece.
struct Composition {
  private(set) var size = Size(width: 0, height: 0)
  /// The boxes' frames, in the sketch's order.
  private(set) var boxes: [Rectangle] = []
  /// The groups' frames; a group that was divided has one in each of its pieces.
  private(set) var groups: [(group: Int, frame: Rectangle)] = []
  private(set) var links: [(kind: Sketch.Link.Kind, curve: Curve)] = []
  /// Right-angled lines that carry a link from one piece to a later one.
  private(set) var wires: [[Point]] = []

  private static let laneGap = 7.0
  private static let margin = 10.0
  /// Pictures shorter than this, in points, are never divided.
  private static let comfortableLength = 900.0

  /// Lays out `sketch`, in as many pieces as make the picture neither a ribbon nor a strip.
  init(of sketch: Sketch, direction: Diagram.Direction) throws(DiagramError) {
    if sketch.boxes.isEmpty { return }
    let division = Division(of: sketch, direction: direction)
    // Width over height near 1.1 when columns stand side by side, near 1.6 when rows lie below each other.
    let ideal = direction == .topToBottom ? 1.1 : 1 / 1.6
    var count = 1
    if division.length > Self.comfortableLength, division.length > 2 * division.breadth {
      count = max(1, Int((ideal * division.length / (division.breadth + 20)).squareRoot().rounded()))
    }
    let first = division.pieces(count)
    self = try Composition(sketch, pieces: first, direction: direction)
    let ratio = direction.cross(size) / direction.flow(size)
    guard direction.flow(size) > Self.comfortableLength || first.count > 1, !(0.55...1.5).contains(ratio / ideal) else {
      return
    }
    // The estimate was off; the real extents say by how much.
    let second = division.pieces(max(1, Int((Double(count) * (ideal / ratio).squareRoot()).rounded())))
    if second.count != first.count { self = try Composition(sketch, pieces: second, direction: direction) }
  }

  private init(_ sketch: Sketch, pieces ranges: [Range<Int>], direction: Diagram.Direction) throws(DiagramError) {
    let traffic = Traffic(of: sketch, between: ranges)
    var pieces: [Piece] = []
    for (number, range) in ranges.enumerated() {
      pieces.append(
        try Piece(
          range, of: sketch, links: traffic.links[number], arriving: traffic.arriving[number],
          departing: traffic.departing[number], direction: direction))
    }
    boxes = Array(
      repeating: Rectangle(origin: Point(x: 0, y: 0), size: Size(width: 0, height: 0)), count: sketch.boxes.count)

    let mostArriving = traffic.arriving.map(\.count).max() ?? 0
    let near = mostArriving == 0 ? 0 : Self.margin + Self.laneGap * Double(mostArriving)
    var origins: [Double] = []
    var cross = 0.0
    for (number, piece) in pieces.enumerated() {
      if number > 0 { cross += 2 * Self.margin + Self.laneGap * Double(traffic.arriving[number].count) }
      origins.append(cross)
      place(
        piece, of: sketch, links: traffic.links[number], departing: traffic.departing[number],
        at: direction.point(flow: near, cross: cross))
      cross += direction.cross(piece.layout.size)
    }
    let ends = pieces.map { near + direction.flow($0.layout.size) }
    var end = ends.max() ?? 0

    for (target, piece) in pieces.enumerated() {
      let arrivals = traffic.arriving[target].map { source in
        (source: source, port: piece.port(Piece.arrival(source)) + direction.point(flow: near, cross: origins[target]))
      }
      for (lane, arrival) in arrivals.sorted(by: { direction.cross($0.port) < direction.cross($1.port) }).enumerated() {
        let origin = traffic.piece(of: arrival.source)
        let exit =
          pieces[origin].port(Piece.departure(arrival.source)) + direction.point(flow: near, cross: origins[origin])
        let exitLane = traffic.departing[origin].firstIndex(of: arrival.source) ?? 0
        let above = near - Self.margin / 2 - Self.laneGap * Double(lane)
        let below = (ends[origin..<target].max() ?? 0) + Self.margin / 2 + Self.laneGap * Double(exitLane)
        let gutter = origins[target] - Self.margin - Self.laneGap * Double(lane)
        end = max(end, below)
        wires.append([
          exit, direction.point(flow: below, cross: direction.cross(exit)),
          direction.point(flow: below, cross: gutter), direction.point(flow: above, cross: gutter),
          direction.point(flow: above, cross: direction.cross(arrival.port)), arrival.port,
        ])
      }
    }
    size = direction.size(flow: end, cross: cross)
  }

  /// Takes over a piece's places, moved to `origin`.
  private mutating func place(_ piece: Piece, of sketch: Sketch, links: [Int], departing: [Int], at origin: Point) {
    for index in piece.range {
      guard let center = piece.layout.nodes[Piece.box(index)] else { continue }
      let box = sketch.boxes[index]
      // The sheets of a stack reach beyond the box on two sides, so the box is off the middle of its room.
      let middle = Point(x: center.x - box.stackDepth / 2, y: center.y - box.stackDepth / 2)
      boxes[index] = Rectangle(center: middle + origin, size: box.size)
    }
    for group in sketch.groups.indices {
      guard let frame = piece.layout.clusters[Piece.group(group)] else { continue }
      groups.append((group, frame.moved(by: origin)))
    }
    for index in links {
      let link = sketch.links[index]
      let tail = piece.range.contains(link.source) ? Piece.box(link.source) : Piece.arrival(link.source)
      let curve = piece.layout.edges[Piece.link(index)] ?? piece.straightLine(from: tail, to: Piece.box(link.target))
      self.links.append((link.kind, curve.moved(by: origin)))
    }
    for source in departing {
      let (tail, head) = (Piece.box(source), Piece.departure(source))
      let curve = piece.layout.edges[head] ?? piece.straightLine(from: tail, to: head)
      self.links.append((.flow, curve.moved(by: origin)))
    }
  }
}

extension Piece {
  fileprivate func port(_ name: String) -> Point { layout.nodes[name] ?? Point(x: 0, y: 0) }

  /// What is drawn for an edge that Graphviz could not route: boxes are drawn over its ends.
  fileprivate func straightLine(from tail: String, to head: String) -> Curve {
    let (start, end) = (port(tail), port(head))
    return Curve(points: [start, start, end, end], tip: nil)
  }
}

/// Which links and which boxes' outputs touch each piece of a division.
private struct Traffic {
  /// For each piece the links that end in it.
  private(set) var links: [[Int]]
  /// For each piece the boxes of earlier pieces that it reads.
  private(set) var arriving: [[Int]]
  /// For each piece the boxes of its own that later pieces read.
  private(set) var departing: [[Int]]
  private var pieceOfBox: [Int]

  init(of sketch: Sketch, between ranges: [Range<Int>]) {
    links = Array(repeating: [], count: ranges.count)
    pieceOfBox = []
    for (number, range) in ranges.enumerated() { pieceOfBox += Array(repeating: number, count: range.count) }
    var arriving = Array(repeating: Set<Int>(), count: ranges.count)
    var departing = arriving
    for (index, link) in sketch.links.enumerated() {
      let (origin, target) = (pieceOfBox[link.source], pieceOfBox[link.target])
      links[target].append(index)
      if origin != target {
        arriving[target].insert(link.source)
        departing[origin].insert(link.source)
      }
    }
    self.arriving = arriving.map { $0.sorted() }
    self.departing = departing.map { $0.sorted() }
  }

  func piece(of box: Int) -> Int { pieceOfBox[box] }
}
