import NetworkGraph
import SymbolicIntegers

/// The sizes for which the formulas of a network hold: for each symbol the least value.
///
/// A network is built for sizes whose maps are not empty, and a formula is read from the network with symbols. Below some
/// size a window no longer fits its map, and there is no network that the formula could describe.
public struct FormulaDomain: Hashable, Sendable {
  public struct Bound: Hashable, Sendable {
    public var symbol: Symbol
    public var minimum: Int
    /// The first node that smaller sizes leave without output; nil where any positive size will do.
    public var limitingNode: Int?
  }

  /// One bound for each symbol, by name.
  public private(set) var bounds: [Bound]

  /// Sides beyond this are not looked at: a network whose least side is larger has no domain worth stating.
  static let largest = 1 << 16

  /// The sizes at which every output of every node has at least one element.
  ///
  /// A side of a map does not shrink when the image grows, so for each symbol the least size is found by bisection. Cost:
  /// a few evaluations for each distinct side.
  public init(of graph: Graph) {
    var conditions: [(side: Dimension, node: Int)] = []
    var seen: Set<Dimension> = []
    for node in graph.nodes {
      for output in node.outputs where output.isKnown {
        for side in output.shape.dimensions where !side.isConstant && seen.insert(side).inserted {
          conditions.append((side, node.id))
        }
      }
    }
    var symbols: Set<Symbol> = []
    for (side, _) in conditions { symbols.formUnion(side.symbols) }
    bounds = symbols.sorted().map { symbol in
      var bound = Bound(symbol: symbol, minimum: 1, limitingNode: nil)
      for (side, node) in conditions {
        let symbols = side.symbols
        guard symbols.contains(symbol) else { continue }
        var bindings: [Symbol: Int] = [:]
        for other in symbols { bindings[other] = Self.largest }
        func isPositive(_ value: Int) -> Bool {
          bindings[symbol] = value
          // A size that cannot be evaluated is no reason to refuse it.
          return ((try? side.evaluated(with: bindings)) ?? 1) >= 1
        }
        guard !isPositive(bound.minimum), isPositive(Self.largest) else { continue }
        var (empty, full) = (bound.minimum, Self.largest)
        while full - empty > 1 {
          let middle = (empty + full) / 2
          if isPositive(middle) { full = middle } else { empty = middle }
        }
        bound.minimum = full
        bound.limitingNode = node
      }
      return bound
    }
  }

  /// The least sizes.
  public var minimums: [Symbol: Int] {
    Dictionary(uniqueKeysWithValues: bounds.map { ($0.symbol, $0.minimum) })
  }

  /// Raises the bounds to these sizes where they are lower.
  public mutating func raise(to minimums: [Symbol: Int]) {
    for index in bounds.indices {
      guard let minimum = minimums[bounds[index].symbol], minimum > bounds[index].minimum else { continue }
      bounds[index].minimum = minimum
      bounds[index].limitingNode = nil
    }
  }

  /// Whether every symbol has a value that is not below its bound.
  public func contains(_ bindings: [Symbol: Int]) -> Bool {
    bounds.allSatisfy { (bindings[$0.symbol] ?? 0) >= $0.minimum }
  }

  /// Raises the bounds until the formulas are confirmed at the least sizes by the network built there.
  ///
  /// Some networks change with the size in ways that symbols do not show: windows no larger than the map, for one. What
  /// holds at the least sizes and again with each symbol at its least value alone is taken to hold above.
  /// - Parameters:
  ///   - reference: sizes at which the network is known to be built, such as its default ones.
  ///   - isConfirmed: whether the formulas give what the network built at these sizes gives.
  /// - Returns: false when no sizes could be confirmed.
  public mutating func confirm(near reference: [Symbol: Int], _ isConfirmed: ([Symbol: Int]) -> Bool) -> Bool {
    if isConfirmed(minimums) { return true }
    for index in bounds.indices {
      let symbol = bounds[index].symbol
      var bindings = minimums
      for other in bounds where other.symbol != symbol {
        bindings[other.symbol] = max(other.minimum, reference[other.symbol] ?? other.minimum)
      }
      func holds(_ value: Int) -> Bool {
        bindings[symbol] = value
        return isConfirmed(bindings)
      }
      var failing = bounds[index].minimum
      guard !holds(failing) else { continue }
      var holding = failing
      repeat {
        failing = holding
        holding *= 2
      } while holding <= 4096 && !holds(holding)
      guard holding <= 4096 else { return false }
      while holding - failing > 1 {
        let middle = (holding + failing) / 2
        if holds(middle) { holding = middle } else { failing = middle }
      }
      bounds[index].minimum = holding
      bounds[index].limitingNode = nil
    }
    return isConfirmed(minimums)
  }
}
