/// A place on the picture in points (1/72 inch), y downwards.
struct Point: Equatable {
  var x: Double
  var y: Double

  static func + (a: Point, b: Point) -> Point { Point(x: a.x + b.x, y: a.y + b.y) }
}

/// A width and a height in points.
struct Size: Equatable {
  var width: Double
  var height: Double
}

/// An axis-parallel rectangle in points: its least corner and its size.
struct Rectangle: Equatable {
  var origin: Point
  var size: Size

  var center: Point { Point(x: origin.x + size.width / 2, y: origin.y + size.height / 2) }
  var right: Double { origin.x + size.width }
  var bottom: Double { origin.y + size.height }

  init(origin: Point, size: Size) {
    self.origin = origin
    self.size = size
  }

  init(center: Point, size: Size) {
    self.init(origin: Point(x: center.x - size.width / 2, y: center.y - size.height / 2), size: size)
  }

  func moved(by offset: Point) -> Rectangle { Rectangle(origin: origin + offset, size: size) }
}

/// A drawn connection: a start, then cubic Bézier segments of three points each, then where its arrow points.
struct Curve: Equatable {
  var points: [Point]
  var tip: Point?

  func moved(by offset: Point) -> Curve {
    Curve(points: points.map { $0 + offset }, tip: tip.map { $0 + offset })
  }
}
