/// A quantity over the steps of a run, stacked from its largest contributions: what is live while a network runs.
///
/// A value; ``svg()`` draws it. Equal charts give equal bytes on every machine. Its size does not depend on the number of
/// steps: of more than fit side by side, the highest of each column is drawn.
public struct TimelineChart: Hashable, Sendable {
  /// A contribution of one height over some steps, drawn in a colour of its own, numbered and named beside the picture.
  public struct Band: Hashable, Sendable {
    public var name: String
    /// Words below the name.
    public var detail: String
    public var steps: Range<Int>
    public var height: Double

    public init(_ name: String, _ detail: String, _ steps: Range<Int>, height: Double) {
      self.name = name
      self.detail = detail
      self.steps = steps
      self.height = height
    }
  }

  /// A stretch of the run, from its first step to the next section.
  public struct Section: Hashable, Sendable {
    public var name: String
    public var start: Int

    public init(_ name: String, start: Int) {
      self.name = name
      self.start = start
    }
  }

  public var title: String
  /// Lines below the title.
  public var subtitle: [String]
  public var horizontalTitle: String
  public var vertical: Chart.Axis
  /// The whole height at every step: at least the sum of the bands there.
  public var totals: [Double]
  public var bands: [Band]
  public var sections: [Section]
  /// Words at the highest step.
  public var peakLabel: String

  public init(
    title: String, subtitle: [String] = [], horizontalTitle: String, vertical: Chart.Axis, totals: [Double],
    bands: [Band], sections: [Section] = [], peakLabel: String = ""
  ) {
    self.title = title
    self.subtitle = subtitle
    self.horizontalTitle = horizontalTitle
    self.vertical = vertical
    self.totals = totals
    self.bands = bands
    self.sections = sections
    self.peakLabel = peakLabel
  }

  /// The picture on a white ground, as an SVG document that ends with a line break. At most 8 bands and 4 subtitles are
  /// drawn.
  public func svg() -> String { TimelineDrawing(self).document() }
}
