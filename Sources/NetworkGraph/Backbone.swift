import SymbolicIntegers

extension Graph {
  /// The network without its head, with feature maps as outputs, as detectors and segmenters use it.
  ///
  /// Outputs are the last stage ends before the head at each spatial size, from about a quarter of the input's side down
  /// to a thirty-second, named `stride4` and so on. A network without stages of decreasing size, such as a plain vision
  /// transformer, has one output, the last stage's. Maps keep the network's layout, which is N x H x W x C in some
  /// transformers. Nodes that no output needs are gone.
  /// - Throws: ``GraphError/noFeatures`` when nothing precedes the head.
  public func backbone() throws(GraphError) -> Graph {
    let body = nodes.filter { node in
      if case .source = node.operation { return false }
      return !node.isTrainingOnly && scope(of: node, role: .head) == nil
    }
    // The last node of every stage; of stages that end at one size, the last.
    var ends: [(size: [Dimension], channelsLast: [Dimension], node: Int)] = []
    for (position, node) in body.enumerated() {
      guard let stage = scope(of: node, role: .stage) else { continue }
      let isEnd = position + 1 == body.count || scope(of: body[position + 1], role: .stage) != stage
      guard isEnd, let shape = node.outputs.first?.shape, shape.rank >= 3 else { continue }
      let size = Array(shape.spatial)
      if ends.last?.size == size { ends.removeLast() }
      ends.append((size, Array(shape.dimensions.dropFirst().dropLast()), node.id))
    }
    guard let last = ends.last ?? body.last.map({ ([], [], $0.id) }) else { throw .noFeatures(graph: name) }
    let input = Array((inputs.first.map { type(of: $0.value).shape } ?? []).spatial)
    var ports: [Port] = []
    for end in ends {
      guard let stride = Graph.stride(from: input, to: end.size) ?? Graph.stride(from: input, to: end.channelsLast),
        (4...32).contains(stride)
      else { continue }
      let port = Port(name: "stride\(stride)", value: Value(node: end.node))
      if ports.last?.name == port.name { ports.removeLast() }
      ports.append(port)
    }
    if ports.isEmpty { ports = [Port(name: "features", value: Value(node: last.node))] }
    return pruned(to: ports)
  }

  /// The power of two nearest to the ratio of two sizes; nil where the axes disagree or a size is not positive.
  ///
  /// Sizes are rarely exact fractions of the input's: unpadded windows cut off borders. Symbols stand for 2^20, at which
  /// borders vanish.
  private static func stride(from input: [Dimension], to output: [Dimension]) -> Int? {
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
      name: name,
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
      outputs: outputs.map { Port(name: $0.name, value: moved($0.value)) })
  }
}
