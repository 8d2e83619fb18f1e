import NetworkGraph
import SymbolicIntegers

/// What every single unit sees of an image with ends, padding left out: exact hulls, on maps whose sides are known.
///
/// Differs from cutting the unclipped field at the image's ends where a window's outermost taps all lie in padding, and
/// where strides leave the last positions unread. Windows that a cyclic shift moved off a map's end are followed with the
/// mask that keeps their parts apart, where it is known; what padding behind the shift makes it miss is seen.
///
/// Law: equals marking pixels and propagating sets over the maps. Cost: nodes times sides times taps, along each axis by
/// itself; beyond a budget nodes have no tables.
public struct VisibleField: Sendable {
  private let propagation: Propagation<VisibleReach>?
  public let graph: Graph

  private static let budget = 8_000_000

  public init(_ graph: Graph) {
    self.graph = graph
    propagation = graph.imageInput.map {
      Propagation(graph, image: $0.port.value, spatialAxes: $0.axes, budget: Self.budget)
    }
  }

  /// What each unit of a node sees along an axis of the image, without operators that read all positions; nil for a unit
  /// that sees only padding. The whole is nil where units do not differ, the node sees no image, or its side is not known.
  public func ranges(of node: Int, axis: Int) -> [PositionRange?]? { reach(of: node, axis: axis)?.ranges }

  /// What unit `unit` of a node sees along an axis, through windows and through operators that read all positions; nil
  /// where that is nothing.
  public func hull(of unit: Int, node: Int, axis: Int) -> PositionRange? {
    guard let reach = reach(of: node, axis: axis) else { return global(of: node, axis: axis) }
    let ranges = reach.complete ?? reach.ranges
    return ranges.indices.contains(unit) ? ranges[unit] : nil
  }

  /// What every unit of a node sees through operators that read all positions; nil where there are none.
  public func global(of node: Int, axis: Int) -> PositionRange? {
    guard let span = sightAxis(node, axis)?.global?.span, let start = span.start.constant, let end = span.end.constant
    else { return nil }
    return PositionRange(start, end)
  }

  /// The most positions that a unit sees along an axis without operators that read all positions, or, where there are
  /// only those, through them.
  public func largest(node: Int, axis: Int) -> Int? {
    guard let ranges = ranges(of: node, axis: axis) else { return global(of: node, axis: axis)?.count }
    return ranges.lazy.compactMap { $0?.count }.max()
  }

  /// For each spatial axis of the image the axis of a node's first output that holds the units along it, one after the
  /// other; nil where they lie otherwise, as windows of positions do.
  public func unitAxes(of node: Int) -> [Int]? {
    guard let propagation, graph.nodes.indices.contains(node), !graph.nodes[node].outputs.isEmpty else { return nil }
    let sight = propagation.sight(of: Value(node: node))
    var result: [Int] = []
    for (axis, units) in sight.axes.enumerated() {
      guard units.phase == 0, let place = sight.layout.firstIndex(where: { $0.isWhole(axis, side: units.side) }) else {
        return nil
      }
      result.append(place)
    }
    return result.isEmpty ? nil : result
  }

  private func reach(of node: Int, axis: Int) -> VisibleReach? {
    guard let axis = sightAxis(node, axis), let reach = axis.local else { return nil }
    var budget = Self.budget
    return axis.phase == 0 ? reach : reach.rolled(by: axis.phase, side: axis.side, budget: &budget)
  }

  private func sightAxis(_ node: Int, _ axis: Int) -> Sight<VisibleReach>.Axis? {
    guard let propagation, graph.nodes.indices.contains(node), !graph.nodes[node].outputs.isEmpty else { return nil }
    let axes = propagation.sight(of: Value(node: node)).axes
    return axes.indices.contains(axis) ? axes[axis] : nil
  }
}
