import SymbolicIntegers

extension Dimension {
  /// The largest of `values`; 0 for none. Fails beyond ``DimensionLimits/alternatives`` that none of the others rules out.
  static func largest(of values: [Dimension]) -> Dimension {
    let candidates = undominated(values)
    guard let first = candidates.first else { return 0 }
    var result = first
    for candidate in candidates.dropFirst() where result.failure == nil { result = maximum(result, candidate) }
    return result
  }

  /// The different ones of `values`, in order, without those that another is never smaller than.
  ///
  /// Decided for constants and for `a * s + c` in one symbol `s` that is at least 1, such as a batch. Others all stay.
  static func undominated(_ values: [Dimension]) -> [Dimension] {
    var largest: Int?
    var seen: Set<Dimension> = []
    var symbolic: [Dimension] = []
    for value in values {
      if let constant = value.constant {
        largest = Swift.max(largest ?? constant, constant)
      } else if seen.insert(value).inserted {
        symbolic.append(value)
      }
    }
    let different = symbolic + (largest.map { [Dimension($0)] } ?? [])
    guard let symbol = symbolic.first?.symbols.first, symbolic.count > 0 else { return different }
    var lines: [Line] = []
    for value in different {
      guard let line = Line(value, in: symbol) else { return different }
      lines.append(line)
    }
    lines.sort { ($1.atOne, $1.slope) < ($0.atOne, $0.slope) }
    var steepest = Int.min
    return lines.filter { line in
      defer { steepest = Swift.max(steepest, line.slope) }
      return line.slope > steepest
    }.map(\.value)
  }

  /// `atOne + slope * (symbol - 1)`.
  private struct Line {
    var slope: Int
    var atOne: Int
    var value: Dimension

    /// nil where `value` is not of this form.
    init?(_ value: Dimension, in symbol: Symbol) {
      guard let one = try? value.evaluated(with: [symbol: 1]), let two = try? value.evaluated(with: [symbol: 2]) else {
        return nil
      }
      let (slope, overflow) = two.subtractingReportingOverflow(one)
      guard !overflow, Dimension(symbol) * slope + (Dimension(one) - slope) == value else { return nil }
      (self.slope, atOne, self.value) = (slope, one, value)
    }
  }
}
