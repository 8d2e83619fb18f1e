/// The costs of a run of points, one list for each quantity.
struct CostRows {
  /// Parameters, MACs and activations, each of all points; 0 where a point has none.
  private(set) var values: [[Int]]
  /// Points without costs, by position.
  private(set) var failures: [(position: Int, reason: String)] = []

  init(count: Int) {
    values = Array(repeating: Array(repeating: 0, count: count), count: CompiledCosts.quantities)
  }

  /// Puts the costs of networks that differ in resolution alone behind `offset`.
  /// - Parameters:
  ///   - repeats: what the factor on depth gives.
  ///   - places: positions in the resolutions of `costs`.
  mutating func add(
    _ costs: FamilyCosts, _ factors: ScalingFactors, repeats: [Int], places: some RandomAccessCollection<Int>,
    at offset: Int
  ) {
    if let reason = Self.refusal(repeats) {
      for position in offset..<(offset + places.count) { failures.append((position, reason)) }
      return
    }
    if case .built = costs.method { return build(costs, factors, places: places, at: offset) }
    do throws(ScalingError) {
      let (compiled, table) = try costs.compiled(factors, repeats: repeats)
      let isBelow = places.contains { costs.resolutions[$0] < compiled.minimum }
      let isDone = !isBelow && evaluate(compiled, table, repeats: repeats, places: places, at: offset)
      if !isDone { build(costs, factors, places: places, at: offset) }
    } catch {
      // A symbolic network may fail where some numbers do not.
      build(costs, factors, places: places, at: offset)
    }
  }

  private static func refusal(_ repeats: [Int]) -> String? {
    let most = ScaledFamily.maximumRepeats
    return repeats.first { $0 > most }.map { "a stage would have \($0) blocks, more than \(most)" }
  }

  /// Sums of products without checks, after one check that bounds them all; false where it does not.
  private mutating func evaluate(
    _ compiled: CompiledCosts, _ table: FamilyCosts.Table, repeats: [Int], places: some RandomAccessCollection<Int>,
    at offset: Int
  ) -> Bool {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: compiled.base.count) { coefficients in
      guard compiled.coefficients(of: compiled.rest.isEmpty ? [] : repeats, into: coefficients) else { return false }
      let count = compiled.monomials.count
      for row in 0..<CompiledCosts.rows {
        var bound: UInt = 0
        for index in 0..<count {
          let coefficient = coefficients[row * count + index]
          guard coefficient != 0 else { continue }
          let monomial = compiled.monomials[index]
          let (product, overflow) = coefficient.magnitude.multipliedReportingOverflow(by: table.largest[monomial])
          let (sum, carry) = bound.addingReportingOverflow(product)
          guard !overflow, !carry, sum <= UInt(Int.max), table.values[monomial] != nil else { return false }
          bound = sum
        }
      }
      for quantity in 0..<CompiledCosts.quantities {
        values[quantity].withUnsafeMutableBufferPointer { row in
          for index in 0..<count {
            let coefficient = coefficients[quantity * count + index]
            guard coefficient != 0, let values = table.values[compiled.monomials[index]] else { continue }
            values.withUnsafeBufferPointer { values in
              var position = offset
              for place in places {
                row[position] &+= coefficient &* values[place]
                position += 1
              }
            }
          }
        }
      }
      return true
    }
  }

  private mutating func build(
    _ costs: FamilyCosts, _ factors: ScalingFactors, places: some RandomAccessCollection<Int>, at offset: Int
  ) {
    for (position, place) in places.enumerated() {
      do throws(ScalingError) {
        let built = try costs.built(factors, resolution: costs.resolutions[place])
        for (quantity, value) in built.enumerated() { values[quantity][offset + position] = value }
      } catch {
        failures.append((offset + position, error.reason))
      }
    }
  }
}

extension ScalingError {
  /// Why there is no network, without the place.
  var reason: String {
    if case .network(_, let reason) = self { return reason }
    return description
  }
}
