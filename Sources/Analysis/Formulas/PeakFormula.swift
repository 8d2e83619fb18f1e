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

    public init(bytes: Dimension, node: Int) {
      self.bytes = bytes
      self.node = node
    }
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
    let bounds = domain.bounds
    func least(_ size: Int) -> [Symbol: Int] {
      // A batch or a multiple of a whole image needs no larger a size; a side of pixels may.
      let sides = bounds.map { ["H", "W", "D", "L"].contains($0.symbol.name) ? max($0.minimum, size) : $0.minimum }
      return Dictionary(uniqueKeysWithValues: zip(bounds.map(\.symbol), sides))
    }
    let sizes = [1, 32, 64, 128]
    var candidates = Self.candidates(steps.map(Alternative.init), from: least(sizes.last ?? 1))
    var best: (alternatives: [Alternative], minimums: [Symbol: Int])?
    for size in sizes {
      let minimums = least(size)
      if size > 1, minimums == domain.minimums { break }
      // What no size needs, no larger size needs.
      candidates = Self.undominated(candidates, from: minimums)
      let isFewer = best.map { candidates.count < $0.alternatives.count } ?? true
      if isFewer, candidates.count <= Self.mostAlternatives { best = (candidates.map(\.alternative), minimums) }
      if candidates.count <= 2 { break }
    }
    (alternatives, minimums) = best ?? ([], domain.minimums)
  }

  /// The same of given formulas, from given sizes on.
  public init(of formulas: [Alternative], from minimums: [Symbol: Int]) {
    let candidates = Self.undominated(Self.candidates(formulas, from: minimums), from: minimums)
    alternatives = candidates.count <= Self.mostAlternatives ? candidates.map(\.alternative) : []
    self.minimums = minimums
  }

  /// The same of each stage that runs something, by name and in order of execution.
  public static func stages(of graph: Graph, from minimums: [Symbol: Int]) -> [(name: String, peak: PeakFormula)] {
    let steps = Dictionary(grouping: EagerMemory.steps(of: graph).map(Alternative.init), by: \.node)
    return graph.groups(by: .stage).compactMap { group in
      let formulas = group.nodes.flatMap { steps[$0] ?? [] }
      return formulas.isEmpty ? nil : (group.name, PeakFormula(of: formulas, from: minimums))
    }
  }

  /// The most alternatives, the most while they are looked for, and the most different formulas among which.
  private static let (mostAlternatives, mostKept, mostSteps) = (64, 128, 2000)

  /// An alternative and its bytes at some sizes, which tell when there is no use in comparing formulas.
  private struct Candidate {
    var alternative: Alternative
    var samples: [Int]

    func isAtLeast(_ other: Candidate, _ dominance: inout Dominance) -> Bool {
      zip(samples, other.samples).allSatisfy { $0 >= $1 }
        && dominance.isAtLeast(alternative.bytes, other.alternative.bytes)
    }
  }

  /// The different formulas, the largest at some size first; none where they are too many.
  /// - Parameter minimums: sizes in every domain of interest.
  private static func candidates(_ alternatives: [Alternative], from minimums: [Symbol: Int]) -> [Candidate] {
    let symbols = minimums.keys.sorted()
    // All sizes alike, then each symbol in turn much larger than the others.
    let points = (-1..<symbols.count).map { largest in
      Dictionary(
        uniqueKeysWithValues: symbols.enumerated().map { index, symbol in
          (symbol, max(1, minimums[symbol] ?? 1) * (largest < 0 ? 4 : largest == index ? 64 : 1))
        })
    }
    var seen: Set<Dimension> = []
    var candidates: [Candidate] = []
    for alternative in alternatives where seen.insert(alternative.bytes).inserted {
      let samples = points.map { (try? alternative.bytes.evaluated(with: $0)) ?? .max }
      candidates.append(Candidate(alternative: alternative, samples: samples))
      if candidates.count > mostSteps { return [] }
    }
    return candidates.sorted { $1.samples.lexicographicallyPrecedes($0.samples) }
  }

  /// The candidates that none of the others rules out; all of them where that takes too long to tell.
  private static func undominated(_ candidates: [Candidate], from minimums: [Symbol: Int]) -> [Candidate] {
    var dominance = Dominance(from: minimums)
    var kept: [Candidate] = []
    for candidate in candidates where !kept.contains(where: { $0.isAtLeast(candidate, &dominance) }) {
      kept.removeAll { candidate.isAtLeast($0, &dominance) }
      kept.append(candidate)
      if kept.count > mostKept { return candidates }
    }
    return kept
  }
}

extension PeakFormula.Alternative {
  init(_ step: EagerMemory.Step) { self.init(bytes: step.liveBytes, node: step.node) }
}

extension EagerMemory {
  /// What is alive step by step, without the peak of all, which over many symbols is too large an expression.
  static func steps(of graph: Graph) -> [Step] {
    let trace = EagerTrace(graph, EagerRules(isTraining: false, precision: nil))
    return EagerLifetimes(graph, trace).liveBytes(trace)
  }
}
