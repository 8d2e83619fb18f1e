import NetworkGraph
import SymbolicIntegers

extension StorageGraph {
  public init(_ graph: Graph, _ options: MemoryOptions = MemoryOptions()) {
    self.graph = graph
    self.options = options
    fusion = options.fusesEpilogues ? EpilogueFusion(graph) : EpilogueFusion(unfused: graph)
    producer = Array(Int32(-1), count: graph.nodes.count)
    var places = Places(graph, options)
    let isView = placeTensors(&places)
    let concatenations =
      options.concatenatesAsViews ? ConcatenationViews(graph, places, buffers) : ConcatenationViews(none: buffers.count)
    makeSteps(places, concatenations, isView)
    for output in graph.outputs where !graph.nodes[output.value.node].isTrainingOnly {
      let buffer = places[output.value].buffer
      if buffer >= 0 { buffers[Int(concatenations.root[Int(buffer)])].isKept = true }
    }
  }

  /// Gives every tensor that inference stores a buffer, in the order of the nodes.
  /// - Returns: for each node whether it is a view of its input.
  private mutating func placeTensors(_ places: inout Places) -> [Bool] {
    var isView = Array(false, count: graph.nodes.count)
    buffers.reserveCapacity(graph.nodes.count)
    for node in graph.nodes where !node.isTrainingOnly {
      // What a chain hands on inside is never stored.
      if fusion.next[node.id] >= 0 { continue }
      if case .source(let source) = node.operation {
        switch source.kind {
        case .input: place(node, &places, isInput: true)
        case .constant: if options.countsWeights { weightBytes += places.bytes(of: node.outputs[0]) }
        case .parameter: break
        }
      } else if fusion.head[node.id] == node.id, places.alias(node, graph) {
        isView[node.id] = true
      } else {
        place(node, &places)
      }
    }
    guard options.countsWeights else { return isView }
    for parameter in graph.parameters where !graph.nodes[parameter.node].isTrainingOnly {
      weightBytes += places.bytes(of: TensorType(parameter.spec.shape, parameter.spec.elementType))
    }
    return isView
  }

  private mutating func place(_ node: Node, _ places: inout Places, isInput: Bool = false) {
    for (output, type) in node.outputs.enumerated() {
      let value = Value(node: node.id, output: output)
      if !type.isKnown || type.elementType == .other { unknownTensors += 1 }
      places[value] = Places.Place(buffer: Int32(clamping: buffers.count))
      buffers.append(Buffer(bytes: places.bytes(of: type), value: value, isInput: isInput))
    }
  }

  private mutating func makeSteps(_ places: Places, _ concatenations: ConcatenationViews, _ isView: [Bool]) {
    steps.reserveCapacity(buffers.count)
    touches.reserveCapacity(buffers.count * 3)
    /// The last step that a buffer was listed for.
    var listed = Array(Int32(-1), count: buffers.count)
    for node in graph.nodes where !node.isTrainingOnly && fusion.head[node.id] == node.id {
      if case .source = node.operation { continue }
      if isView[node.id] {
        producer[node.id] = node.inputs.first.map { producer[$0.node] } ?? -1
        continue
      }
      let step = Int32(clamping: steps.count)
      let firstTouch = touches.count
      var last = node.id
      while true {
        producer[last] = step
        for (index, input) in graph.nodes[last].inputs.enumerated()
        where !concatenations.isWrittenInPlace(input: index, of: last) {
          touch(places[input].buffer, in: step, &listed, concatenations)
        }
        guard fusion.next[last] >= 0 else { break }
        last = Int(fusion.next[last])
      }
      let firstOverwritable = overwritable.count
      if options.overwritesInPlace { listOverwritable(from: node.id, to: last, places, concatenations) }
      for output in graph.nodes[last].outputs.indices {
        touch(places[Value(node: last, output: output)].buffer, in: step, &listed, concatenations)
      }
      steps.append(
        Step(
          firstNode: node.id, lastNode: last, touches: firstTouch..<touches.count,
          overwritable: firstOverwritable..<overwritable.count))
    }
  }

  private mutating func touch(
    _ buffer: Int32, in step: Int32, _ listed: inout [Int32], _ concatenations: ConcatenationViews
  ) {
    guard buffer >= 0 else { return }
    let root = concatenations.root[Int(buffer)]
    guard listed[Int(root)] != step else { return }
    listed[Int(root)] = step
    touches.append(root)
    buffers[Int(root)].touchCount += 1
  }

  /// Lists the buffers that the output of a step may take the place of once nothing else needs them: whole inputs of its
  /// elementwise operators, of the output's size, that the step reads in one way only.
  private mutating func listOverwritable(
    from first: Int, to last: Int, _ places: Places, _ concatenations: ConcatenationViews
  ) {
    let output = Value(node: last)
    let target = places[output].buffer
    guard target >= 0, concatenations.root[Int(target)] == target, graph.nodes[last].operation.isElementwise else {
      return
    }
    /// The inputs of the step, and whether an elementwise operator reads them.
    var inputs: [(value: Value, isElementwise: Bool)] = []
    inputs.reserveCapacity(4)
    var current = first
    while true {
      let isElementwise = graph.nodes[current].operation.isElementwise
      for input in graph.nodes[current].inputs { inputs.append((input, isElementwise)) }
      guard current != last else { break }
      current = Int(fusion.next[current])
    }
    for (value, isElementwise) in inputs where isElementwise {
      let buffer = places[value].buffer
      guard buffer >= 0, buffer != target, !buffers[Int(buffer)].isInput,
        concatenations.root[Int(buffer)] == buffer, buffers[Int(buffer)].bytes == buffers[Int(target)].bytes,
        graph.type(of: value).shape == graph.type(of: output).shape,
        places.bytes(of: graph.type(of: value)) == buffers[Int(buffer)].bytes,
        inputs.allSatisfy({ places[$0.value].buffer != buffer || $0.value == value && $0.isElementwise })
      else { continue }
      overwritable.append(buffer)
    }
  }
}
