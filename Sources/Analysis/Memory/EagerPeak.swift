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
  /// Seen as ``isAtLeast(_:from:)`` sees it; others all stay, up to one more than a maximum may have.
  static func undominated(_ values: [Dimension]) -> [Dimension] {
    var largest: Int?
    var seen: Set<Dimension> = []
    var kept: [Dimension] = []
    func add(_ value: Dimension) {
      guard kept.count <= DimensionLimits.alternatives else { return }
      if kept.contains(where: { $0.isAtLeast(value, from: [:]) }) { return }
      kept.removeAll { value.isAtLeast($0, from: [:]) }
      kept.append(value)
    }
    for value in values {
      if let constant = value.constant {
        largest = Swift.max(largest ?? constant, constant)
      } else if value.failure != nil {
        return [value]
      } else if seen.insert(value).inserted {
        add(value)
      }
    }
    if let largest { add(Dimension(largest)) }
    return kept
  }
}
