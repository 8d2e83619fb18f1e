import CKernels
import NetworkGraph
import SymbolicIntegers
import Tensors

/// A convolution over two spatial axes, as its kernels need it.
struct ConvolutionShape {
  var batch: Int
  var inputs: Int
  var outputs: Int
  var groups: Int
  var vertical: WindowTaps.Axis
  var horizontal: WindowTaps.Axis

  var taps: Int { vertical.kernel * horizontal.kernel }
  var inputsPerGroup: Int { inputs / groups }
  var outputsPerGroup: Int { outputs / groups }
  /// Pixels of an output channel.
  var pixels: Int { vertical.output * horizontal.output }

  /// Whether every output reads the input at its own position alone.
  var isPointwise: Bool {
    [vertical, horizontal].allSatisfy { $0.kernel == 1 && $0.stride == 1 && $0.before == 0 && $0.input == $0.output }
  }

  /// The same layer on a map of the pixels that it reads, for a window of one pixel.
  var onReadPixels: ConvolutionShape {
    var result = self
    for axis in [\ConvolutionShape.vertical, \.horizontal] {
      result[keyPath: axis].stride = 1
      result[keyPath: axis].input = result[keyPath: axis].output
    }
    return result
  }

  /// What must surround the input so that no window leaves it.
  var border: MapBorder {
    func after(_ axis: WindowTaps.Axis) -> Int {
      max(0, (axis.output - 1) * axis.stride + (axis.kernel - 1) * axis.dilation + 1 - axis.before - axis.input)
    }
    return MapBorder(
      height: vertical.input, width: horizontal.input, top: vertical.before, left: horizontal.before,
      bottom: after(vertical), right: after(horizontal))
  }

  /// How Winograd's filtering cuts the layer, where it is to be used; nil elsewhere.
  func filtering(_ method: ConvolutionMethod) -> CKFiltering? {
    let isPlain = [vertical, horizontal].allSatisfy { $0.stride == 1 && $0.dilation == 1 }
    guard isPlain, groups == 1, method != .direct else { return nil }
    let pays = inputs >= 16 && outputs >= 16 && min(vertical.output, horizontal.output) >= 4
    guard pays || method == .winograd else { return nil }
    return switch (vertical.kernel, horizontal.kernel) {
    // Of small maps a larger tile wastes what it saves, and its weights are twice as many.
    case (3, 3) where isSmall: CKFiltering(square: 3, tile: 2)
    case (3, 3): CKFiltering(square: 3, tile: 4)
    case (5, 5): CKFiltering(square: 5, tile: 2)
    case (1, 3), (1, 7): CKFiltering(tileY: 1, kernelY: 1, tileX: 4, kernelX: horizontal.kernel)
    case (3, 1), (7, 1): CKFiltering(tileY: 4, kernelY: vertical.kernel, tileX: 1, kernelX: 1)
    default: nil
    }
  }

  /// Why the layer is filtered.
  var filteringRule: String {
    let sides = "\(vertical.output) x \(horizontal.output)"
    let size = isSmall ? "at most 8 x 8" : "larger than 8 x 8"
    return "\(kernel) of stride 1 without groups, \(inputs) to \(outputs) channels, map \(sides)"
      + (taps == 9 ? ": \(size)" : "")
  }

  private var isSmall: Bool { max(vertical.output, horizontal.output) <= 8 }

  private var kernel: String { "\(vertical.kernel)x\(horizontal.kernel)" }

  /// Why the layer's products are summed as they stand.
  func directRule(_ method: ConvolutionMethod) -> String {
    if isPointwise { return "1x1: pixels are columns" }
    if groups > 1 { return "groups of \(inputsPerGroup) to \(outputsPerGroup) channels" }
    if filtering(.winograd) == nil { return "\(kernel) of stride \(vertical.stride)x\(horizontal.stride)" }
    return method == .direct ? "\(kernel), filtering is switched off" : "\(kernel) of few channels or pixels"
  }
}

/// A planned layer of sums: what all kernels of convolutions share.
struct ProductLayer {
  var nodes: [Int]
  var output: BlockedPlace
  var folded: ProductEpilogue

  func touched(_ input: NativeStorage) -> [NativeStorage] { [input, output.storage] + folded.touched }
}

/// Arguments of a kernel of sums, which may add another map to them.
protocol ProductArguments: MapArguments {
  var residual: UnsafePointer<Float>! { get set }
}

extension CKConvolution: ProductArguments {}
extension CKWinograd: ProductArguments {}
extension CKStrassen: ProductArguments {}
extension CKDepthwise: ProductArguments {}

extension NativePlanner {
  func planConvolution(_ operation: Convolution, _ node: Node) throws(ExecutionError) -> Bool {
    let (input, output) = (shape(of: node.inputs[0]), node.outputs[0].shape.sizes)
    guard input.count == 4, node.inputs.count == 1, !input.contains(0), !output.contains(0),
      let groups = operation.groups.constant, let stored = node.parameters.first,
      let values = state.values(ofParameter: stored)?.baseAddress
    else { return false }
    let axes = WindowTaps(operation.slidingWindow, input: Array(input[2...]), output: Array(output[2...])).axes
    let shape = ConvolutionShape(
      batch: input[0], inputs: input[1], outputs: output[1], groups: groups, vertical: axes[0], horizontal: axes[1])
    guard axes.allSatisfy({ $0.before >= 0 && $0.kernel > 0 }), isAddressable(shape) else { return false }
    var weights = WeightTensor(
      values: values, outputs: shape.outputs, inputs: shape.inputsPerGroup, taps: shape.taps,
      outputStride: shape.inputsPerGroup * shape.taps, inputStride: shape.taps)
    if let standardization = operation.standardization {
      let layout = StridedLayout(graph.parameters[stored].spec.shape.sizes)
      let gain = parameter("gain", of: node).flatMap { gain in
        gain.baseAddress.map {
          TensorView(base: UnsafeMutablePointer(mutating: $0), layout: StridedLayout([gain.count]))
        }
      }
      let view = TensorView(base: UnsafeMutablePointer(mutating: values), layout: layout)
      weights.values = UnsafePointer(standardized(view, standardization, gain: gain, prepared).first)
    }
    // Planar inputs of few channels are read as they are; all others with channels in blocks.
    let isStem =
      groups == 1 && shape.inputs <= 4 && shape.horizontal.dilation == 1 && !isBlocked(node.inputs[0], axis: 1)
    let planar = isStem ? try contiguous(node.inputs[0]) : nil
    guard let source = isStem ? nil : try blocked(node.inputs[0], axis: 1) else {
      guard let planar else { return false }
      planStem(shape, weights, planar, try productLayer(node, bias: shape.outputs))
      return true
    }
    let layer = try productLayer(node, bias: shape.outputs)
    let perGroup = shape.inputsPerGroup
    if perGroup == shape.outputsPerGroup, [1, 2, 4, 8].contains(perGroup), perGroup < lanes, lanes % perGroup == 0,
      groups > 1
    {
      planWithinBlocks(shape, weights, source, layer)
    } else if let filtering = shape.filtering(method) {
      planWinograd(shape, filtering, weights, source, layer)
    } else {
      let isPicked = shape.taps == 1 && shape.border.isEmpty && !shape.isPointwise
      let (read, map) = isPicked ? (shape.onReadPixels, pickPixels(shape, source)) : (shape, source)
      if method != .direct, read.isHalved(lanes: lanes, rows: kernels.rows), !weights.hasEqualOutputs {
        planStrassen(read, weights, map, layer)
      } else {
        planDirect(read, weights, map, layer)
      }
    }
    return true
  }

  /// Whether the padded map, and weights that are filled up with zeros, have sizes that a tensor may have.
  private func isAddressable(_ shape: ConvolutionShape) -> Bool {
    let border = shape.border
    let map = [shape.batch, shape.inputs + lanes, border.paddedHeight, border.paddedWidth]
    // Two blocks of outputs read the inputs of so many groups.
    let groups = min(shape.groups, 2 * lanes / shape.outputsPerGroup + 2)
    let weights = [groups * shape.inputsPerGroup + 2 * lanes, shape.outputs + 2 * lanes, shape.taps]
    return [map, weights].allSatisfy { (try? Tensor.elementCount(of: $0)) != nil }
  }

  /// Follows the chain behind a product and makes room for what it stores.
  func productLayer(_ node: Node, bias count: Int, axis: Int = 1) throws(ExecutionError) -> ProductLayer {
    let value = Value(node: node.id)
    let chain = try chain(after: value, .blocked(shape: shape(of: value), axis: axis))
    let bias = parameter("bias", of: node)?.map(Double.init) ?? Array(repeating: 0, count: count)
    let folded = ProductEpilogue(chain.links, bias: bias, memory: memory, lanes: lanes)
    guard case .blocked(_, let outputAxis) = chain.geometry else {
      throw .unsupported(node: graph.path(of: node), reason: "its output has no blocks")
    }
    return ProductLayer(
      nodes: [node.id] + chain.nodes, output: newBlocked(chain.output, axis: outputAxis), folded: folded)
  }

  /// The first layer of a network: few channels in planes, the lines of the window are the segments.
  private func planStem(
    _ shape: ConvolutionShape, _ weights: WeightTensor, _ input: StridedPlace, _ layer: ProductLayer
  ) {
    let border = shape.border
    let planes = shape.inputs
    var (storage, offset, batchStride) = (input.storage, input.layout.offset, input.layout.strides[0])
    if !border.isEmpty {
      storage = pad(storage, offset, border, planes: planes, batch: shape.batch, batchStride: batchStride, unit: 1)
      (offset, batchStride) = (0, planes * border.paddedHeight * border.paddedWidth)
    }
    let order = SumOrder(
      channels: planes, kernelHeight: shape.vertical.kernel, kernelWidth: shape.horizontal.kernel,
      planeStride: border.paddedHeight * border.paddedWidth,
      lineStride: shape.vertical.dilation * border.paddedWidth)
    var arguments = CKConvolution()
    (arguments.lines, arguments.columns) = (shape.vertical.output, shape.horizontal.output)
    arguments.inputLine = shape.vertical.stride * border.paddedWidth
    arguments.inputColumn = shape.horizontal.stride
    (arguments.batch, arguments.inputBatch) = (shape.batch, batchStride)
    addSums(
      "direct, planes", "\(planes) channels in row-major order", arguments, order, weights, from: (storage, offset),
      layer)
  }

  /// Every pixel that a strided window of one pixel reads: the products run over them several times.
  private func pickPixels(_ shape: ConvolutionShape, _ input: BlockedPlace) -> BlockedPlace {
    let (vertical, horizontal) = (shape.vertical, shape.horizontal)
    let layout = BlockedLayout(
      [shape.batch, shape.inputs, vertical.output, horizontal.output], axis: 1, lanes: lanes)
    let picked = BlockedPlace(storage: buffer(layout.batch * layout.batchStride), layout: layout)
    addPick(
      [], "pick", "the pixels that a strided 1x1 reads",
      axes: [
        PickAxis(count: shape.batch, from: input.layout.batchStride, to: layout.batchStride),
        PickAxis(count: layout.blocks, from: input.layout.blockStride, to: layout.blockStride),
        PickAxis(
          count: vertical.output, from: vertical.stride * horizontal.input * lanes, to: horizontal.output * lanes),
        PickAxis(count: horizontal.output, from: horizontal.stride * lanes, to: lanes),
      ], unit: lanes, from: (input.storage, input.layout.offset), to: (picked.storage, 0))
    return picked
  }

  /// Any window, on a map that is copied with its padding.
  private func planDirect(
    _ shape: ConvolutionShape, _ weights: WeightTensor, _ input: BlockedPlace, _ layer: ProductLayer
  ) {
    let border = shape.border
    var (storage, offset, batchStride) = (input.storage, input.layout.offset, input.layout.batchStride)
    if !border.isEmpty {
      storage = pad(
        storage, offset, border, planes: input.layout.blocks, batch: shape.batch, batchStride: batchStride, unit: lanes)
      (offset, batchStride) = (0, input.layout.blocks * border.paddedHeight * border.paddedWidth * lanes)
    }
    let width = border.paddedWidth
    let blockStride = border.paddedHeight * width * lanes
    let (vertical, horizontal) = (shape.vertical, shape.horizontal)
    let tapOffsets = (0..<shape.taps).map { tap in
      (tap / horizontal.kernel * vertical.dilation * width + tap % horizontal.kernel * horizontal.dilation) * lanes
    }
    let order = SumOrder(channels: shape.inputs, lanes: lanes, blockStride: blockStride, tapOffsets: tapOffsets)
    var arguments = CKConvolution()
    (arguments.batch, arguments.inputBatch) = (shape.batch, batchStride)
    let isFlat = shape.isPointwise
    (arguments.lines, arguments.columns) = isFlat ? (1, shape.pixels) : (vertical.output, horizontal.output)
    arguments.inputLine = vertical.stride * width * lanes
    arguments.inputColumn = horizontal.stride * lanes
    addSums(
      isFlat ? "pointwise product" : shape.groups > 1 ? "direct, groups" : "direct", shape.directRule(method),
      arguments, order, weights, groups: shape.groups, from: (storage, offset), layer)
  }

  /// Adds a step of sums of products. The arguments lack what follows from the layer and its weights.
  func addSums(
    _ kernel: String, _ rule: String, _ arguments: CKConvolution, _ order: SumOrder, _ weights: WeightTensor,
    groups: Int = 1, from input: (storage: NativeStorage, offset: Int), _ layer: ProductLayer
  ) {
    let (output, folded) = (layer.output, layer.folded)
    let inputBlocks = (order.segments + order.tailSegments) / order.segmentsPerBlock
    let panels =
      groups == 1
      ? Panels(blocks: (weights.outputs + lanes - 1) / lanes, inputBlocks: inputBlocks)
      : Panels(
        groups: groups, inputsPerGroup: weights.inputs, outputsPerGroup: weights.outputs / groups, lanes: lanes)
    var described = arguments
    order.describe(&described, panels, memory, lanes: lanes)
    described.weights = UnsafePointer(
      memory.weights(weights, order, panels, scale: folded.scale, groups: groups, lanes: lanes))
    described.bias = UnsafePointer(memory.perChannel(folded.bias, lanes: lanes))
    described.outputBlock = output.layout.blockStride
    if described.outputColumn == 0 {
      described.outputBatch = output.layout.batchStride
      described.outputLine = described.columns * lanes
      described.outputColumn = lanes
      described.residualBatch = folded.residual?.layout.batchStride ?? 0
    }
    let inputsPerColumn = panels.panels.map { order.terms(of: $0).count }.max() ?? 0
    described.divide(rows: kernels.rows, lanes: lanes, inputsPerColumn: inputsPerColumn, threads: threads)
    add(kernel, rule, kernels.convolution, described, from: input, layer) { ck_convolution_jobs($0) }
  }

  /// Adds the step of a layer of sums; the arguments lack the places.
  func add<Arguments: ProductArguments & BitwiseCopyable>(
    _ kernel: String, _ rule: String, _ job: @escaping CKJob, _ arguments: Arguments,
    from input: (storage: NativeStorage, offset: Int), _ layer: ProductLayer, scratch: Int = 0,
    jobs: @escaping (UnsafePointer<Arguments>) -> Int
  ) {
    add(layer.nodes, kernel, rule, layer.touched(input.storage), scratch: scratch) { binder in
      var bound = arguments
      bound.input = UnsafePointer(binder.pointer(input.storage, input.offset))
      bound.output = binder.pointer(layer.output)
      bound.residual = layer.folded.residual.map { UnsafePointer(binder.pointer($0)) }
      bound.epilogue = layer.folded.epilogue.bound(binder)
      return binder.task(job, bound, jobs: jobs)
    }
  }
}

extension CKConvolution {
  /// Cuts the layer into jobs: columns whose inputs stay in the second cache, and enough pieces for several threads where
  /// the work pays for them.
  mutating func divide(rows: Int, lanes: Int, inputsPerColumn: Int, threads: Int) {
    let fitting = max(102400 / max(inputsPerColumn, 1), 4 * rows)
    let isFlat = lines == 1
    let width = isFlat ? 1 : columns
    // A single column takes several panels at once.
    let together = columns * lines == 1 ? Int(CK_SIDE_BY_SIDE) : 1
    let division = JobDivision(
      units: isFlat ? columns : lines, atMost: isFlat ? fitting : max(1, fitting * 4 / columns),
      panels: (panelCount + together - 1) / together, batch: batch, threads: threads
    ) { units, panels in
      let tiles = isFlat ? (units + rows - 1) / rows : units * ((width + rows - 1) / rows)
      let panel = JobDivision.panelTime(columns: units * width, tiles: tiles, lanes: lanes)
      return Double(inputsPerColumn) * (Double(panels * together) * panel + 0.1 * Double(units * width))
    }
    (columnsPerJob, linesPerJob) = isFlat ? (division.unitsPerJob, 1) : (columns, division.unitsPerJob)
    panelsPerJob = division.panelsPerJob * together
  }
}
