/// A small chart over two numeric axes: lines, staircases, bars and points, with labelled marks.
///
/// A chart is a value; ``svg()`` draws it. Equal charts give equal bytes on every machine: no installed font, locale or
/// clock has a say. Its size does not depend on the number of points, and no value breaks it: what is not a finite number
/// is left out, and a name is cut where it would leave the picture.
public struct Chart: Hashable, Sendable {
  /// A place in the axes' units.
  public struct Point: Hashable, Sendable {
    public var x: Double
    public var y: Double

    public init(_ x: Double, _ y: Double) {
      self.x = x
      self.y = y
    }
  }

  /// One of the two directions.
  public struct Axis: Hashable, Sendable {
    /// What the numbers are, such as `input side H, pixels`.
    public var title: String
    /// The unit behind the SI prefix of a tick's label, such as `B` for `12 MB`; empty for plain counts.
    public var unit: String
    /// Whether the axis begins at zero (or reaches it from below) whatever the values are.
    public var includesZero: Bool

    public init(_ title: String, unit: String = "", includesZero: Bool = true) {
      self.title = title
      self.unit = unit
      self.includesZero = includesZero
    }
  }

  /// Points of one colour under one name.
  public struct Series: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
      /// Points joined by straight lines, by ascending x.
      case line
      /// A staircase: each value holds from its x to the next point's. The last point only ends the one before it.
      case steps
      /// An upright bar at every x; several such series share the room of one.
      case bars
      /// A dot at every point.
      case points
    }

    /// What the legend says; without a name the series is not in it.
    public var name: String
    public var kind: Kind
    public var points: [Point]
    /// Whether a line or staircase is dashed.
    public var isDashed: Bool
    /// Whether the area between a line or staircase and zero is tinted.
    public var isFilled: Bool

    public init(_ name: String, _ kind: Kind, _ points: [Point], isDashed: Bool = false, isFilled: Bool = false) {
      self.name = name
      self.kind = kind
      self.points = points
      self.isDashed = isDashed
      self.isFilled = isFilled
    }
  }

  /// A point with words beside it.
  public struct Mark: Hashable, Sendable {
    public var point: Point
    public var text: String

    public init(_ point: Point, _ text: String) {
      self.point = point
      self.text = text
    }
  }

  public var title: String
  /// Lines below the title.
  public var subtitle: [String]
  public var horizontal: Axis
  public var vertical: Axis
  public var series: [Series]
  public var marks: [Mark]

  public init(
    title: String, subtitle: [String] = [], horizontal: Axis, vertical: Axis, series: [Series], marks: [Mark] = []
  ) {
    self.title = title
    self.subtitle = subtitle
    self.horizontal = horizontal
    self.vertical = vertical
    self.series = series
    self.marks = marks
  }

  /// The picture on a white ground, as an SVG document that ends with a line break.
  ///
  /// At most 24 series, 40 marks and 4 subtitles are drawn; of the points those that change what is seen.
  public func svg() -> String { ChartDrawing(self).document() }
}
