import SymbolicIntegers

/// The polynomials of bounded degree through values on a lattice (Newton's forward differences).
///
/// A stage of n equal blocks costs first + (n - 1) * rest, so a network's cost is linear in the repeats of its stages;
/// where every block sees the outputs of all before it, quadratic. The values may themselves be formulas.
public struct PolynomialFit: Sendable {
  private let symbols: [Symbol]
  private let start: [Int]
  private let degree: Int

  /// The largest total degree that is tried.
  public static let maximumDegree = 3

  /// - Parameters:
  ///   - symbols: the variables; at most 8.
  ///   - start: the least value of each.
  ///   - degree: the total degree, 0 to ``maximumDegree``.
  public init(in symbols: [Symbol], from start: [Int], degree: Int) {
    self.symbols = symbols
    self.start = start
    self.degree = min(max(0, degree), Self.maximumDegree)
  }

  /// Where values are needed.
  public var points: [[Int]] { exponents.map { zip(start, $0).map { $0 + $1 } } }

  /// The polynomials whose values at ``points`` are `values`, one list of quantities for each point.
  ///
  /// They are exact wherever the quantity is a polynomial of at most this degree. A polynomial with fractions as
  /// coefficients, such as n * (n - 1) / 2, is written over a division that leaves no remainder.
  public func polynomials(through values: [[Dimension]]) -> [Dimension] {
    let exponents = exponents
    guard values.count == exponents.count, let count = values.first?.count else { return [] }
    let positions = Dictionary(uniqueKeysWithValues: exponents.enumerated().map { ($1, $0) })
    let common = (1...max(1, degree)).reduce(1, *)
    var sums = Array(repeating: Dimension(0), count: count)
    for exponent in exponents {
      let basis = basis(exponent, common: common)
      let lower = exponents.filter { zip($0, exponent).allSatisfy { $0 <= $1 } }
      for quantity in sums.indices {
        var difference: Dimension = 0
        for point in lower {
          guard let position = positions[point], values[position].count == count else { continue }
          let sign = zip(exponent, point).reduce(0) { $0 + $1.0 - $1.1 } % 2 == 0 ? 1 : -1
          let weight = zip(exponent, point).reduce(sign) { $0 * choose($1.0, $1.1) }
          difference += values[position][quantity] * weight
        }
        if difference != 0 { sums[quantity] += difference * basis }
      }
    }
    return sums.map { $0.floorDivided(by: common) }
  }

  /// Every tuple of exponents of at most the total degree, the constant first.
  private var exponents: [[Int]] {
    var result: [[Int]] = [[]]
    for _ in symbols {
      result = result.flatMap { head in (0...(degree - head.reduce(0, +))).map { head + [$0] } }
    }
    return result.sorted { ($0.reduce(0, +), $1.description) < ($1.reduce(0, +), $0.description) }
  }

  /// `common` times the product of the binomials `C(x - start, exponent)`.
  private func basis(_ exponent: [Int], common: Int) -> Dimension {
    var product: Dimension = 1
    var divisor = 1
    for (index, power) in exponent.enumerated() where power > 0 {
      let offset = Dimension(symbols[index]) - start[index]
      for step in 0..<power {
        product *= offset - step
        divisor *= step + 1
      }
    }
    // A product of factorials of total degree n divides n factorial.
    return product * (common / divisor)
  }

  private func choose(_ count: Int, _ taken: Int) -> Int {
    var result = 1
    for step in 0..<taken { result = result * (count - step) / (step + 1) }
    return result
  }
}
