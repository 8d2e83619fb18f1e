extension DOTDocument {
  /// A sketch as a document that stands alone: labels, colours and groups, for any tool that reads DOT.
  init(labelling sketch: Sketch, title: String, direction: Diagram.Direction) {
    attributes = [
      "rankdir": direction == .topToBottom ? "TB" : "LR", "label": .text(title), "labelloc": "t", "fontsize": "18",
      "fontname": .text(SVG.fontFamily), "nodesep": "0.2", "ranksep": "0.3", "nslimit": "4", "nslimit1": "4",
    ]
    nodeDefaults = [
      "shape": "box", "style": "rounded,filled", "fontname": .text(SVG.fontFamily), "margin": "0.12,0.05",
      "height": "0.2", "width": "0.4",
    ]
    edgeDefaults = ["arrowsize": "0.6", "color": .text(Palette.line)]
    var members: [Int?: [DOTStatement]] = [:]
    for (index, box) in sketch.boxes.enumerated() {
      var (fill, frame) = Palette.colors(of: box.form)
      if let heat = box.heat { fill = Palette.color(heat: heat) }
      members[box.group, default: []].append(
        .node(
          name: Piece.box(index),
          [
            "label": .markup(Self.markup(box)), "fillcolor": .text(fill), "color": .text(frame),
            "tooltip": .text(box.tooltip), "peripheries": box.copies > 1 ? "2" : "1",
          ]))
    }
    for (index, group) in sketch.groups.enumerated().reversed() {
      let cluster = DOTStatement.cluster(
        name: Piece.group(index),
        [
          "label": .text(group.subtitle.isEmpty ? group.title : "\(group.title)  \(group.subtitle)"), "labeljust": "l",
          "fontsize": "10", "style": "rounded,filled", "fillcolor": .text(Palette.groupFills[0]),
          "color": .text(Palette.groupFrame),
        ], members[index] ?? [])
      members[group.parent, default: []].append(cluster)
    }
    content = members[nil] ?? []
    edges = sketch.links.map { link in
      DOTEdge(
        tail: Piece.box(link.source), head: Piece.box(link.target),
        attributes: link.kind == .flow ? [:] : ["color": .text(Palette.shortcut)])
    }
  }

  /// A box's lines as an HTML-like label.
  private static func markup(_ box: Sketch.Box) -> String {
    let sign = Drawing.letter(of: box.form).map { "\($0) " } ?? ""
    let lines = box.lines.map { line in
      let text = "<FONT POINT-SIZE=\"\(Decimal.text(line.style.size))\">\(Escaping.xml(line.text))</FONT>"
      return line.style.isBold ? "<B>\(text)</B>" : text
    }
    let badge = box.copies > 1 ? "<B>\(box.badge)</B> " : ""
    return sign + badge + lines.joined(separator: box.form.isRow ? " " : "<BR/>")
  }
}
