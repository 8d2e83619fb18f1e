import CKernels
import NetworkGraph
import Tensors

/// Makes the steps of a native plan, node by node: which kernel computes it, in which layout, and what is fused to it.
///
/// Values stay with channels in blocks from one native kernel to the next; a conversion is a step of its own, made when a
/// kernel first asks for it. Operators without a native kernel run on the reference kernels, in row-major order.
final class NativePlanner {
  let graph: Graph
  let state: ModelState
  let kernels: CKKernels
  let method: ConvolutionMethod
  /// How many will share the work: it is cut in other pieces, which changes no result.
  let threads: Int
  let memory = NativeMemory()
  let prepared = KernelMemory()
  /// Floats of each buffer.
  private(set) var buffers: [Int] = []
  private(set) var steps: [NativeStep] = []
  /// Floats that one thread needs for itself.
  private(set) var scratch = 1
  /// By node and output; nil for what only training computes, or what is fused away.
  private(set) var places: [[NativePlace?]]
  /// The nodes that read a value, with repetition; the graph's outputs count as node -1.
  let readers: [Value: [Int]]
  /// Values that are written at their place in a concatenation.
  let homes: [Value: ConcatenationHome]
  /// The buffer of a concatenation that others write into, by its node.
  var joined: [Int: BlockedPlace] = [:]
  /// Values whose channels lie where those of other values do, until something reads them as one map.
  var scattered: [Value: [ChannelPlace]] = [:]
  private var isPlanned: [Bool]
  private var stridedCopies: [Value: StridedPlace] = [:]
  private var blockedCopies: [Value: BlockedPlace] = [:]

  /// Channels in a block.
  var lanes: Int { kernels.width }

  init(
    _ graph: Graph, state: ModelState, kernels: CKKernels, method: ConvolutionMethod = .auto, threads: Int = 1
  ) throws(ExecutionError) {
    self.graph = graph
    self.state = state
    self.kernels = kernels
    self.method = method
    self.threads = threads
    places = graph.nodes.map { Array(repeating: nil, count: $0.outputs.count) }
    isPlanned = Array(repeating: false, count: graph.nodes.count)
    var readers: [Value: [Int]] = [:]
    for node in graph.nodes where !node.isTrainingOnly {
      for input in node.inputs { readers[input, default: []].append(node.id) }
    }
    for output in graph.outputs { readers[output.value, default: []].append(-1) }
    self.readers = readers
    homes = ConcatenationHome.homes(of: graph, readers: readers, lanes: kernels.width)
    for node in graph.nodes where !node.isTrainingOnly && !isPlanned[node.id] { try plan(node) }
    for output in graph.outputs { gatherScattered(output.value) }
    scattered = [:]
  }

  // MARK: What planning a node uses

  subscript(value: Value) -> NativePlace? {
    get {
      gatherScattered(value)
      return places[value.node][value.output]
    }
    set { places[value.node][value.output] = newValue }
  }

  func shape(of value: Value) -> [Int] { graph.type(of: value).shape.sizes }

  /// A new buffer.
  func buffer(_ floats: Int) -> NativeStorage {
    buffers.append(floats)
    return .buffer(buffers.count - 1)
  }

  /// Adds a step; the nodes it computes are planned.
  func add(
    _ nodes: [Int], _ kernel: String, _ rule: String, _ touched: [NativeStorage], scratch: Int = 0,
    inPlace: NativeStep.InPlace? = nil, bind: @escaping (NativeBinder) throws(ExecutionError) -> NativeWork
  ) {
    for node in nodes { isPlanned[node] = true }
    self.scratch = max(self.scratch, scratch)
    steps.append(
      NativeStep(nodes: nodes, kernel: kernel, rule: rule, touched: touched, inPlace: inPlace, bind: bind))
  }

  /// A place for a value that a kernel stores with `axis` in blocks: its home in a concatenation, or a new buffer.
  func newBlocked(_ value: Value, axis: Int) -> BlockedPlace {
    let layout = BlockedLayout(shape(of: value), axis: axis, lanes: lanes)
    let place =
      home(of: value, layout) ?? BlockedPlace(storage: buffer(layout.batch * layout.batchStride), layout: layout)
    self[value] = NativePlace(storage: place.storage, layout: .blocked(place.layout))
    return place
  }

  /// A new place for a value in row-major order.
  func newStrided(_ value: Value) -> StridedPlace {
    let layout = StridedLayout(shape(of: value))
    let place = StridedPlace(storage: buffer(layout.count), layout: layout)
    self[value] = NativePlace(storage: place.storage, layout: .strided(layout))
    return place
  }

  /// The value in row-major order, converted if need be.
  func strided(_ value: Value) throws(ExecutionError) -> StridedPlace {
    guard let place = self[value] else { throw unstored(value) }
    if case .strided(let layout) = place.layout { return StridedPlace(storage: place.storage, layout: layout) }
    if let copy = stridedCopies[value] { return copy }
    guard case .blocked(let from) = place.layout else { throw unstored(value) }
    if let layout = from.strided { return StridedPlace(storage: place.storage, layout: layout) }
    let layout = StridedLayout(from.shape)
    let copy = StridedPlace(storage: buffer(layout.count), layout: layout)
    stridedCopies[value] = copy
    unblock(BlockedPlace(storage: place.storage, layout: from), to: copy)
    return copy
  }

  /// The value in row-major order without gaps.
  func contiguous(_ value: Value) throws(ExecutionError) -> StridedPlace {
    let place = try strided(value)
    if place.layout.isContiguous { return place }
    let layout = StridedLayout(place.layout.shape)
    let copy = StridedPlace(storage: buffer(layout.count), layout: layout)
    self.copy([], "a kernel asks for rows without gaps", place, to: copy)
    return copy
  }

  /// The value with `axis` in blocks, converted if need be; nil where it has no such layout.
  func blocked(_ value: Value, axis: Int) throws(ExecutionError) -> BlockedPlace? {
    guard let place = self[value] else { throw unstored(value) }
    let shape = shape(of: value)
    guard axis > 0, axis < shape.count, !shape.contains(0) else { return nil }
    if case .blocked(let layout) = place.layout, layout.axis == axis {
      return BlockedPlace(storage: place.storage, layout: layout)
    }
    if let copy = blockedCopies[value], copy.layout.axis == axis { return copy }
    var from = try strided(value)
    var layout = BlockedLayout(shape, axis: axis, lanes: lanes)
    if layout.pixels == 1, from.layout.strides[axis] == 1, case .buffer = from.storage {
      // A row of floats is a row of blocks.
      layout.offset = from.layout.offset
      if layout.batch > 1 { layout.batchStride = from.layout.strides[0] }
      return BlockedPlace(storage: from.storage, layout: layout)
    }
    if from.layout.pixelStride(axis: axis) == nil { from = try contiguous(value) }
    guard let pixelStride = from.layout.pixelStride(axis: axis) else { return nil }
    let copy = BlockedPlace(storage: buffer(layout.batch * layout.batchStride), layout: layout)
    blockedCopies[value] = copy
    block(from, pixelStride: pixelStride, to: copy)
    return copy
  }

  private func unstored(_ value: Value) -> ExecutionError {
    .unsupported(node: graph.path(of: graph.nodes[value.node]), reason: "its value is not stored")
  }

  /// The values of a parameter of a node, called `name` within it; nil where it has none.
  func parameter(_ name: String, of node: Node) -> UnsafeBufferPointer<Float>? {
    node.parameters.first { graph.parameters[$0].spec.name == name }.flatMap { state.values(ofParameter: $0) }
  }

  // MARK: Nodes

  private func plan(_ node: Node) throws(ExecutionError) {
    if try planConstant(node) { return }
    if try !planNatively(node) { try planReference(node) }
  }

  /// Computes what follows from constants and parameters alone now, once.
  private func planConstant(_ node: Node) throws(ExecutionError) -> Bool {
    switch node.operation {
    case .source, .identity, .view, .transpose, .split, .slice, .expand: return false
    default: break
    }
    var inputs: [TensorView] = []
    for input in node.inputs {
      // What is scattered is computed, and need not be gathered to see that.
      guard scattered[input] == nil, let place = self[input], case .fixed(let base) = place.storage,
        case .strided(let layout) = place.layout
      else { return false }
      inputs.append(TensorView(base: base, layout: layout))
    }
    guard !inputs.isEmpty else { return false }
    let outputs = node.outputs.map { output in
      let layout = StridedLayout(output.shape.sizes)
      return TensorView(base: memory.floats(layout.count), layout: layout)
    }
    var tally = WorkTally()
    try referenceKernel(for: referenceStep(node)(inputs, outputs)).run(&tally)
    for (index, output) in outputs.enumerated() {
      self[Value(node: node.id, output: index)] = NativePlace(
        storage: .fixed(output.base), layout: .strided(output.layout))
    }
    isPlanned[node.id] = true
    return true
  }

  /// The one place in this back end where the closed set of operators is opened.
  /// - Returns: whether there is a native way.
  private func planNatively(_ node: Node) throws(ExecutionError) -> Bool {
    switch node.operation {
    case .source(let source): try planSource(source, node)
    case .convolution(let operation): try planConvolution(operation, node)
    case .linear(let operation): try planLinear(operation, node)
    case .matrixProduct(let operation): try planMatrixProduct(operation, node)
    case .pool(let operation): try planPool(operation, node)
    case .adaptivePool(let operation): try planAdaptivePool(operation, node)
    case .reduction(let operation): try planReduction(operation, node)
    case .batchNorm, .activation, .elementwise, .scale, .affine: try planPointwise(node)
    case .layerNorm(let operation): try planLayerNorm(operation, node)
    case .softmax(let operation): try planSoftmax(operation, node)
    case .concatenation(let operation): try planConcatenation(operation, node)
    case .identity(.identity), .identity(.dropout), .identity(.stochasticDepth), .view, .transpose, .split, .slice,
      .expand:
      try planView(node)
    case .channelShuffle(let operation): try planShuffle(operation, node)
    case .groupNorm(let operation): try planGroupNorm(operation, node)
    case .localResponseNorm(let operation): try planLocalResponseNorm(operation, node)
    case .globalResponseNorm(let operation): try planGlobalResponseNorm(operation, node)
    case .unitNormalization(let operation): try planUnitNormalization(operation, node)
    case .transposedConvolution(let operation): try planTransposedConvolution(operation, node)
    case .resize(let operation): try planResize(operation, node)
    case .pad(let operation):
      try planPicks(
        operation.positions(input: shape(of: node.inputs[0]), output: node.outputs[0].shape.sizes),
        fill: operation.fill, node)
    case .roll(let operation): try planPicks(operation.positions(input: shape(of: node.inputs[0])), fill: 0, node)
    case .gather(let operation): try planGather(operation, node)
    case .spaceDepth(let operation): try planMovement(node, operation.movement)
    case .tile(let operation): try planMovement(node, operation.movement)
    case .identity(.cast(let type)): type.isFloatingPoint && type != .bool ? try planView(node) : false
    case .scatter, .opaque: false
    }
  }

  private func planSource(_ source: Source, _ node: Node) throws(ExecutionError) -> Bool {
    let layout = StridedLayout(node.outputs[0].shape.sizes)
    let value = Value(node: node.id)
    switch source.kind {
    case .input: _ = newStrided(value)
    case .constant:
      guard let offset = state.constantOffsets[node.id] else { throw unstored(value) }
      self[value] = NativePlace(storage: .fixed(state.memory + offset), layout: .strided(layout))
    case .parameter:
      guard let values = state.values(ofParameter: node.parameters[0]).flatMap({ $0.baseAddress }) else {
        throw unstored(value)
      }
      self[value] = NativePlace(storage: .fixed(UnsafeMutablePointer(mutating: values)), layout: .strided(layout))
    }
    return true
  }

  /// A step on the reference kernels.
  private func planReference(_ node: Node) throws(ExecutionError) {
    var inputs: [StridedPlace] = []
    for input in node.inputs { inputs.append(try strided(input)) }
    let outputs = node.outputs.indices.map { newStrided(Value(node: node.id, output: $0)) }
    let (inputPlaces, step) = (inputs, referenceStep(node))
    add([node.id], "reference", "no native kernel", (inputs + outputs).map(\.storage)) {
      (binder) throws(ExecutionError) in
      .reference(try referenceKernel(for: step(inputPlaces.map(binder.view), outputs.map(binder.view))))
    }
  }

  /// A node bound to the views of its inputs and outputs.
  private func referenceStep(_ node: Node) -> ([TensorView], [TensorView]) -> Step {
    var parameters: [String: TensorView] = [:]
    for index in node.parameters where state.parameterOffsets[index] >= 0 {
      let spec = graph.parameters[index].spec
      parameters[spec.name] = TensorView(
        base: state.memory + state.parameterOffsets[index], layout: StridedLayout(spec.shape.sizes))
    }
    let (path, inputTypes, byName, prepared) = (graph.path(of: node), graph.inputTypes(of: node), parameters, prepared)
    return { inputs, outputs in
      Step(
        path: path, operation: node.operation, inputTypes: inputTypes, outputTypes: node.outputs, inputs: inputs,
        outputs: outputs, parameters: byName, memory: prepared)
    }
  }
}

extension StridedLayout {
  /// The stride that takes all axes but the first and `axis` as one; nil where there is none.
  func pixelStride(axis: Int) -> Int? {
    let axes = shape.indices.filter { $0 != 0 && $0 != axis && shape[$0] != 1 }
    for (outer, inner) in zip(axes, axes.dropFirst()) where strides[outer] != strides[inner] * shape[inner] {
      return nil
    }
    return axes.last.map { strides[$0] } ?? 0
  }
}
