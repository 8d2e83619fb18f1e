/// What a picture shows, before anything has a place: boxes in topological order, the groups around them, the links
/// between them.
///
/// A sketch knows nothing of networks. Links run from a lower box index to a higher one; a group's parent has a lower
/// index than the group.
struct Sketch: Equatable {
  var boxes: [Box] = []
  var groups: [Group] = []
  var links: [Link] = []

  /// One thing with a label.
  struct Box: Equatable {
    var form: Form
    /// The label: from top to bottom, or from left to right where the form is a single row.
    var lines: [Line]
    /// How strongly the box is coloured, from 0 to 1; nil leaves it neutral.
    var heat: Double?
    /// How many equal things the box stands for; more than one is drawn as a stack.
    var copies = 1
    /// The innermost group the box belongs to, as an index.
    var group: Int?
    /// What a pointer resting on the box reads.
    var tooltip = ""
  }

  enum Form: Equatable {
    /// A rectangle of several lines: something that computes.
    case card
    /// One small row: an elementwise step, a pool, a change of view.
    case pill
    /// A pill marked as an elementwise sum.
    case addition
    /// A pill marked as an elementwise product.
    case multiplication
    /// A pill marked as a concatenation.
    case concatenation
    /// An input or an output of the network.
    case terminal
    /// Something the network holds that nothing could be said about.
    case unknown

    /// Whether the label is one row rather than lines below each other.
    var isRow: Bool {
      switch self {
      case .pill, .addition, .multiplication, .concatenation: true
      case .card, .terminal, .unknown: false
      }
    }
  }

  struct Line: Equatable {
    enum Style { case title, body, muted }
    var text: String
    var style: Style
  }

  struct Group: Equatable {
    var title: String
    /// Shown after the title in a quieter tone.
    var subtitle = ""
    var parent: Int?
    var tooltip = ""
  }

  struct Link: Equatable {
    enum Kind { case flow, shortcut }
    var source: Int
    var target: Int
    var kind = Kind.flow
  }

  /// The groups around `box`, outermost first.
  func enclosingGroups(of box: Int) -> [Int] {
    var path: [Int] = []
    var next = boxes[box].group
    while let group = next {
      path.append(group)
      next = groups[group].parent
    }
    return path.reversed()
  }

  /// For each box the links that end at it, as indices.
  func incomingLinks() -> [[Int]] {
    var incoming = [[Int]](repeating: [], count: boxes.count)
    for (index, link) in links.enumerated() { incoming[link.target].append(index) }
    return incoming
  }
}

extension Sketch.Line {
  var width: Double { TextMetrics.width(of: text, size: style.size, bold: style.isBold) }
}

extension Sketch.Line.Style {
  /// The size of the letters in points.
  var size: Double {
    switch self {
    case .title: 11
    case .body: 9.5
    case .muted: 8.5
    }
  }

  /// The distance from this line's top to the next line's.
  var leading: Double { size * 1.3 }

  var isBold: Bool { self == .title }
}

extension Sketch.Box {
  /// The room the box takes: its label and a margin.
  var size: Size {
    let text = textSize
    switch form {
    case .card, .unknown:
      // The badge of a stack sits beside the title, which stays in the middle.
      let title = (lines.first?.width ?? 0) + (copies > 1 ? 2 * (badgeWidth + 4) : 0)
      return Size(width: max(text.width, title, 42) + 18, height: text.height + 9)
    case .terminal: return Size(width: text.width + 26, height: text.height + 8)
    case .pill: return Size(width: text.width + 16, height: text.height + 5)
    case .addition, .multiplication, .concatenation:
      return Size(width: text.width + 20 + Sketch.Box.signRoom, height: text.height + 6)
    }
  }

  /// The room the label takes.
  var textSize: Size {
    let widths = lines.map(\.width)
    let leadings = lines.map(\.style.leading)
    return form.isRow
      ? Size(width: widths.reduce(-Sketch.Box.wordGap) { $0 + $1 + Sketch.Box.wordGap }, height: leadings.max() ?? 0)
      : Size(width: widths.max() ?? 0, height: leadings.reduce(0, +))
  }

  /// The distance between the parts of a row.
  static let wordGap = 6.0
  /// The width set aside for the sign in front of a junction's text.
  static let signRoom = 13.0

  /// What a stack's badge reads.
  var badge: String { "×\(copies)" }
  var badgeWidth: Double { TextMetrics.width(of: badge, size: 9, bold: true) + 8 }

  /// How far the sheets of a stack reach beyond the box, to the right and downwards.
  var stackDepth: Double { copies > 1 ? 6 : 0 }
}

extension Sketch.Group {
  static let titleSize = 10.0
  static let subtitleSize = 9.0

  /// The room the heading takes inside the group's frame.
  var headingSize: Size {
    let title = TextMetrics.width(of: title, size: Self.titleSize, bold: true)
    let subtitle = subtitle.isEmpty ? 0 : 8 + TextMetrics.width(of: subtitle, size: Self.subtitleSize)
    return Size(width: title + subtitle, height: Self.titleSize * 1.3)
  }
}
