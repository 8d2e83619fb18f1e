import NetworkGraph
import SymbolicIntegers

/// The most bytes alive at once, as a maximum of formulas: one for each node at which the peak can lie.
///
/// Of all steps most are never the peak, whatever the size: a step is left out where another is provably no smaller. At
/// very small sizes rounding makes nearly any step the peak, so the formula is stated from a least size on.
public struct PeakFormula: Sendable {
  public struct Alternative: Hashable, Sendable {
    public var bytes: Dimension
    /// The node that runs when so many bytes are alive.
    public var node: Int
  }

  /// Formulas of which the largest is the peak; none is provably below another.
  public let alternatives: [Alternative]
  /// The sizes from which on they are all that count.
  public let minimums: [Symbol: Int]

  /// The largest of the alternatives; failed where that is too large an expression.
  public var bytes: Dimension {
    alternatives.reduce(alternatives.first?.bytes ?? 0) { Dimension.maximum($0, $1.bytes) }
  }

  /// - Parameters:
  ///   - steps: bytes alive while nodes run.
  ///   - domain: the sizes at which the network exists.
  init(of steps: [EagerMemory.Step], on domain: FormulaDomain) {
    var best: (alternatives: [Alternative], minimums: [Symbol: Int])?
    // A batch or a multiple of a whole image needs no larger a size; a side of pixels may.
    for size in [1, 32, 64, 128] {
      var minimums = domain.minimums
      for bound in domain.bounds where ["H", "W", "D", "L"].contains(bound.symbol.name) {
        minimums[bound.symbol] = max(bound.minimum, size)
      }
      let alternatives = Self.undominated(steps, from: minimums)
      if best.map({ alternatives.count < $0.alternatives.count }) ?? true { best = (alternatives, minimums) }
      if alternatives.count <= 2 || minimums == domain.minimums && size > 1 { break }
    }
    (alternatives, minimums) = best ?? ([], domain.minimums)
  }

  /// At most this many alternatives are compared with every other step.
  private static let most = 64

  private static func undominated(_ steps: [EagerMemory.Step], from minimums: [Symbol: Int]) -> [Alternative] {
    var seen: Set<Dimension> = []
    var candidates: [(alternative: Alternative, size: Double)] = []
    let typical = minimums.mapValues { Double(max($0, 1)) * 4 }
    for step in steps where seen.insert(step.liveBytes).inserted {
      let size = step.liveBytes.smoothValue(at: typical) ?? .infinity
      candidates.append((Alternative(bytes: step.liveBytes, node: step.node), size))
    }
    // The largest at some size first: what is left out is then left out at once.
    candidates.sort { $0.size > $1.size }
    var kept: [Alternative] = []
    for (candidate, _) in candidates {
      guard !kept.prefix(most).contains(where: { $0.bytes.isAtLeast(candidate.bytes, from: minimums) }) else {
        continue
      }
      kept.removeAll { candidate.bytes.isAtLeast($0.bytes, from: minimums) }
      kept.append(candidate)
    }
    return kept
  }
}
