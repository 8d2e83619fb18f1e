import CKernels
import NetworkGraph

/// Where a value is written when a concatenation of channels joins it: at its place there, without a copy.
struct ConcatenationHome {
  /// The concatenation's node.
  var node: Int
  /// The first channel.
  var start: Int

  /// For every value the last concatenation that joins it, where its channels are whole blocks. One that is only shuffled
  /// is not put together.
  static func homes(of graph: Graph, readers: [Value: [Int]], lanes: Int) -> [Value: ConcatenationHome] {
    var homes: [Value: ConcatenationHome] = [:]
    for node in graph.nodes where !node.isTrainingOnly && !isOnlyShuffled(node, graph, readers) {
      guard case .concatenation(let operation) = node.operation, operation.axis == 1, node.outputs[0].shape.rank >= 2
      else { continue }
      var start = 0
      for (index, input) in node.inputs.enumerated() {
        let channels = graph.type(of: input).shape[1].constant ?? 0
        let isLast = index == node.inputs.count - 1
        // The lanes behind a value's last channel would fall into the next value.
        if start % lanes == 0, channels % lanes == 0 || isLast, homes[input]?.node != node.id {
          homes[input] = ConcatenationHome(node: node.id, start: start)
        }
        start += channels
      }
    }
    return homes
  }

  /// Whether all that reads a concatenation takes its channels one by one.
  static func isOnlyShuffled(_ node: Node, _ graph: Graph, _ readers: [Value: [Int]]) -> Bool {
    guard let readers = readers[Value(node: node.id)] else { return false }
    return readers.allSatisfy { reader in
      guard reader >= 0, case .channelShuffle = graph.nodes[reader].operation else { return false }
      return true
    }
  }
}

extension NativePlanner {
  /// The part of a concatenation's buffer that is a value's home; nil where it has none.
  func home(of value: Value, _ layout: BlockedLayout) -> BlockedPlace? {
    guard layout.axis == 1, let home = homes[value] else { return nil }
    let whole = joinedPlace(home.node)
    guard let part = whole.layout.channels(from: home.start, count: layout.channels),
      part.blockStride == layout.blockStride
    else { return nil }
    return BlockedPlace(storage: whole.storage, layout: part)
  }

  /// The buffer of a concatenation, made when it is first needed.
  private func joinedPlace(_ node: Int) -> BlockedPlace {
    if let place = joined[node] { return place }
    let value = Value(node: node)
    let layout = BlockedLayout(shape(of: value), axis: 1, lanes: lanes)
    let place =
      home(of: value, layout) ?? BlockedPlace(storage: buffer(layout.batch * layout.batchStride), layout: layout)
    joined[node] = place
    return place
  }

  func planConcatenation(_ operation: Concatenation, _ node: Node) throws(ExecutionError) -> Bool {
    let value = Value(node: node.id)
    guard operation.axis == 1, node.inputs.allSatisfy({ isBlocked($0, axis: 1) }) else {
      return try planRowMajorConcatenation(operation, node)
    }
    if let place = outerPart(node) {
      self[value] = NativePlace(storage: place.storage, layout: .blocked(place.layout))
      return true
    }
    let channels = node.inputs.map { shape(of: $0)[1] }
    guard channels.dropLast().allSatisfy({ $0 % lanes == 0 }), node.inputs.allSatisfy({ scattered[$0] == nil }),
      !ConcatenationHome.isOnlyShuffled(node, graph, readers)
    else {
      var places: [ChannelPlace] = []
      for input in node.inputs { places += try channelPlaces(input) }
      scattered[value] = places
      return true
    }
    let whole = joinedPlace(node.id)
    self[value] = NativePlace(storage: whole.storage, layout: .blocked(whole.layout))
    var start = 0
    for (input, count) in zip(node.inputs, channels) {
      defer { start += count }
      guard let from = try blocked(input, axis: 1), let part = whole.layout.channels(from: start, count: count) else {
        return false
      }
      let target = BlockedPlace(storage: whole.storage, layout: part)
      if !from.isSame(as: target) { copyBlocks(from, to: target) }
    }
    return true
  }

  /// Where all inputs of a concatenation lie side by side in another one; nil where they do not.
  private func outerPart(_ node: Node) -> BlockedPlace? {
    guard let first = homes[node.inputs[0]], first.node != node.id else { return nil }
    var start = first.start
    for input in node.inputs {
      let channels = shape(of: input)[1]
      guard let home = homes[input], home.node == first.node, home.start == start,
        case .blocked(let layout) = self[input]?.layout,
        let part = joinedPlace(home.node).layout.channels(from: start, count: channels), part.offset == layout.offset,
        case .buffer(let own) = self[input]?.storage, case .buffer(let outer) = joinedPlace(home.node).storage,
        own == outer
      else { return nil }
      start += channels
    }
    let outer = joinedPlace(first.node)
    return outer.layout.channels(from: first.start, count: start - first.start).map {
      BlockedPlace(storage: outer.storage, layout: $0)
    }
  }

  func isBlocked(_ value: Value, axis: Int) -> Bool {
    if scattered[value] != nil { return axis == 1 }
    guard case .blocked(let layout) = self[value]?.layout else { return false }
    return layout.axis == axis
  }

  /// Whole blocks to another place.
  func copyBlocks(_ from: BlockedPlace, to: BlockedPlace) {
    let kernels = kernels
    let layout = from.layout
    add([], "copy blocks", "the value is joined elsewhere too", [from.storage, to.storage]) { binder in
      var map = CKPointwise()
      map.input = UnsafePointer(binder.pointer(from))
      map.output = binder.pointer(to)
      (map.batch, map.blocks, map.pixels) = (layout.batch, layout.blocks, layout.pixels)
      (map.inputBatch, map.outputBatch) = (layout.batchStride, to.layout.batchStride)
      map.pixelsPerJob = 4096
      map.epilogue = Epilogue.identity(binder)
      return binder.task(kernels.pointwise, map) { ck_pointwise_jobs($0) }
    }
  }
}

extension BlockedPlace {
  /// Whether two values start at one place of one buffer.
  func isSame(as other: BlockedPlace) -> Bool {
    guard case .buffer(let own) = storage, case .buffer(let others) = other.storage else { return false }
    return own == others && layout.offset == other.layout.offset
  }
}
