import CKernels

/// Convolutions with kernels of their own: Winograd's filtering, and those within blocks.
extension NativePlanner {
  func planWinograd(
    _ shape: ConvolutionShape, _ filtering: CKFiltering, _ weights: WeightTensor, _ input: BlockedPlace,
    _ layer: ProductLayer
  ) {
    let (output, folded) = (layer.output, layer.folded)
    var filter = CKWinograd()
    filter.weights = UnsafePointer(memory.winogradPanels(weights, scale: folded.scale, filtering, lanes: lanes))
    filter.bias = UnsafePointer(memory.perChannel(folded.bias, lanes: lanes))
    filter.filtering = filtering
    (filter.batch, filter.inputChannels) = (shape.batch, shape.inputs)
    (filter.inputBlocks, filter.blocks) = (input.layout.blocks, output.layout.blocks)
    (filter.height, filter.width) = (shape.vertical.input, shape.horizontal.input)
    (filter.outputHeight, filter.outputWidth) = (shape.vertical.output, shape.horizontal.output)
    (filter.top, filter.left) = (shape.vertical.before, shape.horizontal.before)
    (filter.inputBatch, filter.outputBatch) = (input.layout.batchStride, output.layout.batchStride)
    filter.residualBatch = folded.residual?.layout.batchStride ?? 0
    // A small map is one piece, for which the weights are read once. Of a large one the transformed inputs of a job stay in
    // the second cache; few tiles would read the weights too often.
    let tiles =
      ((shape.vertical.output + filtering.tileY - 1) / filtering.tileY)
      * ((shape.horizontal.output + filtering.tileX - 1) / filtering.tileX)
    let fitting =
      tiles <= 64 ? tiles : min(48, max(2 * kernels.rows, 98304 / (filtering.points * input.layout.blocks * lanes)))
    let (rows, lanes) = (kernels.rows, lanes)
    let division = JobDivision(
      units: tiles, atMost: fitting, panels: (filter.blocks + 1) / 2, batch: shape.batch, threads: threads
    ) { tiles, panels in
      let panel = JobDivision.panelTime(columns: tiles, tiles: (tiles + rows - 1) / rows, lanes: lanes)
      // Each part of the panels transforms the inputs again, which takes about 5 cycles for a point of a block.
      let transform = 5 / Double(lanes) * Double(tiles)
      return Double(filtering.points * shape.inputs) * (Double(panels) * panel + transform)
    }
    (filter.tilesPerJob, filter.panelsPerJob) = (division.unitsPerJob, division.panelsPerJob)
    filter.offsets = memory.keep((0..<input.layout.blocks + 1).map { $0 * filter.tilesPerJob * lanes })
    let scratch = ck_winograd_scratch(&filter, lanes)
    add(
      filtering.name, shape.filteringRule, kernels.winograd, filter, from: (input.storage, input.layout.offset), layer,
      scratch: scratch
    ) { ck_winograd_jobs($0) }
  }

  func planWithinBlocks(
    _ shape: ConvolutionShape, _ weights: WeightTensor, _ input: BlockedPlace, _ layer: ProductLayer
  ) {
    let (output, folded) = (layer.output, layer.folded)
    var filter = CKDepthwise()
    filter.weights = UnsafePointer(memory.blockWeights(weights, scale: folded.scale, lanes: lanes))
    filter.bias = UnsafePointer(memory.perChannel(folded.bias, lanes: lanes))
    filter.channels = shape.inputsPerGroup
    (filter.batch, filter.blocks) = (shape.batch, output.layout.blocks)
    let (vertical, horizontal) = (shape.vertical, shape.horizontal)
    (filter.height, filter.width) = (vertical.input, horizontal.input)
    (filter.outputHeight, filter.outputWidth) = (vertical.output, horizontal.output)
    (filter.kernelHeight, filter.kernelWidth) = (vertical.kernel, horizontal.kernel)
    (filter.strideY, filter.strideX) = (vertical.stride, horizontal.stride)
    (filter.dilationY, filter.dilationX) = (vertical.dilation, horizontal.dilation)
    (filter.top, filter.left) = (vertical.before, horizontal.before)
    (filter.inputBatch, filter.outputBatch) = (input.layout.batchStride, output.layout.batchStride)
    filter.residualBatch = folded.residual?.layout.batchStride ?? 0
    // The lines that a job writes are still near when functions follow.
    filter.linesPerJob = min(vertical.output, max(8, 8192 / (horizontal.output * lanes)))
    let name = shape.inputsPerGroup == 1 ? "depthwise" : "groups within blocks"
    let rule =
      shape.inputsPerGroup == 1
      ? "one channel a group" : "\(shape.inputsPerGroup) channels a group, fewer than the \(lanes) of a block"
    add(name, rule, kernels.depthwise, filter, from: (input.storage, input.layout.offset), layer) {
      ck_depthwise_jobs($0)
    }
  }
}

extension CKFiltering {
  /// The same along both axes.
  init(square kernel: Int, tile: Int) {
    self.init(tileY: tile, kernelY: kernel, tileX: tile, kernelX: kernel)
  }

  /// Products for a tile.
  var points: Int { withUnsafePointer(to: self) { ck_filtering_points($0) } }

  /// As in Lavin and Gray 2015: outputs of a tile, then the kernel.
  var name: String { "Winograd F(\(tileY)x\(tileX), \(kernelY)x\(kernelX))" }
}
