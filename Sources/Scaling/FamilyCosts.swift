import Analysis
import Architectures
import NetworkGraph
import SymbolicIntegers
import Synchronization

/// Exact parameters, MACs and activations of a family's networks at any factors and at some resolutions.
///
/// For each number of channels the costs become formulas in the resolution once, over monomials that all networks of
/// the family share; a point then takes a dozen multiplications. What is a formula is found out from the networks and
/// not assumed: see ``Method``. Law: equals building the network at the point and analysing it.
public final class FamilyCosts: Sendable {
  /// How costs are computed.
  public enum Method: Hashable, Sendable {
    /// Formulas in resolution and repeats: one set for all depths.
    case compiled
    /// Formulas in the resolution: repeats change them in ways that are not linear.
    case compiledByDepth
    /// Every network is built and analysed.
    case built(reason: String)
  }

  public let family: ScaledFamily
  /// Ascending; points name resolutions by position.
  public let resolutions: [Int]
  public let method: Method

  struct Key: Hashable {
    var channels: [Int]
    /// Empty where the repeats do not matter.
    var repeats: [Int]
    var groupWidth: Double
  }

  private struct Factors: Hashable {
    var width: Double
    var groupWidth: Double
    var repeats: [Int]
  }

  /// Monomials at the resolutions.
  struct Table {
    /// The values of each monomial at each resolution; nil where one leaves the range of integers.
    var values: [[Int]?] = []
    /// The largest magnitude of each.
    var largest: [UInt] = []
  }

  private struct State {
    var basis = MonomialBasis()
    var table = Table()
    var compiled: [Key: CompiledCosts] = [:]
    /// The same by what leads there: working out channels takes longer than a point does.
    var byFactors: [Factors: CompiledCosts] = [:]
  }
  private let state = Mutex(State())

  static let symbol = "side"
  /// More formulas than this are forgotten and made anew.
  private static let mostKept = 50_000

  /// - Parameters:
  ///   - resolutions: ascending.
  ///   - extremes: factors at which the formulas are held to networks that are built, beside the least and the largest
  ///     resolution.
  public init(_ family: ScaledFamily, resolutions: [Int], extremes: [ScalingFactors]) {
    self.family = family
    self.resolutions = resolutions
    method = Self.method(family, resolutions: resolutions, extremes: extremes)
  }

  // MARK: Points

  /// The formulas for one width and, where they are of one depth alone, depth; and the monomials they are in.
  func compiled(
    _ factors: ScalingFactors, repeats: [Int]
  ) throws(ScalingError) -> (costs: CompiledCosts, table: Table) {
    let repeats = method == .compiled ? [] : repeats
    let place = Factors(width: factors.width, groupWidth: factors.groupWidth, repeats: repeats)
    let known = state.withLock { state in state.byFactors[place].map { ($0, state.table) } }
    if let known { return known }
    let network = family.architecture.widened(
      by: factors.width, groupWidth: factors.groupWidth, rounding: family.rounding)
    if let failure = network.channels.lazy.compactMap(\.failure).first {
      throw .network(point: "width=\(factors.width)", reason: "\(failure)")
    }
    let key = Key(
      channels: network.channels.map { $0.constant ?? -1 }, repeats: repeats, groupWidth: factors.groupWidth)
    let equal = state.withLock { state in
      state.compiled[key].map { costs in
        state.byFactors[place] = costs
        return (costs, state.table)
      }
    }
    if let equal { return equal }
    // Not under the lock: others go on meanwhile, and what two compile at once is the same.
    let formulas = try Self.formulas(of: network, family, repeats: method == .compiled ? nil : repeats)
    let result = state.withLock { state -> Result<(CompiledCosts, Table), DimensionError> in
      if state.byFactors.count >= Self.mostKept { (state.byFactors, state.compiled) = ([:], [:]) }
      do throws(DimensionError) {
        let compiled = try formulas.compiled(in: &state.basis)
        for monomial in state.basis.monomials.dropFirst(state.table.values.count) {
          let values = values(of: monomial)
          state.table.values.append(values)
          state.table.largest.append(values?.lazy.map(\.magnitude).max() ?? 0)
        }
        state.compiled[key] = compiled
        state.byFactors[place] = compiled
        return .success((compiled, state.table))
      } catch {
        return .failure(error)
      }
    }
    switch result {
    case .success(let compiled): return compiled
    case .failure(let error): throw .network(point: "width=\(factors.width)", reason: "\(error)")
    }
  }

  private func values(of monomial: Dimension) -> [Int]? {
    guard let symbol = Symbol(Self.symbol) else { return nil }
    var result: [Int] = []
    result.reserveCapacity(resolutions.count)
    for resolution in resolutions {
      guard let value = try? monomial.evaluated(with: [symbol: resolution]) else { return nil }
      result.append(value)
    }
    return result
  }

  /// The costs of one network, built and analysed.
  public func built(_ factors: ScalingFactors, resolution: Int) throws(ScalingError) -> [Int] {
    let graph = try family.graph(factors, side: resolution)
    func point() -> String { "depth=\(factors.depth) width=\(factors.width) resolution=\(resolution)" }
    let costs = try NetworkCosts(graph, point: point)
    var result: [Int] = []
    for value in costs.values {
      guard let integer = value.constant else {
        throw .network(point: point(), reason: "its costs are formulas; settings must be numbers")
      }
      result.append(integer)
    }
    return result
  }

  // MARK: Formulas

  /// The costs of a network over its repeats, as formulas in the resolution.
  private struct Formulas {
    /// With one block in each stage, or with the repeats that they are of.
    var base: [Dimension]
    /// What one more block of each stage adds.
    var rest: [[Dimension]]
    var minimum: Int

    func compiled(in basis: inout MonomialBasis) throws(DimensionError) -> CompiledCosts {
      var terms: [[(monomial: Int, coefficient: Int)]] = []
      for formula in base + rest.joined() { terms.append(try basis.coefficients(of: formula)) }
      let monomials = Set(terms.joined().map(\.monomial)).sorted()
      let places = Dictionary(uniqueKeysWithValues: monomials.enumerated().map { ($1, $0) })
      func row(_ terms: [(monomial: Int, coefficient: Int)]) -> [Int] {
        var row = Array(repeating: 0, count: monomials.count)
        for term in terms { row[places[term.monomial] ?? 0] = term.coefficient }
        return row
      }
      return CompiledCosts(
        monomials: monomials, base: terms[..<base.count].flatMap(row), rest: terms[base.count...].flatMap(row),
        minimum: minimum)
    }

    /// The formulas for other repeats.
    func costs(of repeats: [Int]) -> [Dimension] {
      base.indices.map { quantity in
        zip(rest, repeats).reduce(base[quantity]) { $0 + $1.0[quantity] * ($1.1 - 1) }
      }
    }
  }

  /// - Parameter repeats: nil for formulas that hold for all.
  private static func formulas(
    of network: any StagedArchitecture, _ family: ScaledFamily, repeats: [Int]?
  ) throws(ScalingError) -> Formulas {
    func graph(_ repeats: [Int]) throws(ScalingError) -> Graph {
      var network = network
      network.stageRepeats = repeats
      return try family.graph(network, side: .symbol(symbol)) { "a symbolic resolution" }
    }
    func costs(_ graph: Graph) throws(ScalingError) -> [Dimension] {
      let costs = try NetworkCosts(graph) { "a symbolic resolution" }
      return costs.values + [costs.ceiling]
    }
    let single = network.stageRepeats.map { _ in 1 }
    let first = try graph(repeats ?? single)
    let base = try costs(first)
    var rest: [[Dimension]] = []
    if repeats == nil {
      for stage in single.indices {
        var more = single
        more[stage] += 1
        rest.append(zip(try costs(graph(more)), base).map { $0 - $1 })
      }
    }
    let minimum = FormulaDomain(of: first).bounds.map(\.minimum).max() ?? 1
    return Formulas(base: base, rest: rest, minimum: minimum)
  }

  // MARK: Method

  private static func method(
    _ family: ScaledFamily, resolutions: [Int], extremes: [ScalingFactors]
  ) -> Method {
    guard let symbol = Symbol(symbol), !extremes.isEmpty else { return .built(reason: "there is no point") }
    let rounding = family.rounding
    var method = Method.compiled
    for factors in extremes {
      let network = family.architecture.widened(
        by: factors.width, groupWidth: factors.groupWidth, rounding: rounding)
      let repeats = family.architecture.deepened(by: factors.depth, rounding: rounding)
      // Repeats out of range are told point by point.
      guard repeats.allSatisfy({ (0...ScaledFamily.maximumRepeats).contains($0) }) else { continue }
      do throws(ScalingError) {
        let exact = try formulas(of: network, family, repeats: repeats)
        let symbols = Set(exact.base.flatMap(\.symbols))
        guard symbols.isSubset(of: [symbol]) else {
          return .built(reason: "settings of \(family.baseline.name) are formulas")
        }
        if method == .compiled {
          let linear = try formulas(of: network, family, repeats: nil)
          let spread = repeats.indices.map { 2 + $0 % 3 }
          let checked = try formulas(of: network, family, repeats: spread)
          let isLinear =
            !repeats.contains(0) && linear.costs(of: repeats) == exact.base && linear.costs(of: spread) == checked.base
          if !isLinear { method = .compiledByDepth }
        }
        for resolution in Set([resolutions.first, resolutions.last].compactMap { $0 }) where resolution >= exact.minimum
        {
          var network = network
          network.stageRepeats = repeats
          let graph = try family.graph(network, side: Dimension(resolution)) { "resolution=\(resolution)" }
          let costs = try NetworkCosts(graph) { "resolution=\(resolution)" }
          let values = exact.base.prefix(CompiledCosts.quantities).map { formula in
            (try? formula.evaluated(with: [symbol: resolution])).map { Dimension($0) }
          }
          guard values.elementsEqual(costs.values, by: { $0 == $1 }) else {
            return .built(reason: "its costs are no formula in the resolution")
          }
        }
      } catch {
        if factors == extremes[0] {
          return .built(reason: "none is a formula in the resolution (\(error.reason))")
        }
      }
    }
    return method
  }
}
