import NetworkGraph
import SymbolicIntegers

/// The receptive field of every node: the positions of the image that can change a unit, along each spatial axis.
///
/// A unit is one position of a map; its field is the hull of the set of positions it depends on. Windows, dilation,
/// asymmetric and SAME padding, ceil mode, cropping, enlarging, transposed convolution and attention within windows are
/// followed exactly; branches are joined by the hull of the union, and where their centres differ the node tells.
/// Unclipped means on an image and on maps without ends: padding then is more map. ``VisibleField`` tells what is left
/// on maps as they are.
///
/// Operators that read all positions at once (global pools, attention, statistics of norms, linear layers over a
/// flattened map) make a unit see the whole image. They are noted as the cause and left out of the local field, so that
/// squeeze-excite does not hide what the convolutions see.
///
/// Sides may be symbols. Sizes and strides do not depend on them; SAME padding of a symbolic side does, and is taken as
/// if the stride divided the side, and the padding is then not told.
///
/// A shifted window that wraps around the map's end is taken as masked, as Swin masks it.
///
/// Law: equals marking pixels and propagating sets. Cost: one pass over the nodes.
/// Source for the terms: Araujo, Norris and Sim 2019, Computing Receptive Fields of Convolutional Neural Networks,
/// doi:10.23915/distill.00021.
public struct ReceptiveField: Sendable {
  public let graph: Graph
  /// The input whose positions are followed; nil where no input is a map.
  public let image: Port?
  /// The image's spatial sides.
  public let imageSides: [Dimension]
  private let propagation: Propagation<PeriodicReach>?

  private static let budget = 20_000_000

  public init(_ graph: Graph) {
    self.graph = graph
    let found = graph.imageInput
    image = found?.port
    imageSides = found.map { Array(graph.type(of: $0.port.value).shape.dimensions[$0.axes]) } ?? []
    propagation = found.map {
      Propagation(graph, image: $0.port.value, spatialAxes: $0.axes, budget: Self.budget)
    }
  }

  /// The field of a node's first output; nil where it does not depend on the image.
  public func field(of node: Int) -> UnitField? {
    guard let propagation, graph.nodes.indices.contains(node), !graph.nodes[node].outputs.isEmpty else { return nil }
    let sight = propagation.sight(of: Value(node: node))
    guard sight.dependsOnImage else { return nil }
    return UnitField(node: node, axes: sight.axes.map(AxisField.init))
  }

  /// The last map before the first operator that sees the whole map, as detectors read it; the last map of all where no
  /// operator does. Squeeze-excite's pools and statistics of norms do not count: their results only scale the map.
  public var features: UnitField? { featuresNode.flatMap(field) }

  /// The operator that ends ``features``; nil where there is none.
  public var firstWholeReader: Int? {
    guard let propagation else { return nil }
    return propagation.wholeReaders.first { !propagation.gates.contains($0) && !graph.nodes[$0].isTrainingOnly }
  }

  private var featuresNode: Int? {
    guard let propagation else { return nil }
    guard let end = firstWholeReader else {
      return graph.nodes.last { !$0.isTrainingOnly && isMap($0, propagation) }?.id
    }
    var isAncestor = Array(false, count: end + 1)
    isAncestor[end] = true
    for id in stride(from: end, through: 0, by: -1) where isAncestor[id] {
      if id != end, isMap(graph.nodes[id], propagation) { return id }
      for input in graph.nodes[id].inputs { isAncestor[input.node] = true }
    }
    return nil
  }

  /// Whether a node computes a map: one axis of its output for each of the image's, and units that differ.
  private func isMap(_ node: Node, _ propagation: Propagation<PeriodicReach>) -> Bool {
    guard node.outputs.first?.isKnown == true, node.inputs.count > 0 else { return false }
    let sight = propagation.sight(of: Value(node: node.id))
    guard sight.dependsOnImage, sight.layout.count == imageSides.count + 2 else { return false }
    return sight.axes.indices.allSatisfy { axis in
      sight.axes[axis].local != nil
        && sight.layout.contains { $0.isWhole(axis, side: sight.axes[axis].side) }
    }
  }
}

/// What the units of one node see.
public struct UnitField: Sendable {
  public var node: Int
  /// One for each spatial axis of the image.
  public var axes: [AxisField]
}

/// What the units of one node see along one axis of the image.
public struct AxisField: Sendable {
  private let reach: PeriodicReach?
  private let global: Sight<PeriodicReach>.Whole?
  /// Units along the axis; 1 where units see only the whole.
  public let units: Dimension
  /// The first node on the way that joined branches whose fields have different centres; nil where all agree.
  public let misalignedAt: Int?
  /// Whether SAME padding of a symbolic side was taken as if the stride divided the side.
  public let assumesDivisible: Bool

  init(_ axis: Sight<PeriodicReach>.Axis) {
    var reach = axis.local
    if axis.phase != 0 {
      var budget = PositionMap.bound
      reach = reach?.rolled(by: axis.phase, side: axis.side, budget: &budget)
    }
    self.reach = reach
    global = axis.global
    units = axis.side
    misalignedAt = axis.misaligned
    assumesDivisible = axis.assumesDivisible
  }

  /// Whether units differ in what they see: the figures then describe that, and leave out what all units see.
  public var isLocal: Bool { reach != nil }
  /// The first operator on the way that reads all positions; nil where there is none.
  public var globalCause: Int? { global?.cause }
  /// Whether an operator on the way could not be followed.
  public var isLost: Bool { global?.isLost ?? false }
  /// What every unit sees through operators that read all positions, on an image without ends.
  public var globalSpan: GlobalSpan? { global?.span }

  /// Extent of the field, the largest where units differ; nil where it is not known.
  public var size: Dimension? {
    if let reach {
      let ranges = reach.ranges
      return (0..<ranges.count).lazy.compactMap { ranges[$0]?.count }.max().map { Dimension($0) }
    }
    return isLost ? nil : global?.span?.count
  }

  /// How far the field moves from unit to unit, on average; nil where units see the whole.
  public var stride: UnitStride? {
    reach.map { UnitStride(positions: $0.shift, units: $0.ranges.count) }
  }

  /// What unit `unit` sees without the operators that read all positions, on an image and maps without ends.
  public func range(of unit: Int) -> PositionRange? {
    if let reach { return unit.magnitude <= PositionMap.bound ? reach.range(of: unit) : nil }
    guard !isLost, let span = global?.span, let start = span.start.constant, let end = span.end.constant else {
      return nil
    }
    return PositionRange(start, end)
  }

  /// How far unit 0 sees beyond the image's first position; negative where it does not reach it. nil where unknown.
  public var padding: Int? { assumesDivisible ? nil : range(of: 0).map { -$0.start } }

  /// Twice the centre of unit 0's field; pixels have their centres at whole numbers. nil where unknown.
  public var doubledCentre: Int? { assumesDivisible ? nil : range(of: 0)?.doubledCentre }
}

/// The effective stride: positions of the image for units of a map, in lowest terms. Below 1 where a map is finer than
/// the image.
public struct UnitStride: Hashable, Sendable, CustomStringConvertible {
  public let positions: Int
  public let units: Int

  init(positions: Int, units: Int) {
    let common = max(1, greatestCommonDivisor(positions, units))
    (self.positions, self.units) = (positions / common, units / common)
  }

  public var description: String { units == 1 ? "\(positions)" : "\(positions)/\(units)" }
}

extension Graph {
  /// The input that holds an image, and its spatial axes: the first of at least three axes. Channels come second, or
  /// last where that is what the sizes say.
  var imageInput: (port: Port, axes: Range<Int>)? {
    for port in inputs {
      let type = type(of: port.value)
      guard type.isKnown, type.shape.rank >= 3 else { continue }
      let rank = type.shape.rank
      let isColour = { (size: Dimension) in [1, 3, 4].contains(size.constant ?? 0) }
      let isChannelsLast = rank == 4 && isColour(type.shape[3]) && !isColour(type.shape[1])
      return (port, isChannelsLast ? 1..<rank - 1 : 2..<rank)
    }
    return nil
  }
}
