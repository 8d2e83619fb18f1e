import SymbolicIntegers

extension Diagram {
  /// A number of every node that adds up over blocks, stages and the whole network: parameters, MACs, activations.
  public struct Quantity: Sendable {
    /// What one of it is called after a number, such as `params` or `MACs`.
    public var unit: String
    /// One value per node of the graph, in the graph's order.
    public var values: [Dimension]

    public init(unit: String, values: [Dimension]) {
      self.unit = unit
      self.values = values
    }

    private static let longestFormula = 56

    /// The sum over `nodes`; nodes without a value count as none.
    func sum(over nodes: Range<Int>) -> Dimension {
      var sum: Dimension = 0
      for value in values[nodes.clamped(to: values.indices)] { sum += value }
      return sum
    }

    /// `sum` in words, `1.23 M MACs`; nil for zero, which is not worth a place on the picture, and for formulas that
    /// would have to be cut.
    func text(of sum: Dimension) -> String? {
      if sum == 0 { return nil }
      guard let number = sum.constant else {
        let formula = sum.description
        return formula.count <= Self.longestFormula ? "\(formula) \(unit)" : nil
      }
      return "\(Decimal.withPrefix(number)) \(unit)"
    }
  }
}

extension Decimal {
  /// `value` with three significant digits and an SI prefix above 999: `640`, `36.9 k`, `4.09 G`.
  static func withPrefix(_ value: Int) -> String {
    var scaled = Double(value)
    if scaled.magnitude < 1000 { return "\(value)" }
    for prefix in ["k", "M", "G", "T", "P"] {
      scaled /= 1000
      // 999.6 k would round to 1000 k.
      guard scaled.magnitude < 999.5 || prefix == "P" else { continue }
      return "\(text(scaled, places: scaled.magnitude < 9.995 ? 2 : scaled.magnitude < 99.95 ? 1 : 0)) \(prefix)"
    }
    return "\(value)"
  }
}
