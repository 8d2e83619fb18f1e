import CKernels
import NetworkGraph

/// A channel of a value with channels in blocks.
struct ChannelPlace {
  var from: BlockedPlace
  var channel: Int
}

/// Operators that reorder, join and part single channels. They move nothing: their values are scattered over others, and
/// what reads one as a map has its channels gathered, at once and once.
extension NativePlanner {
  /// Where the channels of a value lie that has axis 1 in blocks.
  func channelPlaces(_ value: Value) throws(ExecutionError) -> [ChannelPlace] {
    if let channels = scattered[value] { return channels }
    guard let from = try blocked(value, axis: 1) else { return [] }
    return (0..<from.layout.channels).map { ChannelPlace(from: from, channel: $0) }
  }

  /// Gathers a value's channels if they are scattered.
  func gatherScattered(_ value: Value) {
    guard !scattered.isEmpty, let channels = scattered.removeValue(forKey: value) else { return }
    let node = graph.nodes[value.node]
    let to: BlockedPlace
    if let whole = joined[value.node] {
      to = whole
      self[value] = NativePlace(storage: whole.storage, layout: .blocked(whole.layout))
    } else {
      to = newBlocked(value, axis: 1)
    }
    gatherChannels(node.outputs.count == 1 ? [node.id] : [], channels, to: to)
  }

  func planShuffle(_ operation: ChannelShuffle, _ node: Node) throws(ExecutionError) -> Bool {
    guard isBlocked(node.inputs[0], axis: 1) else { return try planMovement(node, operation.movement) }
    let channels = try channelPlaces(node.inputs[0])
    let (groups, perGroup) = (operation.groups, channels.count / operation.groups)
    // Output channel c is channel (c mod groups) * (C / groups) + c / groups.
    scattered[Value(node: node.id)] = channels.indices.map { channels[$0 % groups * perGroup + $0 / groups] }
    return true
  }

  /// Parts of channels that are scattered, or no whole blocks.
  func planScatteredSplit(_ node: Node) throws(ExecutionError) -> Bool {
    guard case .split(let split) = node.operation, split.axis == 1, isBlocked(node.inputs[0], axis: 1) else {
      return false
    }
    let channels = try channelPlaces(node.inputs[0])
    var start = 0
    for (output, size) in Shape(split.sizes).sizes.enumerated() {
      scattered[Value(node: node.id, output: output)] = Array(channels[start..<start + size])
      start += size
    }
    return true
  }

  /// Channels picked one by one; all places have the same pixels.
  func gatherChannels(_ nodes: [Int], _ channels: [ChannelPlace], to: BlockedPlace) {
    let (kernels, layout) = (kernels, to.layout)
    let blocks = GatheredBlock.blocks(channels, lanes: lanes)
    add(nodes, "gather channels", "parts that are no whole blocks", channels.map(\.from.storage) + [to.storage]) {
      binder in
      let parts = blocks.flatMap(\.parts).map { part in
        CKGatherPart(
          source: UnsafePointer(binder.pointer(part.from) + part.block * part.from.layout.blockStride),
          batchStride: part.from.layout.batchStride, lanes: binder.memory.keep(part.lanes))
      }
      var map = CKGather()
      map.parts = binder.memory.keep(parts)
      map.firstPart = binder.memory.keep(blocks.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.parts.count) })
      map.output = binder.pointer(to)
      (map.batch, map.blocks, map.pixels, map.outputBatch) =
        (layout.batch, layout.blocks, layout.pixels, layout.batchStride)
      return binder.task(kernels.gather, map) { ck_gather_jobs($0) }
    }
  }
}

/// One block of a map that is put together from single channels.
private struct GatheredBlock {
  struct Part {
    var from: BlockedPlace
    var block: Int
    /// By lane the source's, -1 for none.
    var lanes: [Int32]
  }

  var parts: [Part] = []

  static func blocks(_ channels: [ChannelPlace], lanes: Int) -> [GatheredBlock] {
    stride(from: 0, to: channels.count, by: lanes).map { start in
      var block = GatheredBlock()
      for (lane, source) in channels[start..<min(start + lanes, channels.count)].enumerated() {
        let number = source.channel / lanes
        var part = block.parts.firstIndex { $0.block == number && $0.from.isSame(as: source.from) }
        if part == nil {
          part = block.parts.count
          block.parts.append(Part(from: source.from, block: number, lanes: Array(repeating: -1, count: lanes)))
        }
        if let part { block.parts[part].lanes[lane] = Int32(source.channel % lanes) }
      }
      return block
    }
  }
}
