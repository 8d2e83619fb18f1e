import Analysis
import NetworkGraph
import SymbolicIntegers

/// How formulas are written.
public enum FormulaStyle: String, Sendable, CaseIterable {
  case text, unicode, latex

  var dimension: DimensionStyle {
    switch self {
    case .text: .text
    case .unicode: .unicode
    case .latex: .latex
    }
  }
}

/// What a report of formulas is about.
public enum FormulaSelection: String, Sendable, CaseIterable {
  case parameters, macs, activations, memory, shape, all

  var quantities: [FormulaQuantity] {
    switch self {
    case .parameters: [.parameters]
    case .macs: [.macs]
    case .activations: [.activations]
    case .memory: [.memory]
    case .shape: []
    case .all: FormulaQuantity.allCases
    }
  }

  var hasShapes: Bool { self == .shape || self == .all }
}

extension Report {
  /// The costs of a network as formulas: whole, by stage or by layer, with the sizes for which they hold.
  ///
  /// - Parameter numbers: whether long integers are written in groups of digits follows from the style: formulas of
  ///   `text` and `unicode` for people have groups, those of documents have none, so that programs can read them.
  public static func formulas(
    _ model: ModelFormulas, selection: FormulaSelection, grouping: Grouping, style: FormulaStyle
  ) -> Report {
    FormulaWriter(model, selection: selection, grouping: grouping, style: style).report()
  }
}

/// Lays out one report of formulas.
private struct FormulaWriter {
  let model: ModelFormulas
  let selection: FormulaSelection
  let grouping: Grouping
  let style: DimensionStyle
  let whole: [(quantity: FormulaQuantity, formula: Dimension)]
  let groups: [FormulaDocument.Row]
  let names: FormulaNames

  init(_ model: ModelFormulas, selection: FormulaSelection, grouping: Grouping, style: FormulaStyle) {
    self.model = model
    self.selection = selection
    self.grouping = grouping
    self.style = style.dimension.grouped
    let formulas = model.formulas
    whole = selection.quantities.compactMap { quantity in
      (model.scaling?.formulas[quantity] ?? formulas.total(quantity)).map { (quantity, $0) }
    }
    let groups = grouping == .model && !selection.hasShapes ? [] : formulas.graph.groups(by: grouping)
    self.groups = groups.map { group in
      FormulaDocument.Row(
        name: group.name, operatorName: group.operatorName,
        shape: formulas.graph.outputType(of: group).flatMap { $0.isKnown ? $0.shape : nil },
        values: grouping == .model
          ? []
          : selection.quantities.compactMap { quantity in
            formulas.value(quantity, of: group).map { (quantity, $0) }
          })
    }
    let rows = self.groups.flatMap { $0.values.map(\.1) + (selection.hasShapes ? $0.shape?.dimensions ?? [] : []) }
    names = FormulaNames(whole.map(\.formula) + rows, reference: Self.bindings(model))
  }

  func report() -> Report {
    var tables = whole.map(table)
    if let table = groupTable { tables.append(table) }
    if let table = sideTable { tables.append(table) }
    tables.append(domainTable)
    let graph = model.formulas.graph
    let document = FormulaDocument(
      model: model, whole: whole, rows: grouping == .model ? [] : groups, grouping: grouping, style: style.notation,
      names: names, hasShapes: selection.hasShapes)
    return Report(
      title: "\(graph.name), input \(Report.inputText(graph))", tables: tables.filter { !$0.rows.isEmpty },
      data: dataTable, notes: notes, document: document)
  }

  // MARK: Tables

  /// One formula, broken into lines.
  private func table(_ quantity: FormulaQuantity, _ formula: Dimension) -> Table {
    var rows: [[Cell]] = []
    func add(_ sign: String, _ text: String) {
      for (index, line) in brokenFormula(text, columns: 96).enumerated() {
        rows.append([.text(index == 0 ? sign : ""), .text(line)])
      }
    }
    let alternatives = quantity == .memory ? model.peaks : []
    if alternatives.count > 1 {
      for (index, alternative) in alternatives.enumerated() {
        let text = names.applied(to: alternative.bytes).formatted(style)
        let lines = brokenFormula(text, columns: 80)
        for (line, part) in lines.enumerated() {
          let place = line == lines.count - 1 ? "  while \(alternative.place) runs" : ""
          rows.append([.text(line > 0 ? "" : index == 0 ? "= max of" : "and"), .text(part + place)])
        }
      }
    } else {
      add("=", names.applied(to: formula).formatted(style))
    }
    if !formula.roundedQuotients.isEmpty, let smooth = SmoothForm(formula) {
      add(style.notation == .text ? "~" : style.notation == .unicode ? "≈" : "\\approx", smooth.formatted(style))
    }
    if let value = try? formula.evaluated(with: bindings), !formula.isConstant {
      rows.append([.text(""), .text("\(Quantity(Dimension(value)).exact) at \(sizes)")])
    }
    return Table(
      title: "\(quantity.rawValue): \(quantity.definition)", columns: [Table.Column("", ""), Table.Column("", "")],
      rows: rows)
  }

  private var groupTable: Table? {
    guard !groups.isEmpty else { return nil }
    var columns = [Table.Column("name", grouping.rawValue)]
    if grouping == .layer { columns.append(Table.Column("operator", "operator")) }
    if selection.hasShapes { columns.append(Table.Column("output_shape", "output", isNumeric: true)) }
    let quantities = grouping == .model ? [] : whole.map(\.quantity)
    columns += quantities.map { Table.Column($0.rawValue, $0.rawValue, isNumeric: true) }
    let rows = groups.map { group -> [Cell] in
      var cells: [Cell] = [.text(group.name)]
      if grouping == .layer { cells.append(.text(group.operatorName ?? "")) }
      if selection.hasShapes { cells.append(group.shape.map { .text(text(of: $0)) } ?? .text("unknown")) }
      return cells
        + quantities.map { quantity in
          group.values.first { $0.0 == quantity }.map { .text(names.applied(to: $0.1).formatted(style)) } ?? .empty
        }
    }
    return Table(title: grouping == .model ? "" : "by \(grouping.rawValue)", columns: columns, rows: rows)
  }

  private func text(of shape: Shape) -> String {
    let sides = shape.dimensions.map { dimension -> String in
      let text = names.applied(to: dimension).formatted(DimensionStyle(style.notation))
      let isSimple = text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "{" || $0 == "}" }
      return isSimple ? text : "(\(text))"
    }
    return sides.joined(separator: style.notation == .text ? "x" : style.notation == .unicode ? "×" : " \\times ")
  }

  /// What the names stand for.
  private var sideTable: Table? {
    guard !names.entries.isEmpty else { return nil }
    return Table(
      title: "where",
      columns: [
        Table.Column("name", "name"), Table.Column("formula", "formula"), Table.Column("meaning", "that is"),
        Table.Column("value", "at \(sizes)", isNumeric: true),
      ],
      rows: names.entries.map { entry in
        [
          .text(Dimension(entry.symbol).formatted(style)), .text(entry.definition.formatted(style)),
          .text(entry.meaning), entry.value.map { .text(Quantity(Dimension($0)).exact) } ?? .empty,
        ]
      })
  }

  private var domainTable: Table {
    let order = Dictionary(uniqueKeysWithValues: symbols.enumerated().map { ($1, $0) })
    let bounds = model.domain.bounds.sorted { order[$0.symbol, default: 0] < order[$1.symbol, default: 0] }
    var rows: [[Cell]] = bounds.map { bound in
      let reason = bound.limitingNode.map { id in
        let node = model.formulas.graph.nodes[id]
        return "below, \(model.formulas.graph.path(of: node)) (\(node.operation.semantics.name)) has no output"
      }
      return [
        .text(Dimension(bound.symbol).formatted(style)), .text("\(bound.minimum)"), .text(meaning(of: bound.symbol)),
        .text(reason ?? (bound.minimum > 1 ? "below, the network is another" : "")),
      ]
    }
    for variable in model.scaling?.variables ?? [] {
      rows.append([
        .text(Dimension(variable.symbol).formatted(style)), .text("\(variable.minimum)"),
        .text("\(variable.meaning), published \(variable.value)"), .empty,
      ])
    }
    return Table(
      title: "holds for",
      columns: [
        Table.Column("symbol", "symbol"), Table.Column("least", "least", isNumeric: true),
        Table.Column("meaning", "meaning"), Table.Column("reason", "why no less"),
      ], rows: rows)
  }

  private func meaning(of symbol: Symbol) -> String {
    let graph = model.formulas.graph
    let axes = ["batch", "channels"]
    for port in graph.inputs {
      let shape = graph.type(of: port.value).shape
      for (axis, dimension) in shape.dimensions.enumerated() where dimension.symbols.contains(symbol) {
        let name =
          axis < 2 ? axes[axis] : shape.rank == 4 ? ["image height", "image width"][axis - 2] : "input axis \(axis)"
        return dimension == Dimension(symbol) ? name : "\(name) = \(dimension.formatted(style))"
      }
    }
    return ""
  }

  private var notes: [String] {
    var notes = Report.notes(model.formulas.analysis)
    let sized = model.formulas.sizedParameters
    if let first = sized.first {
      let others = sized.count > 1 ? " and \(sized.count - 1) more" : ""
      notes.append(
        "Parameters that grow with the input: \(model.formulas.graph.name(of: first))\(others). "
          + "Weights trained at one size fit that size alone; the formula counts a table for each size.")
    }
    if !model.isConfirmed, !model.domain.bounds.isEmpty {
      notes.append(
        "The formulas were read from the network with symbols and not checked against one built at the least sizes.")
    }
    let hasMemory = whole.contains { $0.quantity == .memory }
    let raised = model.memoryMinimums.filter { $0.value > model.minimums[$0.key] ?? 1 }.sorted { $0.key < $1.key }
    if hasMemory, !raised.isEmpty {
      let variables = model.scaling?.variables ?? []
      let isPublishedBelow = variables.contains { $0.value < model.memoryMinimums[$0.symbol] ?? 1 }
      notes.append(
        "The formula of memory holds from \(raised.map { "\($0.key) = \($0.value)" }.joined(separator: ", ")) on"
          + (isPublishedBelow ? " and for the published repeats" : "") + ": below, the peak lies elsewhere.")
    }
    if hasMemory, !model.isMemoryConfirmed, model.isConfirmed {
      notes.append("The formula of memory was not confirmed by a network built at these sizes.")
    }
    if selection == .memory || selection == .all, !hasMemory {
      notes.append("The formula of memory is too large to be written.")
    }
    return notes + (model.scaling?.notes ?? [])
  }

  /// One row for each quantity and group: what programs read.
  private var dataTable: Table {
    func row(_ name: String, _ quantity: String, _ formula: Dimension) -> [Cell] {
      [.text(name), .text(quantity), .text(formula.formatted(DimensionStyle(style.notation)))]
    }
    let graph = model.formulas.graph
    var rows = whole.map { row(graph.name, $0.quantity.rawValue, $0.formula) }
    for group in groups {
      if selection.hasShapes, let shape = group.shape {
        rows.append([.text(group.name), .text("shape"), .text(shape.description)])
      }
      if grouping != .model { rows += group.values.map { row(group.name, $0.0.rawValue, $0.1) } }
    }
    return Table(
      columns: [
        Table.Column("name", "name"), Table.Column("quantity", "quantity"), Table.Column("formula", "formula"),
      ], rows: rows)
  }

  // MARK: Sizes

  private var bindings: [Symbol: Int] { Self.bindings(model) }

  private static func bindings(_ model: ModelFormulas) -> [Symbol: Int] {
    var bindings = model.reference
    for variable in model.scaling?.variables ?? [] { bindings[variable.symbol] = variable.value }
    return bindings
  }

  /// The symbols in the order of the input's axes, then those of repeats and width.
  private var symbols: [Symbol] {
    let axes = model.formulas.graph.inputs.flatMap { model.formulas.graph.type(of: $0.value).shape.dimensions }
    let all = axes.flatMap(\.symbols) + model.domain.bounds.map(\.symbol)
    let variables = (model.scaling?.variables ?? []).map(\.symbol)
    var seen: Set<Symbol> = []
    return (all + variables).filter { seen.insert($0).inserted }
  }

  private var sizes: String {
    symbols.map { "\($0)=\(bindings[$0] ?? 1)" }.joined(separator: ", ")
  }
}
