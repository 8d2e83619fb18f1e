/// One piece of a divided sketch, laid out: a column or a row of the picture.
struct Piece {
  /// The boxes of the sketch it holds.
  let range: Range<Int>
  /// Where its parts lie, from its own origin.
  let layout: GraphvizLayout

  /// The most links, each counted once per layer it passes, that one piece may have. Layout time grows faster than
  /// this number; at the limit it is about a second.
  private static let mostLinkLayers = 12_000
  private static let portSize = 0.72

  /// Lays out `range` of `sketch`. Links from before the range start at ports on its near side, one for each of the
  /// `arriving` boxes; links that leave it end at ports on its far side, one for each of the `departing` boxes.
  /// - Throws: `DiagramError.tooComplex` before the layout would take long, `DiagramError.layoutFailed`.
  init(
    _ range: Range<Int>, of sketch: Sketch, links: [Int], arriving: [Int], departing: [Int],
    direction: Diagram.Direction
  ) throws(DiagramError) {
    self.range = range
    let inner = links.filter { range.contains(sketch.links[$0].source) && range.contains(sketch.links[$0].target) }
    guard Self.linkLayers(inner, of: sketch, in: range) <= Self.mostLinkLayers else {
      throw .tooComplex(boxes: range.count, links: inner.count)
    }
    var document = DOTDocument()
    document.attributes = Self.attributes(direction)
    document.nodeDefaults = ["shape": "box", "fixedsize": "true", "label": "", "margin": "0"]
    document.edgeDefaults = ["arrowsize": "0.5", "weight": "4"]
    document.content = Self.nodes(in: range, of: sketch)
    let side = DOTAttributes.Value.number(Self.portSize / 72)
    for name in arriving.map(Self.arrival) + departing.map(Self.departure) {
      document.content.append(.node(name: name, ["height": side, "width": side]))
    }
    document.edges = links.map { index in
      let link = sketch.links[index]
      let tail = range.contains(link.source) ? Self.box(link.source) : Self.arrival(link.source)
      let weight: DOTAttributes.Value = link.kind == .flow ? "4" : "1"
      return DOTEdge(
        tail: tail, head: Self.box(link.target), attributes: ["id": .text(Self.link(index)), "weight": weight])
    }
    document.edges += departing.map { source in
      DOTEdge(
        tail: Self.box(source), head: Self.departure(source),
        attributes: ["dir": "none", "id": .text(Self.departure(source))])
    }
    Self.align(&document, range, inner: inner.map { sketch.links[$0] }, arriving: arriving, departing: departing)
    layout = try GraphvizLayout(dot: document.text)
  }

  static func box(_ index: Int) -> String { "b\(index)" }
  static func group(_ index: Int) -> String { "cluster\(index)" }
  static func link(_ index: Int) -> String { "l\(index)" }
  static func arrival(_ source: Int) -> String { "a\(source)" }
  static func departure(_ source: Int) -> String { "d\(source)" }

  private static func attributes(_ direction: Diagram.Direction) -> DOTAttributes {
    // The limits bound the network simplex, which could otherwise run for minutes on dense graphs.
    [
      "rankdir": direction == .topToBottom ? "TB" : "LR", "nodesep": "0.16", "ranksep": "0.2", "splines": "true",
      "nslimit": "4", "nslimit1": "4", "mclimit": "0.5", "searchsize": "30",
    ]
  }

  /// Pulls the ports to the piece's edges with invisible links: arrivals to the near one, departures to the far one.
  ///
  /// Graphviz's own means, `rank=source` and `rank=sink`, abort the process when clusters are about.
  private static func align(
    _ document: inout DOTDocument, _ range: Range<Int>, inner: [Sketch.Link], arriving: [Int], departing: [Int]
  ) {
    func pull(_ tail: String, _ head: String, weight: DOTAttributes.Value) {
      document.edges.append(DOTEdge(tail: tail, head: head, attributes: ["style": "invis", "weight": weight]))
    }
    let anchor: DOTAttributes = ["height": "0.01", "style": "invis", "width": "0.01"]
    if arriving.count > 1 {
      document.content.append(.node(name: "near", anchor))
      for source in arriving { pull("near", arrival(source), weight: "1000") }
    }
    let ends = Set(range).subtracting(inner.map(\.source)).subtracting(departing)
    if departing.count > 1 || !departing.isEmpty && !ends.isEmpty {
      document.content.append(.node(name: "far", anchor))
      for source in departing { pull(departure(source), "far", weight: "1000") }
      for end in ends.sorted() { pull(box(end), "far", weight: "0") }
    }
  }

  /// The boxes of `range` as nodes, inside their groups as clusters; a group holds its boxes in order.
  private static func nodes(in range: Range<Int>, of sketch: Sketch) -> [DOTStatement] {
    var members: [Int?: [DOTStatement]] = [:]
    var groups: Set<Int> = []
    for index in range {
      let box = sketch.boxes[index]
      let width = DOTAttributes.Value.number((box.size.width + box.stackDepth) / 72)
      let height = DOTAttributes.Value.number((box.size.height + box.stackDepth) / 72)
      members[box.group, default: []].append(.node(name: Self.box(index), ["height": height, "width": width]))
      groups.formUnion(sketch.enclosingGroups(of: index))
    }
    // A group's parent has a lower index, so going down the indices meets every group after all inside it.
    for index in groups.sorted(by: >) {
      let group = sketch.groups[index]
      let cluster = DOTStatement.cluster(
        name: Self.group(index), ["label": .markup(spacer(group.headingSize)), "labeljust": "l", "margin": "7"],
        members[index] ?? [])
      members[group.parent, default: []].append(cluster)
    }
    return members[nil] ?? []
  }

  /// An empty table of a given size: room for a heading that is drawn later.
  private static func spacer(_ size: Size) -> String {
    let width = Decimal.text(size.width.rounded(.up), places: 0)
    let height = Decimal.text(size.height.rounded(.up), places: 0)
    return "<TABLE BORDER=\"0\" CELLPADDING=\"0\" CELLSPACING=\"0\" FIXEDSIZE=\"TRUE\" HEIGHT=\"\(height)\" "
      + "WIDTH=\"\(width)\"><TR><TD></TD></TR></TABLE>"
  }

  /// How many layers the links pass, summed: the number of places Graphviz will have to find.
  private static func linkLayers(_ links: [Int], of sketch: Sketch, in range: Range<Int>) -> Int {
    var layer = [Int](repeating: 0, count: range.count)
    // Links run to higher indices, so in order of their targets every source's layer is final when it is read.
    for index in links.sorted(by: { sketch.links[$0].target < sketch.links[$1].target }) {
      let (source, target) = (sketch.links[index].source, sketch.links[index].target)
      layer[target - range.lowerBound] = max(layer[target - range.lowerBound], layer[source - range.lowerBound] + 1)
    }
    return links.reduce(range.count) { sum, index in
      let link = sketch.links[index]
      return sum + layer[link.target - range.lowerBound] - layer[link.source - range.lowerBound]
    }
  }
}
