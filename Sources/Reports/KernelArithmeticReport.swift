import Analysis
import NetworkGraph
import SymbolicIntegers

/// Two blocks beside one another with what each costs.
public struct ComparedBlocks: Sendable {
  public var comparison: KernelComparison
  public var left: BlockMeasures
  public var right: BlockMeasures

  public init(_ comparison: KernelComparison, left: BlockMeasures, right: BlockMeasures) {
    self.comparison = comparison
    self.left = left
    self.right = right
  }
}

/// The machine-readable form of kernel arithmetic.
private struct KernelDocument: Encodable, Sendable {
  struct Block: Encodable, Sendable {
    var block: String
    /// Height and width; null where a position sees the whole map.
    var receptiveField: [ExactFraction]?
    var parameters: ExactFraction
    var operations: ExactFraction
    var outputElements: ExactFraction

    init(_ measures: BlockMeasures) {
      block = measures.notation.text
      receptiveField = measures.receptiveField
      parameters = measures.parameters
      operations = measures.operations
      outputElements = measures.outputs
    }
  }
  struct Ratio: Encodable, Sendable {
    var parameters: ExactFraction
    var operations: ExactFraction
    var outputElements: ExactFraction
  }
  struct Comparison: Encodable, Sendable {
    var title: String
    var source: String?
    var left: Block
    var right: Block
    /// Right over left.
    var ratio: Ratio
  }
  var schema = "convscope.kernels/1"
  var convention: String
  var comparisons: [Comparison]
}

extension Report {
  /// Pairs of blocks with receptive field, parameters, operations and output memory as formulas, and their ratios.
  ///
  /// CSV holds one row for each quantity of each pair.
  public static func kernels(_ pairs: [ComparedBlocks], convention: CountingConvention) -> Report {
    let names = ["comparison", "quantity", "left", "left_value", "right", "right_value", "ratio"]
    var rows: [[Cell]] = []
    for pair in pairs {
      func add(_ quantity: String, _ left: ExactFraction?, _ right: ExactFraction?) {
        var ratio = ""
        if let left, let right, left.numerator != 0 { ratio = (right / left).plain }
        rows.append(
          ([
            pair.comparison.title, quantity, pair.left.notation.text, left?.plain ?? "", pair.right.notation.text,
            right?.plain ?? "", ratio,
          ]).map { .text($0) })
      }
      add("receptive_field_height", pair.left.receptiveField?[0], pair.right.receptiveField?[0])
      add("receptive_field_width", pair.left.receptiveField?[1], pair.right.receptiveField?[1])
      add("parameters", pair.left.parameters, pair.right.parameters)
      add(convention.name, pair.left.operations, pair.right.operations)
      add("output_elements", pair.left.outputs, pair.right.outputs)
    }
    return Report(
      title: "Kernel arithmetic, per image", tables: pairs.map { table($0, convention: convention) },
      data: Table(columns: names.map { Table.Column($0, $0) }, rows: rows), notes: notes(pairs, convention: convention),
      document: KernelDocument(
        convention: convention.name,
        comparisons: pairs.map { pair in
          KernelDocument.Comparison(
            title: pair.comparison.title, source: pair.comparison.source.isEmpty ? nil : pair.comparison.source,
            left: KernelDocument.Block(pair.left), right: KernelDocument.Block(pair.right),
            ratio: KernelDocument.Ratio(
              parameters: pair.right.parameters / pair.left.parameters,
              operations: pair.right.operations / pair.left.operations,
              outputElements: pair.right.outputs / pair.left.outputs))
        }))
  }

  private static func table(_ pair: ComparedBlocks, convention: CountingConvention) -> Table {
    let (left, right) = (pair.left, pair.right)
    func row(_ name: String, _ a: ExactFraction, _ b: ExactFraction, leading: [String] = []) -> [Cell] {
      [
        .text(name), a.cell(leading: leading), b.cell(leading: leading), .text(ratio(of: b, to: a)),
      ]
    }
    var reachRatio = ""
    if let a = left.receptiveField, let b = right.receptiveField, a[0] == a[1], b[0] == b[1] {
      reachRatio = ratio(of: b[0], to: a[0])
    }
    let unit = convention.name == "macs" ? "MACs" : "\(convention.unit) (\(convention.name))"
    return Table(
      title: pair.comparison.title,
      columns: [
        Table.Column("quantity", "quantity"), Table.Column("left", left.notation.text, isNumeric: true),
        Table.Column("right", right.notation.text, isNumeric: true), Table.Column("ratio", "ratio", isNumeric: true),
      ],
      rows: [
        [.text("receptive field"), .text(left.reachText), .text(right.reachText), .text(reachRatio)],
        row("parameters", left.parameters, right.parameters), row(unit, left.operations, right.operations),
        row("output memory", left.outputs, right.outputs, leading: ["H", "W"]),
      ])
  }

  /// The ratio as a formula, with its value where it is a fraction of numbers.
  private static func ratio(of right: ExactFraction, to left: ExactFraction) -> String {
    guard left.numerator != 0 else { return "" }
    let ratio = right / left
    let text = ratio.summands.map { $0.formula(leading: []) }.joined(separator: " + ")
    guard ratio.denominator != 1, let value = ratio.value else { return text }
    return "\(text) = \(Quantity.fixed(value, decimals: 3))"
  }

  private static func notes(_ pairs: [ComparedBlocks], convention: CountingConvention) -> [String] {
    var notes = [
      "\(convention.name): \(convention.definition). What courses call FLOPs here is this count under macs, one for a "
        + "multiplication with its addition; --convention flops counts two.",
      "Output memory: elements that convolutions, linear layers and matrix products put out.",
      "Layers keep the map's sides, have no bias, and give as many channels as the block's input has; a ratio is right "
        + "over left.",
    ]
    for pair in pairs {
      var remarks = [pair.comparison.remark].filter { !$0.isEmpty }
      var conditions: [String] = []
      for (symbol, divisor) in pair.left.conditions + pair.right.conditions {
        let text = "\(symbol) a multiple of \(divisor)"
        if !conditions.contains(text) { conditions.append(text) }
      }
      if !conditions.isEmpty { remarks.append("for \(conditions.joined(separator: ", "))") }
      if !pair.comparison.source.isEmpty { remarks.append(pair.comparison.source) }
      if !remarks.isEmpty { notes.append("\(pair.comparison.title): \(remarks.joined(separator: "; ")).") }
    }
    return notes
  }
}

extension BlockMeasures {
  fileprivate var reachText: String {
    guard let field = receptiveField else { return "whole map" }
    let sides = field.map { $0.formula(leading: []) }
    return sides[0] == sides[1] ? sides[0] : sides.joined(separator: "x")
  }
}

extension ExactFraction: Encodable {
  /// A number where the value is an integer, else a string: `17*C^2/16`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if denominator == 1, let integer = numerator.constant {
      try container.encode(integer)
    } else {
      try container.encode(plain)
    }
  }
}

extension ExactFraction {
  /// The fraction for programs: `17*C^2/16`.
  fileprivate var plain: String {
    denominator == 1 && numerator.isConstant ? numerator.description : formula(leading: [], product: "*")
  }

  /// A number as numbers are written, else a formula.
  fileprivate func cell(leading: [String]) -> Cell {
    denominator == 1 && numerator.isConstant ? .count(numerator) : .text(formula(leading: leading))
  }

  /// The fraction as textbooks write it: `25C^2HW`, `17C^2/16`, `(2HW + 4C)/(9C)`.
  ///
  /// - Parameters:
  ///   - leading: symbols that precede the others in a product; by default `k` does, the rest are in order of name.
  ///   - product: what stands between factors; nothing for nil, where that is unambiguous.
  func formula(leading: [String], product: String? = nil) -> String {
    let above = numerator.formula(leading: leading, product: product)
    guard denominator != 1 else { return above.text }
    let below = denominator.formula(leading: leading, product: product)
    let dividend = above.isSum ? "(\(above.text))" : above.text
    let isOneFactor = !below.isSum && denominator.symbols.count + (denominator.isConstant ? 1 : 0) == 1
    let divisor =
      isOneFactor && !below.text.contains("*") && below.text.first?.isNumber != true
        || denominator.isConstant ? below.text : "(\(below.text))"
    return "\(dividend)/\(divisor)"
  }
}

extension Dimension {
  /// The formula with factors put beside one another, and whether it is a sum.
  fileprivate func formula(leading: [String], product: String?) -> (text: String, isSum: Bool) {
    if isConstant { return (Quantity(self).exact, false) }
    let text = description
    guard product == nil, failure == nil, !text.contains("(") else { return (text, text.contains(" ")) }
    let order = leading + ["k"]
    let words = text.split(separator: " ").map { word -> String in
      let factors = word.split(separator: "*").map(String.init)
      func rank(_ factor: String) -> Int {
        if factor.first?.isLetter != true { return -1 }
        return order.firstIndex(of: String(factor.prefix { $0 != "^" })) ?? order.count
      }
      let sorted = factors.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }
      var text = ""
      var isAfterName = false
      for factor in sorted.map(\.element) {
        let isName = factor.first?.isLetter == true
        let isLong = isName && factor.prefix { $0 != "^" }.count > 1
        // A name of several letters, and a power before a name, would run together with what precedes.
        if !text.isEmpty && (isLong && text.last?.isLetter == true || isAfterName) { text += "*" }
        text += factor
        isAfterName = isLong
      }
      return text
    }
    return (words.joined(separator: " "), words.count > 1)
  }
}
