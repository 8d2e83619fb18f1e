import Analysis
import Charts
import NetworkGraph
import SymbolicIntegers

/// Why formulas cannot be drawn.
public enum FormulaChartError: Error, Hashable, Sendable, CustomStringConvertible {
  case unknownSymbol(String, known: [String])
  case outsideDomain(Symbol, first: Int, minimum: Int)
  case undefined(Symbol, Int, DimensionError)
  case nothing

  public var description: String {
    switch self {
    case .unknownSymbol(let symbol, let known):
      known.isEmpty
        ? "the formulas hold no symbol '\(symbol)': every size is a number"
        : "the formulas hold no symbol '\(symbol)': there are \(known.joined(separator: ", "))"
    case .outsideDomain(let symbol, let first, let minimum):
      "the range begins at \(first), but the network exists from \(symbol) = \(minimum) on"
    case .undefined(let symbol, let value, let error): "at \(symbol) = \(value): \(error)"
    case .nothing: "there is no formula to draw: choose a quantity other than shape"
    }
  }
}

extension ModelFormulas {
  /// One formula along a range of sizes: the staircase that it is, and the smooth form that it grows like.
  ///
  /// The other symbols have their reference values; where width and height are free of one another, the width goes with
  /// the height.
  /// - Throws: ``FormulaChartError``.
  public func chart(_ quantity: FormulaQuantity, along range: FormulaRange) throws(FormulaChartError) -> Chart {
    guard let formula = formulas.total(quantity) else { throw .nothing }
    let known = domain.bounds.map(\.symbol)
    guard known.contains(range.symbol) else {
      throw .unknownSymbol(range.symbol.name, known: known.map(\.name))
    }
    var bindings = reference
    // A square image: the sides go together.
    let pairs = [("H", "W"), ("W", "H"), ("h", "w"), ("w", "h")]
    let partner = pairs.first { $0.0 == range.symbol.name }.flatMap { Symbol($0.1) }.flatMap {
      known.contains($0) ? $0 : nil
    }
    let moving = [range.symbol] + (partner.map { [$0] } ?? [])
    let domain = quantity == .memory ? memoryDomain : domain
    for bound in domain.bounds where moving.contains(bound.symbol) {
      if range.first < bound.minimum {
        throw .outsideDomain(bound.symbol, first: range.first, minimum: bound.minimum)
      }
    }
    var exact: [Chart.Point] = []
    var smooth: [Chart.Point] = []
    for value in range.values {
      for symbol in moving { bindings[symbol] = value }
      do {
        exact.append(.init(Double(value), Double(try formula.evaluated(with: bindings))))
      } catch {
        throw .undefined(range.symbol, value, error)
      }
      if let level = formula.smoothValue(at: bindings.mapValues(Double.init)) {
        smooth.append(.init(Double(value), level))
      }
    }
    // The last stair is as wide as the others.
    if let last = exact.last { exact.append(.init(last.x + Double(range.step), last.y)) }
    let fixed = bindings.filter { !moving.contains($0.key) }.sorted { $0.key < $1.key }.map {
      "\($0.key) = \($0.value)"
    }
    let axis = moving.map(\.name).joined(separator: " = ")
    let subtitle = [quantity.definition, fixed.isEmpty ? "" : "at \(fixed.joined(separator: ", "))"]
    return Chart(
      title: "\(formulas.graph.name): \(quantity.rawValue) over \(axis)",
      subtitle: [subtitle.filter { !$0.isEmpty }.joined(separator: "; ")],
      horizontal: .init(inputMeaning(of: axis, range.symbol), includesZero: false),
      vertical: .init(quantity.rawValue, unit: quantity == .memory ? "B" : ""),
      series: [
        .init("exact: rounded sides", .steps, exact),
        .init("smooth: nothing rounded", .line, smooth, isDashed: true),
      ])
  }

  private func inputMeaning(of axis: String, _ symbol: Symbol) -> String {
    for port in formulas.graph.inputs {
      let shape = formulas.graph.type(of: port.value).shape
      for dimension in shape.dimensions where dimension.symbols.contains(symbol) && dimension != Dimension(symbol) {
        return "\(axis), input side \(dimension)"
      }
    }
    return axis
  }
}
