import NetworkGraph
import SymbolicIntegers

/// Follows what units see from the image through every operator of a graph.
///
/// One pass in topological order. The one switch over operators says what each reads; the reach says how positions are
/// held. Cost: linear in nodes for periodic reaches, in nodes times sides for visible ones, within a budget.
struct Propagation<R: Reach> {
  let graph: Graph
  /// The tensor of every node's every output; ``first`` says where a node's begin.
  private(set) var sights: [Sight<R>] = []
  private var first: [Int] = []
  /// Nodes that read a whole map, in order: candidates for the end of the feature maps.
  private(set) var wholeReaders: [Int] = []
  /// Of these the ones whose result only scales a map that goes past them, as squeeze-excite does.
  private(set) var gates: Set<Int> = []
  let masks: WindowMasks
  /// Steps that are left before long periods or sides are given up.
  var budget: Int

  /// - Parameter image: the input whose positions are followed, with its spatial axes.
  init(_ graph: Graph, image: Value, spatialAxes: Range<Int>, budget: Int) {
    self.graph = graph
    self.budget = budget
    masks = WindowMasks(graph)
    sights.reserveCapacity(graph.nodes.count)
    first.reserveCapacity(graph.nodes.count)
    for node in graph.nodes {
      first.append(sights.count)
      if node.id == image.node {
        sights.append(Self.image(graph.type(of: image).shape, spatialAxes))
      } else {
        append(node)
      }
    }
  }

  private static func image(_ shape: Shape, _ spatialAxes: Range<Int>) -> Sight<R> {
    var sight = Sight<R>(constantOfRank: shape.rank)
    for (axis, position) in spatialAxes.enumerated() {
      let side = shape[position]
      sight.layout[position] = AxisLayout(axis: axis, side: side)
      if let last = sight.axes.last, last.side == side {
        sight.axes.append(last)
      } else {
        sight.axes.append(Sight<R>.Axis(local: R.image(side: side), side: side))
      }
    }
    return sight
  }

  /// What the units of a value see.
  func sight(of value: Value) -> Sight<R> { sights[first[value.node] + value.output] }

  private func dependsOnImage(_ value: Value) -> Bool { sights[first[value.node] + value.output].dependsOnImage }

  /// Appends what the outputs of a node see.
  private mutating func append(_ node: Node) {
    guard node.outputs.count == 1 else {
      let depends = node.inputs.contains { dependsOnImage($0) }
      for (position, output) in node.outputs.enumerated() {
        if depends, case .split(let split) = node.operation, let input = node.inputs.first {
          sights.append(part(position, of: split, sight(of: input), graph.type(of: input).shape, node))
        } else {
          sights.append(depends ? lost(node, output) : Sight(constantOfRank: output.shape.rank))
        }
      }
      return
    }
    guard node.inputs.contains(where: { dependsOnImage($0) }) else {
      sights.append(Sight(constantOfRank: node.outputs[0].shape.rank))
      return
    }
    sights.append(single(node, node.outputs[0]))
  }

  /// What the one output of a node sees that depends on the image.
  private mutating func single(_ node: Node, _ output: TensorType) -> Sight<R> {
    guard output.isKnown, node.inputs.allSatisfy({ graph.type(of: $0).isKnown }) else { return lost(node, output) }
    let input = node.inputs[0]
    var x = sight(of: input)
    let shape = graph.type(of: input).shape
    // Weights and indices that the network computes from the image cannot be followed.
    let isFollowed = !node.inputs.dropFirst().contains { dependsOnImage($0) }
    switch node.operation {
    case .elementwise, .activation, .scatter: return node.inputs.count == 1 ? x : joined(node, output)
    case .matrixProduct(let product): return self.product(product, node, output)
    case .concatenation(let concatenation): return concatenated(concatenation, node, output)
    case _ where !isFollowed: return lost(node, output)
    case .source: return Sight(constantOfRank: output.shape.rank)
    case .batchNorm, .scale, .affine, .identity, .localResponseNorm, .channelShuffle: return x
    case .opaque: return lost(node, output)
    case .softmax(let softmax): attend(&x, along: [softmax.axis], node)
    case .unitNormalization(let norm): attend(&x, along: [norm.axis], node)
    case .layerNorm(let norm):
      switch norm.axes {
      case .trailing(let count): attend(&x, along: Array(max(0, shape.rank - count)..<shape.rank), node, isGate: true)
      case .channels: attend(&x, along: [1], node, isGate: true)
      }
    case .groupNorm: attend(&x, along: Array(min(1, shape.rank)..<shape.rank), node, isGate: true)
    case .globalResponseNorm: attend(&x, along: Array(min(1, shape.rank)..<shape.rank), node, isGate: true)
    case .convolution(let convolution):
      reduce(&x, along: [1], node)
      readWindow(convolution.slidingWindow, &x, shape, output.shape, node)
    case .pool(let pool):
      readWindow(pool.slidingWindow, &x, shape, output.shape, node)
      if coversMap(pool.slidingWindow, shape, output.shape) { wholeReaders.append(node.id) }
    case .transposedConvolution(let convolution):
      reduce(&x, along: [1], node)
      readTransposed(convolution, &x, shape, output.shape, node)
    case .adaptivePool(let pool): readAdaptive(pool, &x, shape, output.shape, node)
    case .resize(let resize): readResized(resize, &x, shape, output.shape, node)
    case .linear: reduce(&x, along: [-1], node)
    case .reduction(let reduction):
      reduce(&x, along: reduction.axes, node)
      if !reduction.keepsAxes {
        let removed = Set(reduction.axes.compactMap { shape.normalized(axis: $0) })
        x.layout = x.layout.indices.filter { !removed.contains($0) }.map { x.layout[$0] }
      }
    case .split(let split): return part(0, of: split, x, shape, node)
    case .slice(let slice): slice.bounds.forEach { cut(&x, $0, shape, node) }
    case .pad(let pad): readPadded(pad, &x, shape, node)
    case .view(let view):
      guard let layout = layout(of: x, shape, after: view, output.shape) else { return lost(node, output) }
      x.layout = layout
    case .transpose(let transpose): x.layout = transpose.permutation.map { x.layout[$0] }
    case .spaceDepth(let move): readBlocks(move, &x, node)
    case .gather(let gather):
      guard node.inputs.count == 1, let axis = shape.normalized(axis: gather.axis),
        pick(&x, gather.indices ?? [], axis, shape, node)
      else { return lost(node, output) }
    case .expand: x.layout = aligned(x.layout, rank: output.shape.rank)
    case .tile(let tile):
      guard zip(x.layout, tile.repeats).allSatisfy({ !$0.isSpatial || $1 == 1 }) else { return lost(node, output) }
    case .roll(let roll):
      for (shift, axis) in zip(roll.shifts, roll.axes) {
        guard let position = shape.normalized(axis: axis) else { continue }
        if x.layout[position].isSpatial {
          guard let axis = wholeAxis(x, position), x.axes[axis].roll(by: shift) else { return lost(node, output) }
        }
      }
    }
    return x
  }

  // MARK: What other files add to

  /// Marks a node as reading whole maps.
  mutating func markWholeReader(_ node: Node) {
    if wholeReaders.last != node.id { wholeReaders.append(node.id) }
  }

  /// Marks a node that reads whole maps as one whose result only scales a map.
  mutating func markGate(_ node: Int) { gates.insert(node) }

  /// The map's axis that `position` holds entirely and alone.
  func wholeAxis(_ x: Sight<R>, _ position: Int) -> Int? {
    guard let axis = x.layout[position].digits.first?.axis,
      x.layout[position].isWhole(axis, side: x.axes[axis].side)
    else { return nil }
    return axis
  }

  /// What remains of an operator that cannot be followed: every unit may see everything its inputs see.
  mutating func lost(_ node: Node, _ output: TensorType) -> Sight<R> {
    markWholeReader(node)
    var result = Sight<R>(constantOfRank: output.shape.rank)
    for input in node.inputs {
      var x = sight(of: input)
      for axis in x.axes.indices { x.axes[axis].lose(at: node.id) }
      if result.axes.isEmpty {
        result.axes = x.axes
      } else if !x.axes.isEmpty {
        for axis in result.axes.indices { x.axes[axis].global.map { result.axes[axis].add($0) } }
      }
    }
    result.origin = node.id
    return result
  }
}

/// The layout under a higher rank: axes are added in front, as broadcasting does.
func aligned(_ layout: [AxisLayout], rank: Int) -> [AxisLayout] {
  layout.count < rank ? Array(AxisLayout(), count: rank - layout.count) + layout : layout
}
