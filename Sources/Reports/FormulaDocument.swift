import Analysis
import NetworkGraph
import SymbolicIntegers

/// The machine-readable form of formulas. Keys are stable; every formula is complete, over the symbols of `domain`.
struct FormulaDocument: Encodable, Sendable {
  /// A stage or layer before it is written.
  struct Row: Sendable {
    var name: String
    var operatorName: String?
    var shape: Shape?
    var values: [(FormulaQuantity, Dimension)]
  }
  struct Formula: Encodable, Sendable {
    var quantity: String
    /// In the style asked for; plain text can be read back.
    var formula: String
    /// The same over the names in `sides`.
    var named: String
    /// With nothing rounded; absent where that is no polynomial.
    var smooth: String?
    /// Of memory: the formulas of which the largest is the peak, and the node, or over free repeats the stage, that runs.
    var alternatives: [Alternative]?
  }
  struct Alternative: Encodable, Sendable {
    var formula: String
    var node: String
  }
  struct Group: Encodable, Sendable {
    var name: String
    var `operator`: String?
    var outputShape: [String]?
    var formulas: [Formula]
  }
  struct Side: Encodable, Sendable {
    var name: String
    var formula: String
    var meaning: String
  }
  struct Bound: Encodable, Sendable {
    var symbol: String
    var minimum: Int
    /// The value that gives the network's default input, or the published repeats and width.
    var reference: Int?
    /// The node that smaller sizes leave without output.
    var limitingNode: String?
    /// The setting that a symbol of repeats or width stands for.
    var meaning: String?
  }

  var schema = "convscope.formula/1"
  var model: String
  var input: [String]
  /// Whether the network built at the least sizes gave what the formulas give.
  var confirmed: Bool
  var domain: [Bound]
  /// The least sizes for the formula of memory, by symbol.
  var memoryMinimums: [String: Int]
  var formulas: [Formula]
  var outputShape: [String]?
  var sides: [Side]
  var grouping: String?
  var groups: [Group]?
}

extension FormulaDocument {
  init(
    model: ModelFormulas, whole: [(quantity: FormulaQuantity, formula: Dimension)], rows: [Row], grouping: Grouping,
    style: DimensionStyle.Notation, names: FormulaNames, hasShapes: Bool
  ) {
    let graph = model.formulas.graph
    let style = DimensionStyle(style)
    func written(_ quantity: FormulaQuantity, _ formula: Dimension) -> Formula {
      Formula(
        quantity: quantity.rawValue, formula: formula.formatted(style),
        named: names.applied(to: formula).formatted(style),
        smooth: formula.isConstant ? nil : SmoothForm(formula)?.formatted(style))
    }
    func written(_ shape: Shape?) -> [String]? { shape?.dimensions.map { $0.formatted(style) } }
    self.model = graph.name
    input = graph.inputs.first.flatMap { written(graph.type(of: $0.value).shape) } ?? []
    confirmed = model.isConfirmed
    domain =
      model.domain.bounds.map { bound in
        Bound(
          symbol: bound.symbol.name, minimum: bound.minimum, reference: model.reference[bound.symbol],
          limitingNode: bound.limitingNode.map { graph.path(of: graph.nodes[$0]) })
      }
      + (model.scaling?.variables ?? []).map {
        Bound(symbol: $0.symbol.name, minimum: $0.minimum, reference: $0.value, meaning: $0.meaning)
      }
    memoryMinimums = Dictionary(uniqueKeysWithValues: model.memoryMinimums.map { ($0.key.name, $0.value) })
    formulas = whole.map { quantity, formula in
      var result = written(quantity, formula)
      if quantity == .memory {
        result.alternatives = model.peaks.map { Alternative(formula: $0.bytes.formatted(style), node: $0.place) }
      }
      return result
    }
    outputShape = hasShapes ? graph.outputs.first.flatMap { written(graph.type(of: $0.value).shape) } : nil
    sides = names.entries.map {
      Side(name: $0.symbol.name, formula: $0.definition.formatted(style), meaning: $0.meaning)
    }
    guard grouping != .model else { return }
    self.grouping = grouping.rawValue
    groups = rows.map { row in
      Group(
        name: row.name, operator: row.operatorName, outputShape: hasShapes ? written(row.shape) : nil,
        formulas: row.values.map(written))
    }
  }
}
