import NetworkGraph
import SymbolicIntegers

/// What a convention's rule says of one kind of work: a factor for each tally that such work has.
struct RuleTerms: Hashable, Sendable {
  /// In the order of ``symbols``.
  private var factors: SIMD8<Int>
  /// Softmax counts slices where pools count taps.
  private var countsSlices: Bool

  private static let symbols: [Dimension] = [
    .symbol("macs"), .symbol("biases"), .symbol("additions"), .symbol("multiplications"), .symbol("comparisons"),
    .symbol("inputs"), .symbol("n"), .symbol("taps"),
  ]
  private static let slices = Dimension.symbol("rows")

  /// The rule without its terms on tallies that are zero in `work`.
  @inline(__always)
  init(_ rule: CountingConvention.Rule, _ work: @autoclosure () -> Arithmetic) {
    func factor(_ factor: Int, _ tally: Dimension) -> Int { tally == 0 ? 0 : factor }
    factors = [
      factor(rule.multiplyAdds, work().multiplyAdds), factor(rule.biasAdditions, work().biasAdditions),
      factor(rule.asWritten, work().additions), factor(rule.asWritten, work().multiplications),
      factor(rule.asWritten, work().comparisons), factor(rule.inputElements, work().inputElements),
      factor(rule.outputElements, work().outputElements), factor(rule.taps, work().taps),
    ]
    countsSlices = work().kind == .softmax
  }

  /// The rule as a formula in ``Reconciliation/symbols``.
  var formula: Dimension {
    var sum: Dimension = 0
    for (index, symbol) in Self.symbols.enumerated() where factors[index] != 0 {
      sum += (index == 7 && countsSlices ? Self.slices : symbol) * factors[index]
    }
    return sum
  }
}
