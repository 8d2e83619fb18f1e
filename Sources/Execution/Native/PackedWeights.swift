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

  /// Channels in blocks: block by block, tap by tap; the channels of a last block that is not full come last.
  init(channels: Int, lanes: Int, blockStride: Int, tapOffsets: [Int]) {
    self.lanes = lanes
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
    segments = channels * kernelHeight
    for channel in 0..<channels {
      for line in 0..<kernelHeight {
        offsets.append(channel * planeStride + line * lineStride)
        for column in 0..<kernelWidth { terms.append((channel, line * kernelWidth + column)) }
      }
    }
  }

  func describe(_ layer: inout CKConvolution, _ memory: NativeMemory, lanes vector: Int) {
    layer.offsets = memory.keep(offsets)
    (layer.segments, layer.lanes) = (segments, lanes)
    (layer.tailSegments, layer.tailLanes) = (tailSegments, tailLanes)
    // Half of the first cache for the weights of a pass.
    layer.segmentsPerPass = max(1, 6144 / (2 * vector * max(lanes, 1)))
  }
}

extension NativeMemory {
  /// Panels of pairs of output blocks, each in the order of the sum; `scale` is by output channel.
  ///
  /// Several groups taken together (`together`) are computed as one dense group with zeros.
  func panels(
    _ weights: WeightTensor, _ order: SumOrder, scale: [Double], groups: Int, together: Int, lanes: Int
  ) -> (values: UnsafeMutablePointer<Float>, groupStride: Int) {
    let outputsPerGroup = weights.outputs / groups
    let outputs = outputsPerGroup * together
    let blocks = (outputs + lanes - 1) / lanes
    let groupStride = blocks * lanes * order.terms.count
    let packed = floats(groups / together * groupStride)
    let scale = scale.map { Float($0) }
    // What each product's weight is: its group among those taken together, and its place in an output's weights.
    let terms = order.terms.map {
      (group: $0.channel / weights.inputs, place: $0.channel % weights.inputs * weights.inputStride + $0.tap)
    }
    var target = packed
    for group in 0..<groups / together {
      for panel in stride(from: 0, to: blocks, by: 2) {
        let width = min(2, blocks - panel) * lanes
        for lane in 0..<min(width, outputs - panel * lanes) {
          let output = group * outputs + panel * lanes + lane
          let own = (panel * lanes + lane) / outputsPerGroup
          let source = weights.values + output * weights.outputStride
          let factor = scale[output]
          var place = target + lane
          for term in terms {
            if term.group == own { place.pointee = source[term.place] * factor }
            place += width
          }
        }
        target += width * terms.count
      }
    }
    return (packed, groupStride)
  }

  /// The weights of a 3x3 convolution for outputs of `tile` x `tile`, panel by panel, point by point.
  func winogradPanels(_ weights: WeightTensor, scale: [Double], tile: Int, lanes: Int) -> UnsafeMutablePointer<Float> {
    let points = (tile + 2) * (tile + 2)
    let blocks = (weights.outputs + lanes - 1) / lanes
    let packed = floats(blocks * lanes * points * weights.inputs)
    var scaled = [Float](repeating: 0, count: weights.inputs * 9)
    for output in 0..<weights.outputs {
      let panel = output / (2 * lanes)
      let width = min(2, blocks - panel * 2) * lanes
      let source = weights.values + output * weights.outputStride
      let factor = Float(scale[output])
      for index in scaled.indices { scaled[index] = source[index] * factor }
      let target = packed + panel * 2 * lanes * points * weights.inputs + output % (2 * lanes)
      ck_winograd_weights(scaled, weights.inputs, tile, target, width)
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
