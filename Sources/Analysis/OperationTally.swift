import NetworkGraph
import SymbolicIntegers

/// Raw tallies of several operators, summed within each kind of work and way of calling.
///
/// Tallies of one kind add up, and every convention is linear in them, so a convention applied to the sum equals the
/// sum of the convention over the operators.
public struct OperationTally: Sendable {
  /// The way of calling each entry of ``sums`` stands for.
  private var origins: [Origin] = []
  private var sums: [Arithmetic] = []

  public init() {}

  /// Adds the work of one operator.
  public mutating func add(_ work: Arithmetic, origin: Origin) {
    guard work.kind != .none else { return }
    for index in origins.indices where origins[index] == origin && sums[index].kind == work.kind {
      sums[index] += work
      return
    }
    origins.append(origin)
    sums.append(work)
  }

  func forEach(_ body: (Arithmetic, Origin) -> Void) {
    for (work, origin) in zip(sums, origins) { body(work, origin) }
  }

  /// Evaluations of exp, log, tanh, erf, sqrt and the like, which no convention counts.
  public var transcendentals: Dimension {
    var total: Dimension = 0
    for work in sums { total += work.transcendentals }
    return total
  }
}

extension Arithmetic {
  /// Adds tallies of the same kind of work.
  static func += (sum: inout Arithmetic, other: Arithmetic) {
    sum.multiplyAdds += other.multiplyAdds
    sum.biasAdditions += other.biasAdditions
    sum.additions += other.additions
    sum.multiplications += other.multiplications
    sum.comparisons += other.comparisons
    sum.transcendentals += other.transcendentals
    sum.inputElements += other.inputElements
    sum.outputElements += other.outputElements
    sum.taps += other.taps
  }
}
