import SymbolicIntegers

extension Graph {
  /// The network without its head, with feature maps as outputs, as detectors and segmenters use it. Its name says so.
  ///
  /// Outputs are the maps with which stages end, one for each stride from 4 to 32, named `stride4` and so on. A pooling
  /// at a stage's end belongs to the next stage, except at the end of the body. Of stages that end at one stride the map
  /// with the most channels counts, of equal ones the last. A network whose stages end at no such stride, such as a plain
  /// vision transformer, has one output, `features`: what its body ends with. Nodes that no output needs are gone.
  /// - Throws: ``GraphError/noFeatures(graph:)`` when the network marks neither stages nor a head, as foreign files and
  ///   the oldest networks do, or when nothing precedes the head.
  public func backbone() throws(GraphError) -> Graph {
    let body = nodes.filter { node in
      if case .source = node.operation { return false }
      return !node.isTrainingOnly && scope(of: node, role: .head) == nil
    }
    guard let last = body.last, scopes.contains(where: { $0.role == .stage || $0.role == .head }) else {
      throw .noFeatures(graph: name)
    }
    let reductions = reductions()
    let input = inputs.first.map { type(of: $0.value).shape } ?? []
    let rank = input.rank
    func stride(of node: Int) -> Int? {
      let byWindows = (4...32).first {
        repeatElement($0, count: rank - 2).reduce(1, saturatingProduct) == reductions[node]
      }
      let shape = nodes[node].outputs[0].shape
      if byWindows == Graph.stride(from: input.spatial, to: shape.spatial) { return byWindows }
      // Channels last: such networks may merge positions by reshaping, which no window tells.
      let merged = Graph.stride(from: input.spatial, to: shape.dimensions.dropFirst().dropLast())
      return (merged ?? byWindows).flatMap { (4...32).contains($0) ? $0 : nil }
    }
    var maps: [Int: Int] = [:]
    for id in stageEnds(of: body) where rank > 2 && nodes[id].outputs.first?.shape.rank == rank {
      guard let stride = stride(of: id) else { continue }
      if let other = maps[stride], size(of: other) > size(of: id) { continue }
      maps[stride] = id
    }
    var ports = maps.sorted { $0.key < $1.key }.map { Port(name: "stride\($0.key)", value: Value(node: $0.value)) }
    if ports.isEmpty { ports = [Port(name: "features", value: Value(node: last.id))] }
    return pruned(to: ports)
  }

  /// The node with which each stage of `body` ends: the last that is no pooling, and the last of the body.
  private func stageEnds(of body: [Node]) -> [Int] {
    var ends: [Int] = []
    for (position, node) in body.enumerated() {
      guard let stage = scope(of: node, role: .stage) else { continue }
      let isLast = position + 1 == body.count
      guard isLast || scope(of: body[position + 1], role: .stage) != stage else { continue }
      var end = position
      while end > 0, case .pool = body[end].operation, scope(of: body[end - 1], role: .stage) == stage { end -= 1 }
      ends.append(body[end].id)
      if isLast, end != position { ends.append(node.id) }
    }
    return ends
  }

  /// For every node the positions of the input for one position of its map: the product of the strides of windows,
  /// slices and space-to-depth moves on the way. Operators that enlarge a map are not followed.
  private func reductions() -> [Int] {
    var reductions = Array(repeating: 1, count: nodes.count)
    for node in nodes {
      var steps: [Int] = []
      if case .transposedConvolution = node.operation {
        steps = []
      } else if let window = node.semantics.window {
        steps = window.axes.map(\.stride)
      } else if case .spaceDepth(let move) = node.operation, move.direction == .spaceToDepth {
        steps = [move.block, move.block]
      } else if case .slice(let slice) = node.operation {
        steps = slice.bounds.map(\.step)
      }
      let before = node.inputs.reduce(1) { max($0, reductions[$1.node]) }
      reductions[node.id] = steps.reduce(before) { saturatingProduct($0, max(1, $1)) }
    }
    return reductions
  }

  /// The power of two nearest to the ratio of two sizes; nil where the axes disagree or a size is not positive.
  ///
  /// Sizes are rarely exact fractions of the input's: unpadded windows cut off borders. Symbols stand for 2^20, at which
  /// borders vanish.
  private static func stride(from input: ArraySlice<Dimension>, to output: ArraySlice<Dimension>) -> Int? {
    guard input.count == output.count, !input.isEmpty else { return nil }
    func number(_ dimension: Dimension) -> Double? {
      if let constant = dimension.constant { return Double(constant) }
      let values = Dictionary(uniqueKeysWithValues: dimension.symbols.map { ($0, 1 << 20) })
      return (try? dimension.evaluated(with: values)).map(Double.init)
    }
    var result: Int?
    for (before, after) in zip(input, output) {
      guard let before = number(before), let after = number(after), after >= 1 else { return nil }
      let stride = [1, 2, 4, 8, 16, 32, 64].first { before / after < Double($0) * 2.0.squareRoot() }
      guard let stride, result == nil || result == stride else { return nil }
      result = stride
    }
    return result
  }

  /// Elements of a node's output with symbols left out: compares maps of equal sides by their channels.
  private func size(of node: Int) -> Int {
    let known = nodes[node].outputs[0].shape.dimensions.compactMap(\.constant)
    return known.reduce(1, saturatingProduct)
  }

  /// The part of the graph that `outputs` need, renumbered.
  private func pruned(to outputs: [Port]) -> Graph {
    var isNeeded = Array(repeating: false, count: nodes.count)
    for output in outputs { isNeeded[output.value.node] = true }
    for node in nodes.reversed() where isNeeded[node.id] {
      for input in node.inputs { isNeeded[input.node] = true }
    }
    for input in inputs { isNeeded[input.value.node] = true }
    var newIDs = Array(repeating: -1, count: nodes.count)
    var kept: [Node] = []
    for node in nodes where isNeeded[node.id] {
      newIDs[node.id] = kept.count
      kept.append(node)
    }
    let usedParameters = Set(kept.flatMap(\.parameters))
    let keptParameters = parameters.indices.filter { usedParameters.contains($0) }
    var newParameters = Array(repeating: -1, count: parameters.count)
    for (new, old) in keptParameters.enumerated() { newParameters[old] = new }
    func moved(_ value: Value) -> Value { Value(node: newIDs[value.node], output: value.output) }
    return Graph(
      name: "\(name) features",
      nodes: kept.enumerated().map { index, node in
        node.renumbered(
          id: index, inputs: node.inputs.map(moved), parameters: node.parameters.map { newParameters[$0] })
      }, scopes: scopes,
      parameters: keptParameters.map { old in
        var parameter = parameters[old]
        // The first user may be gone; the parameter then belongs to the first one left.
        parameter.node =
          newIDs[parameter.node] >= 0
          ? newIDs[parameter.node] : kept.firstIndex { $0.parameters.contains(old) } ?? 0
        return parameter
      },
      inputs: inputs.map { Port(name: $0.name, value: moved($0.value)) },
      outputs: outputs.map { Port(name: $0.name, value: moved($0.value)) },
      holds: holds.compactMap { hold in
        guard isNeeded[hold.value.node], isNeeded[hold.lastNode] else { return nil }
        return Hold(value: moved(hold.value), lastNode: newIDs[hold.lastNode])
      })
  }
}

/// The product, or the largest integer where it would leave the range.
private func saturatingProduct(_ left: Int, _ right: Int) -> Int {
  let (product, overflow) = left.multipliedReportingOverflow(by: right)
  return overflow ? .max : product
}
