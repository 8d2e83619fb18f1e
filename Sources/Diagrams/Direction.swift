extension Diagram {
  /// Where a picture's flow runs.
  public enum Direction: String, CaseIterable, Sendable {
    case topToBottom = "top-to-bottom"
    case leftToRight = "left-to-right"
  }
}

/// Places and sizes seen along the flow: `flow` grows with the network's depth, `cross` runs across it.
///
/// Everything that divides and composes a picture is written in these terms, so one rule serves both directions.
extension Diagram.Direction {
  func flow(_ point: Point) -> Double { self == .topToBottom ? point.y : point.x }
  func cross(_ point: Point) -> Double { self == .topToBottom ? point.x : point.y }
  func flow(_ size: Size) -> Double { self == .topToBottom ? size.height : size.width }
  func cross(_ size: Size) -> Double { self == .topToBottom ? size.width : size.height }

  func point(flow: Double, cross: Double) -> Point {
    self == .topToBottom ? Point(x: cross, y: flow) : Point(x: flow, y: cross)
  }

  func size(flow: Double, cross: Double) -> Size {
    self == .topToBottom ? Size(width: cross, height: flow) : Size(width: flow, height: cross)
  }
}
