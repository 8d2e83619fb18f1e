/// A condition on the columns of points: `macs <= 4G && (params <= 20M || !(resolution > 300))`.
///
/// Comparisons of columns and numbers, joined by `&&`, `||`, `!` and parentheses. Numbers take k, M, G, T (powers of
/// 1000) and Ki, Mi, Gi, Ti (powers of 1024). Integers compare exactly.
public struct PointFilter: Sendable {
  /// What is compared.
  enum Operand: Hashable, Sendable {
    case column(Int)
    case integer(Int)
    case real(Double)
  }

  enum Comparison: String, CaseIterable, Sendable {
    case atMost = "<="
    case atLeast = ">="
    case equal = "=="
    case unequal = "!="
    case below = "<"
    case above = ">"
  }

  indirect enum Condition: Sendable {
    case comparison(Operand, Comparison, Operand)
    case not(Condition)
    case all([Condition])
    case any([Condition])
  }

  private let condition: Condition

  /// Other names of columns.
  static let aliases = [
    "params": "parameters", "acts": "activations", "res": "resolution", "memory": "peakMemory",
    "rf": "receptiveField",
  ]

  /// - Throws: ``ScalingError/filter(_:column:reason:)`` or ``ScalingError/unknownColumn(_:known:)``.
  public init(parsing text: String, columns: [PointColumn]) throws(ScalingError) {
    var parser = try FilterParser(text, columns: columns)
    condition = try parser.condition()
  }

  /// The column that a name or its alias means, `peak-memory` as `peakMemory`.
  public static func name(_ text: String) -> String {
    let words = text.split(separator: "-")
    let joined =
      words.prefix(1).joined() + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    return aliases[joined] ?? joined
  }

  /// The position of the column of that name or alias.
  /// - Throws: ``ScalingError/unknownColumn(_:known:)``.
  public static func position(of name: String, in columns: [PointColumn]) throws(ScalingError) -> Int {
    let wanted = Self.name(name)
    guard let position = columns.firstIndex(where: { $0.name.lowercased() == wanted.lowercased() }) else {
      throw .unknownColumn(String(name.prefix(40)), known: columns.map(\.name))
    }
    return position
  }

  /// The rows that fulfil the condition.
  public func positions(in rows: PointRows) -> [Int] {
    let holds = condition.holds(rows)
    return holds.indices.filter { holds[$0] }
  }
}

extension PointFilter.Condition {
  fileprivate func holds(_ rows: PointRows) -> [Bool] {
    switch self {
    case .comparison(let left, let comparison, let right): comparison.holds(left, right, rows)
    case .not(let condition): condition.holds(rows).map { !$0 }
    case .all(let conditions):
      conditions.reduce(Array(repeating: true, count: rows.count)) { zip($0, $1.holds(rows)).map { $0 && $1 } }
    case .any(let conditions):
      conditions.reduce(Array(repeating: false, count: rows.count)) { zip($0, $1.holds(rows)).map { $0 || $1 } }
    }
  }
}

extension PointFilter.Comparison {
  private func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
    switch self {
    case .atMost: left <= right
    case .atLeast: left >= right
    case .equal: left == right
    case .unequal: left != right
    case .below: left < right
    case .above: left > right
    }
  }

  fileprivate func holds(_ left: PointFilter.Operand, _ right: PointFilter.Operand, _ rows: PointRows) -> [Bool] {
    if let left = integers(left, rows), let right = integers(right, rows) {
      return (0..<rows.count).map { holds(left.value($0), right.value($0)) }
    }
    let (left, right) = (reals(left, rows), reals(right, rows))
    return (0..<rows.count).map { holds(left.value($0), right.value($0)) }
  }

  /// One value for each row, or the same for all.
  private struct Values<Value> {
    var list: [Value]

    func value(_ row: Int) -> Value { list.count == 1 ? list[0] : list[row] }
  }

  private func integers(_ operand: PointFilter.Operand, _ rows: PointRows) -> Values<Int>? {
    switch operand {
    case .integer(let value): return Values(list: [value])
    case .real: return nil
    case .column(let column):
      guard case .integers(let values) = rows.values[column] else { return nil }
      return Values(list: values)
    }
  }

  private func reals(_ operand: PointFilter.Operand, _ rows: PointRows) -> Values<Double> {
    switch operand {
    case .integer(let value): return Values(list: [Double(value)])
    case .real(let value): return Values(list: [value])
    case .column(let column):
      switch rows.values[column] {
      case .integers(let values): return Values(list: values.map(Double.init))
      case .reals(let values): return Values(list: values)
      }
    }
  }
}
