/// Finds room for the words of marks: beside their point where that is free, else above it with a line that leads there.
struct MarkPlacement {
  private struct Box {
    var left: Double
    var right: Double
    var top: Double
    var bottom: Double

    func overlaps(_ other: Box) -> Bool {
      left < other.right && other.left < right && top < other.bottom && other.top < bottom
    }
  }

  struct Spot {
    /// Where the text's baseline begins.
    var origin: Chart.Point
    /// Where the line from the point ends; nil when the text is beside the point.
    var leader: Chart.Point?
  }

  private let bounds: Box
  private var taken: [Box] = []

  init(left: Double, right: Double, top: Double, bottom: Double) {
    bounds = Box(left: left, right: right, top: top - 10, bottom: bottom)
  }

  /// Keeps words off a point.
  mutating func reserve(_ point: Chart.Point) {
    taken.append(Box(left: point.x - 5, right: point.x + 5, top: point.y - 5, bottom: point.y + 5))
  }

  /// A place for `text`, taken from then on; nil where none is left within reach.
  mutating func spot(for text: String, size: Double, at point: Chart.Point) -> Spot? {
    let width = TextRoom.width(of: text, size: size)
    let height = size + 3
    // Right, left, above, below; then ever farther up and down.
    var candidates: [(x: Double, y: Double, isFar: Bool)] = [
      (point.x + 8, point.y - height / 2, false), (point.x - 8 - width, point.y - height / 2, false),
      (point.x - width / 2, point.y - 7 - height, false), (point.x - width / 2, point.y + 7, false),
    ]
    for distance in 1...14 {
      for (shift, side) in [(8, -1), (-8 - width, -1), (8, 1), (-8 - width, 1)] {
        let y = point.y + Double(side) * (Double(distance) * (height + 1) + 8) - height / 2
        candidates.append((point.x + shift, y, true))
      }
    }
    for candidate in candidates {
      let box = Box(
        left: candidate.x, right: candidate.x + width, top: candidate.y, bottom: candidate.y + height)
      guard box.left >= bounds.left, box.right <= bounds.right + 24, box.top >= bounds.top, box.bottom <= bounds.bottom,
        !taken.contains(where: box.overlaps)
      else { continue }
      taken.append(box)
      let anchor = Chart.Point(candidate.x < point.x ? box.right : box.left, (box.top + box.bottom) / 2)
      return Spot(
        origin: .init(box.left, box.bottom - 4), leader: candidate.isFar ? anchor : nil)
    }
    return nil
  }
}
