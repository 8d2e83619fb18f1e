import CKernels
import NetworkGraph

/// Norms over several channels of maps.
extension NativePlanner {
  /// A vector by channel, padded to whole blocks; `repeated` times each.
  private func factors(_ values: UnsafeBufferPointer<Float>?, repeated: Int = 1) -> UnsafePointer<Float>? {
    guard let values else { return nil }
    let all = values.flatMap { Array(repeating: Double($0), count: repeated) }
    return UnsafePointer(memory.perChannel(all, lanes: lanes))
  }

  func planGroupNorm(_ operation: GroupNorm, _ node: Node) throws(ExecutionError) -> Bool {
    let input = shape(of: node.inputs[0])
    guard node.inputs.count == 1, input.count > 2, !input.contains(0) else { return false }
    let channels = input[1]
    let groups = operation.groups?.constant ?? channels
    guard groups > 0, channels % groups == 0 else { return false }
    let values = ["weight", "bias"].map { parameter($0, of: node) }
    guard let layer = try mapLayer(node) else { return false }
    var norm = CKGroupNorm()
    (norm.batch, norm.channels, norm.pixels) = (input[0], channels, layer.input.layout.pixels)
    norm.groupChannels = channels / groups
    let together = (1...lanes).first { $0 * norm.groupChannels % lanes == 0 } ?? lanes
    norm.channelsPerJob = min(channels, together * norm.groupChannels)
    (norm.weight, norm.bias) = (
      factors(values[0], repeated: channels / max(values[0]?.count ?? 1, 1)),
      factors(values[1], repeated: channels / max(values[1]?.count ?? 1, 1))
    )
    norm.epsilon = Float(operation.epsilon)
    add(
      layer, "group norm", "\(groups) groups of \(norm.groupChannels) channels", kernels.groupNorm, norm,
      scratch: ck_group_norm_scratch(&norm, lanes)
    ) { ck_group_norm_jobs($0) }
    return true
  }

  func planLocalResponseNorm(_ operation: LocalResponseNorm, _ node: Node) throws(ExecutionError) -> Bool {
    let input = shape(of: node.inputs[0])
    // The logarithm that the power takes is that of a positive number.
    guard input.count > 2, !input.contains(0), operation.k > 0, operation.alpha >= 0, operation.size > 0,
      let layer = try mapLayer(node)
    else { return false }
    var norm = CKLocalNorm()
    (norm.batch, norm.channels, norm.pixels) = (input[0], input[1], layer.input.layout.pixels)
    (norm.size, norm.before) = (operation.size, (operation.size - 1) / 2)
    (norm.k, norm.beta) = (Float(operation.k), Float(operation.beta))
    norm.scale = Float(operation.alpha / Double(operation.size))
    norm.pixelsPerJob = 256
    add(
      layer, "local response norm", "\(operation.size) neighbouring channels", kernels.localNorm, norm,
      scratch: ck_local_norm_scratch(&norm, lanes)
    ) { ck_local_norm_jobs($0) }
    return true
  }

  func planGlobalResponseNorm(_ operation: GlobalResponseNorm, _ node: Node) throws(ExecutionError) -> Bool {
    let input = shape(of: node.inputs[0])
    let axis = operation.isChannelsLast ? input.count - 1 : 1
    guard !input.contains(0), let weight = factors(parameter("weight", of: node)),
      let bias = factors(parameter("bias", of: node)), let from = try blocked(node.inputs[0], axis: axis)
    else { return false }
    let to = newBlocked(Value(node: node.id), axis: axis)
    var norm = CKResponseNorm()
    (norm.batch, norm.channels, norm.pixels) = (input[0], input[axis], from.layout.pixels)
    (norm.inputBatch, norm.outputBatch) = (from.layout.batchStride, to.layout.batchStride)
    (norm.weight, norm.bias, norm.epsilon) = (weight, bias, Float(operation.epsilon))
    let (kernels, arguments) = (kernels, norm)
    add(
      [node.id], "global response norm", "a sample by all channels", [from.storage, to.storage],
      scratch: ck_response_norm_scratch(&norm, lanes)
    ) { binder in
      var norm = arguments
      norm.input = UnsafePointer(binder.pointer(from))
      norm.output = binder.pointer(to)
      return binder.task(kernels.responseNorm, norm) { $0.pointee.batch }
    }
    return true
  }
}
