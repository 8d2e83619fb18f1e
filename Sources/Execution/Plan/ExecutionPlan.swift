import Analysis
import NetworkGraph
import SymbolicIntegers

/// Where every value of an inference lies, and which operators run to compute them, in order.
///
/// This is the storage graph of the memory analysis, made concrete: its buffers get the places that ``Arena`` found, its
/// views become strided layouts of other values' storage, and its steps are what runs. So what runs is what was analysed.
struct ExecutionPlan {
  /// What holds a value's elements.
  enum Storage {
    /// A buffer of the storage graph.
    case buffer(Int)
    /// A parameter of the graph, by its position.
    case parameter(Int)
    /// The values of a constant, by its node.
    case constant(Int)
  }

  /// A value's place.
  struct Place {
    var storage: Storage
    var layout: StridedLayout
  }

  let graph: Graph
  let liveness: Liveness
  let arena: Arena
  /// By node and output; nil for what only training computes.
  private(set) var places: [[Place?]]
  /// The nodes that run, in order.
  let steps: [Int]

  /// - Throws: ``ExecutionError`` when a size is not a number, or an operator is not known.
  init(_ graph: Graph) throws(ExecutionError) {
    self.graph = graph
    var options = MemoryOptions()
    options.elementType = .float32
    options.integerType = .float32
    let storage = StorageGraph(graph, options)
    do throws(GraphError) {
      liveness = try Liveness(storage)
    } catch {
      throw .unsupported(node: graph.name, reason: "\(error)")
    }
    for node in graph.nodes where !node.isTrainingOnly {
      if case .opaque(let opaque) = node.operation {
        throw .unsupported(node: graph.path(of: node), reason: "\(opaque.name): \(opaque.reason)")
      }
      for type in node.outputs where !type.shape.isConstant || !type.isKnown {
        throw .symbolic(node: graph.path(of: node), type: "\(type)")
      }
    }
    guard let arena = Arena(liveness) else { throw .unsupported(node: graph.name, reason: "its tensors have no place") }
    self.arena = arena
    steps = storage.steps.map(\.firstNode)
    places = graph.nodes.map { Array(repeating: nil, count: $0.outputs.count) }
    for (index, buffer) in storage.buffers.enumerated() {
      let shape = graph.type(of: buffer.value).shape.sizes
      places[buffer.value.node][buffer.value.output] = Place(storage: .buffer(index), layout: StridedLayout(shape))
    }
    for node in graph.nodes where !node.isTrainingOnly { try placeUnstored(node) }
  }

  subscript(value: Value) -> Place? { places[value.node][value.output] }

  /// Gives places to the outputs of a node that stores none: a parameter, a constant, or a view of another value.
  private mutating func placeUnstored(_ node: Node) throws(ExecutionError) {
    if case .source(let source) = node.operation {
      let layout = StridedLayout(node.outputs[0].shape.sizes)
      switch source.kind {
      case .input: break
      case .constant: places[node.id][0] = Place(storage: .constant(node.id), layout: layout)
      case .parameter: places[node.id][0] = Place(storage: .parameter(node.parameters[0]), layout: layout)
      }
      return
    }
    guard places[node.id].contains(where: { $0 == nil }), let input = self[node.inputs[0]] else { return }
    for (output, layout) in try views(of: input.layout, by: node).enumerated() {
      places[node.id][output] = Place(storage: input.storage, layout: layout)
    }
  }

  /// The layouts of a view's outputs in the storage of its input.
  private func views(of input: StridedLayout, by node: Node) throws(ExecutionError) -> [StridedLayout] {
    let shape = node.outputs[0].shape.sizes
    switch node.operation {
    case .identity: return [input]
    case .view:
      guard let layout = input.reshaped(shape) else {
        throw .unsupported(node: graph.path(of: node), reason: "no strides give its view of the input")
      }
      return [layout]
    case .expand: return [input.expanded(to: shape)]
    case .transpose(let transpose): return [input.transposed(transpose.permutation)]
    case .split(let split): return input.split(split)
    case .slice(let slice): return [input.sliced(slice)]
    default: throw .unsupported(node: graph.path(of: node), reason: "\(node.operation.semantics.name) stores nothing")
    }
  }
}

extension Shape {
  /// The axes of a shape without symbols.
  var sizes: [Int] {
    var sizes: [Int] = []
    sizes.reserveCapacity(rank)
    for dimension in dimensions { sizes.append(dimension.constant ?? 0) }
    return sizes
  }
}

extension StridedLayout {
  /// The parts that `split` cuts.
  func split(_ split: Split) -> [StridedLayout] {
    let axis = split.axis < 0 ? split.axis + shape.count : split.axis
    var start = 0
    return Shape(split.sizes).sizes.map { size in
      defer { start += size }
      return sliced(axis: axis, start: start, count: size)
    }
  }

  /// The positions that `slice` keeps.
  func sliced(_ slice: Slice) -> StridedLayout {
    var result = self
    for bounds in slice.bounds {
      let axis = bounds.axis < 0 ? bounds.axis + shape.count : bounds.axis
      let size = result.shape[axis]
      let (sum, overflow) = bounds.start < 0 ? bounds.start.addingReportingOverflow(size) : (bounds.start, false)
      let start = overflow ? 0 : sum
      let first = bounds.step > 0 ? min(max(start, 0), size) : min(max(start, -1), size - 1)
      let count = Slice.count(bounds, of: size)
      result = result.sliced(axis: axis, start: count == 0 ? 0 : first, count: count, step: count < 2 ? 1 : bounds.step)
    }
    return result
  }
}

extension Slice {
  /// How many positions of `size` the bounds keep.
  fileprivate static func count(_ bounds: Bounds, of size: Int) -> Int {
    let type = TensorType([Dimension(size)])
    var bounds = bounds
    bounds.axis = 0
    let kept = try? Slice([bounds]).outputTypes(of: [type])
    return kept?.first?.shape.sizes.first ?? 0
  }
}
