import SymbolicIntegers

extension Dimension {
  /// The largest of `values`; 0 for none. Fails beyond ``DimensionLimits/alternatives`` that none of the others rules out.
  static func largest(of values: [Dimension]) -> Dimension {
    let candidates = undominated(values)
    guard let first = candidates.first else { return 0 }
    guard candidates.count <= DimensionLimits.alternatives else {
      return Dimension(failure: .tooLarge(count: candidates.count, limit: DimensionLimits.alternatives))
    }
    var result = first
    for candidate in candidates.dropFirst() where result.failure == nil { result = maximum(result, candidate) }
    return result
  }

  /// The different ones of `values` without those that another is never smaller than while symbols are at least 1.
  ///
  /// Seen by the sign of the difference, and where few are left by the sharper and costlier ``isAtLeast(_:from:)``; others
  /// all stay, up to one more than a maximum may have. Values at some sizes tell beforehand which comparisons are in vain.
  static func undominated(_ values: [Dimension]) -> [Dimension] {
    var largest: Int?
    var seen: Set<Dimension> = []
    var symbolic: [Dimension] = []
    for value in values {
      if let constant = value.constant {
        largest = Swift.max(largest ?? constant, constant)
      } else if value.failure != nil {
        return [value]
      } else if seen.insert(value).inserted {
        symbolic.append(value)
      }
    }
    guard !symbolic.isEmpty else { return largest.map { [Dimension($0)] } ?? [] }
    var candidates = symbolic.map { Sampled($0) } + (largest.map { [Sampled(Dimension($0))] } ?? [])
    // The largest at a large size first, for it leaves out the most.
    candidates.sort { $1.samples.lexicographicallyPrecedes($0.samples) }
    var kept: [Sampled] = []
    for candidate in candidates where kept.count <= DimensionLimits.alternatives {
      if kept.contains(where: { $0.mayDominate(candidate) && ($0.value - candidate.value).isNonNegativeForSizes }) {
        continue
      }
      kept.removeAll { candidate.mayDominate($0) && (candidate.value - $0.value).isNonNegativeForSizes }
      kept.append(candidate)
    }
    guard kept.count <= 16 else { return kept.map(\.value) }
    for candidate in kept where kept.contains(where: { $0.value == candidate.value }) {
      kept.removeAll {
        candidate.value != $0.value && candidate.mayDominate($0) && candidate.value.isAtLeast($0.value, from: [:])
      }
    }
    return kept.map(\.value)
  }

  /// A dimension and its values at some sizes.
  private struct Sampled {
    let value: Dimension
    var samples: [Int] = []

    init(_ value: Dimension) {
      self.value = value
      for size in [200, 33, 7, 1] {
        var bindings: [Symbol: Int] = [:]
        for symbol in value.symbols { bindings[symbol] = size }
        samples.append((try? value.evaluated(with: bindings)) ?? .max)
      }
    }

    func mayDominate(_ other: Sampled) -> Bool {
      zip(samples, other.samples).allSatisfy { $0 >= $1 }
    }
  }
}
