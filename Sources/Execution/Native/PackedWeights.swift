import CKernels

/// Weights as they are stored: those of output channel `o` start at `o * outputStride`; input channels (of the group) lie
/// `inputStride` apart, taps of the window one behind the other.
struct WeightTensor {
  var values: UnsafePointer<Float>
  var outputs: Int
  var inputs: Int
  var taps: Int
  var outputStride: Int
  var inputStride: Int
}

/// The order in which a kernel sums products: segments of neighbouring floats.
struct SumOrder {
  /// The input channel (within what one output reads) and tap of each product.
  var terms: [(channel: Int, tap: Int)] = []
  /// Where each segment starts, in floats.
  var offsets: [Int] = []
  var segments = 0
  var lanes = 0
  var tailSegments = 0
  var tailLanes = 0
  /// Segments of one block of inputs, or of one plane.
  let segmentsPerBlock: Int

  /// Channels in blocks: block by block, tap by tap; the channels of a last block that is not full come last.
  init(channels: Int, lanes: Int, blockStride: Int, tapOffsets: [Int]) {
    self.lanes = lanes
    segmentsPerBlock = tapOffsets.count
    for block in 0..<(channels + lanes - 1) / lanes {
      let count = min(lanes, channels - block * lanes)
      for (tap, offset) in tapOffsets.enumerated() {
        offsets.append(block * blockStride + offset)
        for lane in 0..<count { terms.append((block * lanes + lane, tap)) }
      }
    }
    segments = channels / lanes * tapOffsets.count
    tailLanes = channels % lanes
    tailSegments = tailLanes == 0 ? 0 : tapOffsets.count
  }

  /// Channels in planes: one line of the window after the other.
  init(channels: Int, kernelHeight: Int, kernelWidth: Int, planeStride: Int, lineStride: Int) {
    lanes = kernelWidth
    segmentsPerBlock = kernelHeight
    segments = channels * kernelHeight
    for channel in 0..<channels {
      for line in 0..<kernelHeight {
        offsets.append(channel * planeStride + line * lineStride)
        for column in 0..<kernelWidth { terms.append((channel, line * kernelWidth + column)) }
      }
    }
  }

  func describe(_ layer: inout CKConvolution, _ panels: Panels, _ memory: NativeMemory, lanes vector: Int) {
    let described = describe(panels, lanes: vector).panels
    (layer.panels, layer.panelCount) = (memory.keep(described), described.count)
    layer.offsets = memory.keep(offsets)
    (layer.lanes, layer.tailLanes) = (lanes, tailLanes)
    // Half of the first cache for the weights of a pass.
    layer.segmentsPerPass = max(1, 4096 / (2 * vector * max(lanes, 1)))
  }
}

extension NativeMemory {
  /// The weights of each panel in the order of the sum; `scale` is by output channel.
  func weights(
    _ weights: WeightTensor, _ order: SumOrder, _ panels: Panels, scale: [Double], groups: Int, lanes: Int
  ) -> UnsafeMutablePointer<Float> {
    let outputsPerGroup = weights.outputs / groups
    let places = order.terms.map { $0.channel * weights.inputStride + $0.tap }
    let packed = floats(order.describe(panels, lanes: lanes).weights)
    var target = packed
    for panel in panels.panels {
      let width = panel.vectors * lanes
      let terms = order.terms(of: panel)
      let outputs = panel.block * lanes..<min(panel.block * lanes + width, weights.outputs)
      // So many terms at once that what is written of them stays in the first cache from output to output.
      for start in stride(from: terms.lowerBound, to: terms.upperBound, by: 64) {
        let end = min(start + 64, terms.upperBound)
        for output in outputs {
          let firstChannel = output / outputsPerGroup * weights.inputs
          let own = firstChannel..<firstChannel + weights.inputs
          let source = weights.values + (output * weights.outputStride - firstChannel * weights.inputStride)
          let factor = Float(scale[output])
          var place = target + (output - outputs.lowerBound)
          for term in start..<end {
            if groups == 1 || own.contains(order.terms[term].channel) { place.pointee = source[places[term]] * factor }
            place += width
          }
        }
        target += (end - start) * width
      }
    }
    return packed
  }

  /// The weights of a filtered convolution, panel by panel, point by point.
  func winogradPanels(
    _ weights: WeightTensor, scale: [Double], _ filtering: CKFiltering, lanes: Int
  ) -> UnsafeMutablePointer<Float> {
    let points = filtering.points
    var filtering = filtering
    let blocks = (weights.outputs + lanes - 1) / lanes
    let packed = floats(blocks * lanes * points * weights.inputs)
    let scale = scale.map { Float($0) }
    scale.withUnsafeBufferPointer { scale in
      for panel in stride(from: 0, to: blocks, by: 2) {
        let width = min(2, blocks - panel) * lanes
        let first = panel * lanes
        ck_winograd_weights(
          weights.values + first * weights.outputStride, weights.outputStride, scale.baseAddress.map { $0 + first },
          min(width, weights.outputs - first), weights.inputs, &filtering, packed + first * points * weights.inputs,
          width)
      }
    }
    return packed
  }

  /// Weights of a convolution within blocks: block, tap, input of the group, lane.
  func blockWeights(_ weights: WeightTensor, scale: [Double], lanes: Int) -> UnsafeMutablePointer<Float> {
    let blocks = (weights.outputs + lanes - 1) / lanes
    let packed = floats(blocks * weights.taps * weights.inputs * lanes)
    for output in 0..<weights.outputs {
      let source = weights.values + output * weights.outputStride
      let target = packed + output / lanes * weights.taps * weights.inputs * lanes + output % lanes
      let factor = Float(scale[output])
      for tap in 0..<weights.taps {
        for input in 0..<weights.inputs {
          target[(tap * weights.inputs + input) * lanes] = source[input * weights.inputStride + tap] * factor
        }
      }
    }
    return packed
  }

  /// A value for each channel, zeros behind the last.
  func perChannel(_ values: [Double], lanes: Int) -> UnsafeMutablePointer<Float> {
    let packed = floats((values.count + 2 * lanes) / lanes * lanes)
    for (index, value) in values.enumerated() { packed[index] = Float(value) }
    return packed
  }
}
