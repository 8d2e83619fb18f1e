/// A sketch divided into consecutive pieces that are laid out one by one and set side by side.
///
/// A piece is a range of box indices. Where a link leaves its piece, the picture carries it on: the boxes whose
/// links cross a division are that division's sources. Divisions are looked for where few sources cross and few
/// groups are cut, near the places that make the pieces equally long.
struct Division {
  /// The most boxes at whose links a picture may be divided in one place.
  static let mostSources = 6
  /// Roughly how far two layers of boxes lie apart.
  private static let layerGap = 18.0
  private static let groupMargin = 34.0

  /// How far down the flow the picture has reached after each number of boxes; `reach[0]` is 0.
  private let reach: [Double]
  /// What it costs, in units of one piece's length, to divide after each number of boxes; nil where it is impossible.
  private let cost: [Double?]
  /// The width of an undivided picture, roughly.
  let breadth: Double

  /// How long an undivided picture would be, roughly.
  var length: Double { reach[reach.count - 1] }

  /// Measures `sketch` for pictures whose flow runs along `direction`.
  init(of sketch: Sketch, direction: Diagram.Direction) {
    let boxes = sketch.boxes
    let paths = boxes.indices.map(sketch.enclosingGroups)
    var start = [Double](repeating: 0, count: boxes.count)
    var end = start
    var lastTarget = [Int](repeating: 0, count: boxes.count)
    for index in boxes.indices { lastTarget[index] = index }
    let incoming = sketch.incomingLinks()
    var reach = [0.0]
    var area = 0.0
    var widest = 0.0
    for (index, box) in boxes.enumerated() {
      for link in incoming[index] {
        let source = sketch.links[link].source
        lastTarget[source] = max(lastTarget[source], index)
        let shared = zip(paths[source], paths[index]).prefix { $0 == $1 }.count
        let entered = paths[index].count - shared
        start[index] = max(start[index], end[source] + Self.layerGap + Double(entered) * Self.groupMargin)
      }
      let size = (flow: direction.flow(box.size), cross: direction.cross(box.size))
      end[index] = start[index] + size.flow
      area += (size.flow + Self.layerGap) * (size.cross + 20)
      widest = max(widest, size.cross + 20 * Double(paths[index].count))
      reach.append(max(reach[index], end[index]))
    }
    self.reach = reach
    breadth = max(widest, area / max(reach[boxes.count], 1))
    cost = Self.costs(paths: paths, lastTarget: lastTarget)
  }

  private static func costs(paths: [[Int]], lastTarget: [Int]) -> [Double?] {
    var cost = [Double?](repeating: nil, count: paths.count + 1)
    var open: [Int] = []
    for index in paths.indices.dropLast() {
      open.removeAll { lastTarget[$0] <= index }
      if lastTarget[index] > index { open.append(index) }
      // An empty crossing divides two parts that have nothing to do with each other.
      guard open.count <= mostSources else { continue }
      let cutGroups = zip(paths[index], paths[index + 1]).prefix { $0 == $1 }.count
      cost[index + 1] = 0.25 * Double(max(open.count - 1, 0)) + 0.08 * Double(cutGroups)
    }
    return cost
  }

  /// About `count` pieces of about equal length; fewer and longer ones where places to divide are rare.
  ///
  /// Of all divisions it takes the one with the least sum of squared deviations from the length wanted, as shares of
  /// it and weighted, and costs of the places. Time grows with the boxes times the boxes of a piece.
  func pieces(_ count: Int) -> [Range<Int>] {
    let boxes = cost.count - 1
    guard count > 1, boxes > 1 else { return [0..<boxes] }
    let wanted = length / Double(count)
    // For each number of boxes: the least cost of dividing them, and where the last piece of that division begins.
    var best = [(cost: Double, begin: Int)](repeating: (.infinity, 0), count: boxes + 1)
    best[0].cost = 0
    for end in 1...boxes {
      guard let place = end == boxes ? 0 : cost[end] else { continue }
      for begin in (0..<end).reversed() where best[begin].cost < .infinity {
        let excess = (reach[end] - reach[begin]) / wanted - 1
        // One long piece makes the whole picture longer, a short one only leaves room.
        let total = best[begin].cost + (excess > 0 ? 3 : 1) * excess * excess + place
        if total < best[end].cost { best[end] = (total, begin) }
        // Longer pieces only get worse, once there is one at all.
        if excess > 1, best[end].cost < .infinity { break }
      }
    }
    var pieces: [Range<Int>] = []
    var end = boxes
    while end > 0 {
      pieces.append(best[end].begin..<end)
      end = best[end].begin
    }
    return pieces.reversed()
  }
}
