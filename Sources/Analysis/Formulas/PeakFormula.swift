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

  /// Formulas of which the largest is the peak; none is provably below another. None where they are too many.
  public let alternatives: [Alternative]
  /// The sizes from which on they are all that count.
  public let minimums: [Symbol: Int]

  /// The largest of the alternatives; nil where that is too large an expression.
  public var bytes: Dimension? {
    guard let first = alternatives.first else { return nil }
    let largest = alternatives.dropFirst().reduce(first.bytes) { Dimension.maximum($0, $1.bytes) }
    return largest.failure == nil ? largest : nil
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
      let isBetter = best.map { $0.alternatives.isEmpty || alternatives.count < $0.alternatives.count } ?? true
      if isBetter, !alternatives.isEmpty { best = (alternatives, minimums) }
      if (1...2).contains(alternatives.count) || minimums == domain.minimums && size > 1 { break }
    }
    (alternatives, minimums) = best ?? ([], domain.minimums)
  }

  /// The same of some steps, from given sizes on.
  init(of steps: [EagerMemory.Step], from minimums: [Symbol: Int]) {
    alternatives = Self.undominated(steps, from: minimums)
    self.minimums = minimums
  }

  /// The most alternatives, and the most different steps among which they are looked for.
  private static let (mostAlternatives, mostSteps) = (64, 2000)

  private static func undominated(_ steps: [EagerMemory.Step], from minimums: [Symbol: Int]) -> [Alternative] {
    var seen: Set<Dimension> = []
    var candidates: [(alternative: Alternative, size: Double)] = []
    let typical = minimums.mapValues { Double(max($0, 1)) * 4 }
    for step in steps where seen.insert(step.liveBytes).inserted {
      let size = step.liveBytes.smoothValue(at: typical) ?? .infinity
      candidates.append((Alternative(bytes: step.liveBytes, node: step.node), size))
      if candidates.count > mostSteps { return [] }
    }
    // The largest at some size first: what is left out is then left out at once.
    candidates.sort { $0.size > $1.size }
    var kept: [Alternative] = []
    for (candidate, _) in candidates {
      guard !kept.contains(where: { $0.bytes.isAtLeast(candidate.bytes, from: minimums) }) else {
        continue
      }
      kept.removeAll { candidate.bytes.isAtLeast($0.bytes, from: minimums) }
      kept.append(candidate)
      if kept.count > mostAlternatives { return [] }
    }
    return kept
  }
}
