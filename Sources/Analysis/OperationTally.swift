import NetworkGraph
import SymbolicIntegers

/// Raw tallies of several operators, summed within each kind of work and way of calling.
///
/// Tallies of one kind add up, and every convention is linear in them, so a convention applied to the sum equals the
/// sum of the convention over the operators.
public struct OperationTally: Sendable {
  /// The operators of one kind that are called in one way.
  struct Entry: Sendable {
    var work: Arithmetic
    var origin: Origin
    var operators: Int
  }
  /// In order of the first operator of each.
  private(set) var entries: [Entry] = []

  public init() {}

  /// Adds the work of one operator.
  public mutating func add(_ work: Arithmetic, origin: Origin) {
    guard work.kind != .none else { return }
    for index in entries.indices where entries[index].work.kind == work.kind && entries[index].origin == origin {
      entries[index].work += work
      entries[index].operators += 1
      return
    }
    if entries.isEmpty { entries.reserveCapacity(8) }
    entries.append(Entry(work: work, origin: origin, operators: 1))
  }

  /// Whether tallies, or their coefficients, are so far below the largest integer that no convention's sum can pass it,
  /// nor grow too large as a formula; cheaper than the sums.
  var fitsEveryConvention: Bool {
    let bound = Int.max / CountingConvention.largestWeight / max(entries.count, 1)
    var size = 0
    func fits(_ tally: Dimension) -> Bool {
      guard let extent = tally.extent, extent.coefficient <= bound else { return false }
      size += extent.size
      return size <= DimensionLimits.terms
    }
    for index in entries.indices {
      guard fits(entries[index].work.multiplyAdds), fits(entries[index].work.biasAdditions),
        fits(entries[index].work.additions), fits(entries[index].work.multiplications),
        fits(entries[index].work.comparisons), fits(entries[index].work.inputElements),
        fits(entries[index].work.outputElements), fits(entries[index].work.taps)
      else { return false }
    }
    return true
  }

  /// Evaluations of exp, log, tanh, erf, sqrt and the like, which no convention counts.
  public var transcendentals: Dimension {
    var total: Dimension = 0
    for index in entries.indices { total += entries[index].work.transcendentals }
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
