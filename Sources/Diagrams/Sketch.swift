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
    /// The label, from top to bottom. A `.pill` shows one line.
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
    /// One small line: an elementwise step, a pool, a change of view.
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
  /// The room the box takes: its lines and a margin, and for a stack the sheets behind it.
  var size: Size {
    let widths = lines.map { TextMetrics.width(of: $0.text, size: $0.style.size, bold: $0.style.isBold) }
    let text = Size(width: widths.max() ?? 0, height: lines.reduce(0) { $0 + $1.style.leading })
    switch form {
    case .card, .unknown: return Size(width: max(text.width + 18, 60), height: text.height + 9)
    case .terminal: return Size(width: text.width + 26, height: text.height + 8)
    case .pill: return Size(width: text.width + 16, height: text.height + 5)
    case .addition, .multiplication, .concatenation:
      return Size(width: text.width + 20 + Sketch.Box.iconRoom, height: text.height + 6)
    }
  }

  /// The width set aside for the sign in front of a junction's text.
  static let iconRoom = 13.0

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
