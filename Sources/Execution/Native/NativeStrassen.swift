import CKernels

/// Convolutions of one pixel by Strassen's algorithm.
///
/// Fully connected layers over rows of features are not computed so: a row of zeros, as windows of attention are filled up
/// with, must stay one for the norms that follow, and the row that it is paired with would leave its rounding there.
extension ConvolutionShape {
  /// Whether Strassen's algorithm is faster: it saves an eighth of the multiply-adds of whole panels, and passes once more
  /// over every input and output of a pixel, which takes the time of about 8 multiply-adds each.
  ///
  /// The saving is to be larger by a quarter, and each half of the pixels two tiles. Of few pixels the weights, which are 7/4
  /// as many, come no faster from memory than they are used.
  func isHalved(lanes: Int, rows: Int) -> Bool {
    let panels = (outputs + 4 * lanes - 1) / (4 * lanes)
    let saved = inputs * (outputs - 7 * panels * lanes / 2)
    return isPointwise && groups == 1 && pixels >= max(4 * rows, 6 * lanes) && saved > 10 * (inputs + outputs)
  }
}

extension WeightTensor {
  /// Whether two outputs have the same weights, as in pruned networks and in those made for tests: halves of the outputs are
  /// rounded differently, and equal ones are to stay equal.
  ///
  /// Weights that only have the same hash may count as equal.
  var hasEqualOutputs: Bool {
    func isRepeated(firstInputs count: Int) -> Bool {
      var seen = Set<UInt64>()
      return (0..<outputs).contains { output in
        let hash = (0..<count).reduce(into: UInt64(count)) { hash, input in
          // 0 and -0 are the same.
          let bits = (values[output * outputStride + input * inputStride] + 0).bitPattern
          hash = (hash ^ UInt64(bits)) &* 0x9E37_79B9_7F4A_7C15
          hash ^= hash >> 29
        }
        return !seen.insert(hash).inserted
      }
    }
    // Most differ in the first ones.
    return isRepeated(firstInputs: min(inputs, 16)) && isRepeated(firstInputs: inputs)
  }
}

extension NativePlanner {
  func planStrassen(
    _ shape: ConvolutionShape, _ weights: WeightTensor, _ input: BlockedPlace, _ layer: ProductLayer
  ) {
    let (output, folded) = (layer.output, layer.folded)
    var halved = CKStrassen()
    (halved.batch, halved.pixels) = (shape.batch, shape.pixels)
    (halved.inputBlocks, halved.blocks) = (input.layout.blocks, output.layout.blocks)
    (halved.inputBatch, halved.outputBatch) = (input.layout.batchStride, output.layout.batchStride)
    halved.residualBatch = folded.residual?.layout.batchStride ?? 0
    halved.divide(lanes: lanes, rows: kernels.rows, threads: threads)
    halved.weights = UnsafePointer(
      memory.strassenPanels(weights, scale: folded.scale, pairsPerSlice: halved.pairsPerSlice, lanes: lanes))
    halved.bias = UnsafePointer(memory.perChannel(folded.bias, lanes: lanes))
    let half = (halved.pixelsPerJob + 1) / 2
    halved.offsets = memory.keep((0..<halved.inputBlocks).map { $0 * input.layout.blockStride })
    halved.sumOffsets = memory.keep((0..<halved.pairsPerSlice).map { $0 * half * lanes })
    add(
      "pointwise product, Strassen",
      "7 products of halves for 8: \(shape.inputs) to \(shape.outputs) channels, \(shape.pixels) pixels",
      kernels.strassen, halved, from: (input.storage, input.layout.offset), layer,
      scratch: ck_strassen_scratch(&halved, lanes)
    ) { ck_strassen_jobs($0) }
  }
}

extension CKStrassen {
  /// Cuts the layer into slices of the inputs and into jobs.
  ///
  /// Which pixels form a pair changes the last bits of a sum: it depends on the layer alone, not on the threads.
  fileprivate mutating func divide(lanes: Int, rows: Int, threads: Int) {
    let (pairs, panels) = ((inputBlocks + 1) / 2, (blocks + 3) / 4)
    // Each product of a slice takes a quarter of the first cache for its weights.
    let fitting = max(1, 2048 / (2 * lanes * lanes))
    let slices = (pairs + fitting - 1) / fitting
    pairsPerSlice = (pairs + slices - 1) / slices
    // What is kept of outputs from slice to slice, inputs and their sums stay in the second cache.
    let mostPanels = slices > 1 ? max(1, 512 / (4 * lanes)) : panels
    let panelGroups = (panels + mostPanels - 1) / mostPanels
    let keptOutputs = slices > 1 ? 4 * lanes * ((panels + panelGroups - 1) / panelGroups) : 0
    let fittingPixels = max(8 * rows, 102400 / (4 * pairsPerSlice * lanes + keptOutputs))
    var pieces = (pixels + fittingPixels - 1) / fittingPixels
    // Halves of whole tiles, but of the last piece.
    let tiles = (pixels + 2 * rows - 1) / (2 * rows)
    pixelsPerJob = pieces == 1 ? (pixels + 1) / 2 * 2 : (tiles + pieces - 1) / pieces * 2 * rows
    pieces = (pixels + pixelsPerJob - 1) / pixelsPerJob
    // Each part of the panels adds up the inputs again, and reads them from afar.
    let inputs = Double(inputBlocks * lanes)
    panelsPerJob =
      JobDivision(
        units: pieces, atMost: 1, panels: panels, atMost: (panels + panelGroups - 1) / panelGroups, batch: batch,
        threads: threads
      ) { _, panels in 1.75 * inputs * Double(pixelsPerJob) * (Double(panels) + 0.35) }
      .panelsPerJob
  }
}

extension NativeMemory {
  /// The weights of the seven products, slice by slice, panel by panel.
  fileprivate func strassenPanels(
    _ weights: WeightTensor, scale: [Double], pairsPerSlice: Int, lanes: Int
  ) -> UnsafeMutablePointer<Float> {
    let packed = floats(ck_strassen_weight_count(weights.outputs, weights.inputs, lanes))
    scale.map { Float($0) }.withUnsafeBufferPointer { scale in
      ck_strassen_weights(
        weights.values, weights.outputStride, weights.inputStride, scale.baseAddress, weights.outputs, weights.inputs,
        pairsPerSlice, lanes, packed)
    }
    return packed
  }
}
